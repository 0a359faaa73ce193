package io.osmoda.ledger;

import io.osmoda.format.entry.EntryLine;
import java.security.SecureRandom;

/**
 * Fresh 16-byte payload salts. Bytes are drawn from the system's generator in blocks, because one
 * draw an entry would cost more than the rest of sealing it. Thread-safe: one block a thread.
 */
final class Salts {
  static final int LENGTH = EntryLine.SALT_LENGTH;

  private static final int BLOCK = 4_096;

  private final SecureRandom random;
  private final ThreadLocal<Block> blocks = ThreadLocal.withInitial(Block::new);

  Salts(SecureRandom random) {
    this.random = random;
  }

  /** Copies the next salt into the target; no salt is handed out twice. */
  void next(byte[] target, int at) {
    Block block = blocks.get();
    if (block.used == BLOCK) {
      random.nextBytes(block.bytes);
      block.used = 0;
    }
    System.arraycopy(block.bytes, block.used, target, at, LENGTH);
    block.used += LENGTH;
  }

  private static final class Block {
    final byte[] bytes = new byte[BLOCK];
    int used = BLOCK;
  }
}
