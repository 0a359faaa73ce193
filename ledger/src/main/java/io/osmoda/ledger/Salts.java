package io.osmoda.ledger;

import io.osmoda.format.entry.EntryLine;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Fresh 16-byte payload salts. Bytes are drawn from the system's generator in blocks, because one
 * draw an entry would cost more than the rest of sealing it. The blocks are shared, not a thread's
 * own: a request that lives for one entry would draw a whole block for it. Thread-safe.
 */
final class Salts {
  static final int LENGTH = EntryLine.SALT_LENGTH;

  /** Bytes drawn at once. */
  static final int BLOCK = 4_096;

  /** Blocks in use at once, so that threads seldom meet at one; a power of two. */
  private static final int STRIPES = 8;

  private final SecureRandom random;
  private final AtomicReferenceArray<Block> blocks = new AtomicReferenceArray<>(STRIPES);

  Salts(SecureRandom random) {
    this.random = random;
    for (int i = 0; i < STRIPES; i++) {
      blocks.set(i, Block.USED_UP);
    }
  }

  /** Copies the next salt into the target; no salt is handed out twice. */
  void next(byte[] target, int at) {
    int stripe = (int) Thread.currentThread().threadId() & (STRIPES - 1);
    Block block = blocks.get(stripe);
    while (!block.take(target, at)) {
      block = replace(stripe, block);
    }
  }

  /** The block that follows the one that is used up; draws it unless another thread just did. */
  private Block replace(int stripe, Block used) {
    synchronized (blocks) {
      Block block = blocks.get(stripe);
      if (block == used) {
        byte[] bytes = new byte[BLOCK];
        random.nextBytes(bytes);
        block = new Block(bytes);
        blocks.set(stripe, block);
      }
      return block;
    }
  }

  private static final class Block {
    static final Block USED_UP = new Block(new byte[0]);

    private final byte[] bytes;
    // Counts up past the end by one step a thread that finds the block used up, so never far.
    private final AtomicInteger used = new AtomicInteger();

    Block(byte[] bytes) {
      this.bytes = bytes;
    }

    /** Copies bytes that no other call gets; false where none are left. */
    boolean take(byte[] target, int at) {
      if (used.get() >= bytes.length) {
        return false;
      }
      int from = used.getAndAdd(LENGTH);
      if (from >= bytes.length) {
        return false;
      }
      System.arraycopy(bytes, from, target, at, LENGTH);
      return true;
    }
  }
}
