package io.osmoda.format.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The right edge of a growing RFC 6962 tree: for each bit set in its size the hash of one complete
 * subtree, enough to append leaves and to tell the root. 64 hashes at most, whatever the size. Not
 * thread-safe.
 */
public final class CompactRange {
  /** Told of complete subtrees as leaves are appended. */
  public interface SubtreeSink {
    /**
     * Leaves [index·2^level, (index+1)·2^level) are complete.
     *
     * @param hash holds the subtree's hash at {@code from}; to be copied before returning
     */
    void complete(int level, long index, byte[] hash, int from);
  }

  private final MerkleTree tree = new MerkleTree();
  private final byte[] edge = new byte[Long.SIZE * Hash.LENGTH]; // one slot a level
  private final byte[] carry = new byte[Hash.LENGTH];
  private long size;

  /** An empty tree. */
  public CompactRange() {}

  /**
   * A tree of {@code size} leaves from the hashes of its complete subtrees.
   *
   * @param subtrees from left to right, that is the largest first: one for each bit set in size
   */
  public CompactRange(long size, List<Hash> subtrees) {
    if (size < 0 || subtrees.size() != Long.bitCount(size)) {
      throw new IllegalArgumentException(
          "a tree of " + size + " leaves has not " + subtrees.size() + " complete subtrees");
    }
    long rest = size;
    for (Hash subtree : subtrees) {
      long highest = Long.highestOneBit(rest);
      subtree.copyTo(edge, slot(Long.numberOfTrailingZeros(highest)));
      rest -= highest;
    }
    this.size = size;
  }

  /** A tree of its own with the same leaves. */
  CompactRange copy() {
    CompactRange copy = new CompactRange();
    System.arraycopy(edge, 0, copy.edge, 0, edge.length);
    copy.size = size;
    return copy;
  }

  /** Number of leaves. */
  public long size() {
    return size;
  }

  /** Appends the leaf of an entry. */
  public void append(Hash entryHash) {
    append(entryHash.raw(), 0, null);
  }

  /** Appends the leaf of the entry whose hash stands at {@code from}. */
  public void append(byte[] entryHash, int from, @Nullable SubtreeSink sink) {
    tree.leaf(entryHash, from, carry, 0);
    int level = 0;
    while ((size >>> level & 1) != 0) {
      if (sink != null) {
        sink.complete(level, size >>> level, carry, 0);
      }
      tree.node(edge, slot(level), carry, 0, carry, 0);
      level++;
    }
    if (sink != null) {
      sink.complete(level, size >>> level, carry, 0);
    }
    System.arraycopy(carry, 0, edge, slot(level), Hash.LENGTH);
    size++;
  }

  /**
   * Appends 2^level leaves by the hash of their complete subtree.
   *
   * @param subtree holds the hash at {@code from}; the size so far must be a multiple of 2^level
   */
  public void appendSubtree(int level, byte[] subtree, int from) {
    long leaves = 1L << level;
    if ((size & (leaves - 1)) != 0) {
      throw new IllegalArgumentException(
          "no subtree of 2^" + level + " leaves begins at leaf " + size);
    }
    System.arraycopy(subtree, from, carry, 0, Hash.LENGTH);
    int at = level;
    while ((size >>> at & 1) != 0) {
      tree.node(edge, slot(at), carry, 0, carry, 0);
      at++;
    }
    System.arraycopy(carry, 0, edge, slot(at), Hash.LENGTH);
    size += leaves;
  }

  /** The complete subtrees' hashes, the largest first: see {@link #CompactRange(long, List)}. */
  public List<Hash> subtrees() {
    List<Hash> subtrees = new ArrayList<>();
    for (int level = Long.SIZE - 1; level >= 0; level--) {
      if ((size >>> level & 1) != 0) {
        subtrees.add(Hash.of(edge, slot(level), Hash.LENGTH));
      }
    }
    return subtrees;
  }

  /** The root: of an empty tree SHA-256 of nothing. */
  public Hash root() {
    if (size == 0) {
      return MerkleTree.EMPTY_ROOT;
    }
    int level = Long.numberOfTrailingZeros(size);
    byte[] root = new byte[Hash.LENGTH];
    System.arraycopy(edge, slot(level), root, 0, Hash.LENGTH);
    for (level++; size >>> level != 0; level++) {
      if ((size >>> level & 1) != 0) {
        tree.node(edge, slot(level), root, 0, root, 0);
      }
    }
    return Hash.wrap(root);
  }

  private static int slot(int level) {
    return level * Hash.LENGTH;
  }
}
