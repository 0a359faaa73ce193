package io.osmoda.format.log;

import java.security.MessageDigest;

/**
 * The hashes of an RFC 6962 tree (section 3): leaf = SHA-256(0x00 ‖ data), node = SHA-256(0x01 ‖
 * left ‖ right).
 *
 * <p>An instance owns one digest and is not thread-safe; the static methods make one for each call
 * and suit everything but loops.
 */
public final class MerkleTree {
  /** The root of a tree without leaves: SHA-256 of nothing. */
  public static final Hash EMPTY_ROOT = Hash.wrap(Digests.sha256().digest());

  private static final byte LEAF_PREFIX = 0;
  private static final byte NODE_PREFIX = 1;

  private final MessageDigest digest = Digests.sha256();
  private final byte[] leafInput = new byte[1 + Hash.LENGTH];
  private final byte[] nodeInput = new byte[1 + 2 * Hash.LENGTH];

  public MerkleTree() {
    leafInput[0] = LEAF_PREFIX;
    nodeInput[0] = NODE_PREFIX;
  }

  /** The hash of a leaf whose data is an entry hash. */
  public static Hash leafHash(Hash entryHash) {
    MessageDigest digest = Digests.sha256();
    digest.update(LEAF_PREFIX);
    return Hash.wrap(digest.digest(entryHash.raw()));
  }

  /** The hash of an inner node. */
  static Hash nodeHash(Hash left, Hash right) {
    MessageDigest digest = Digests.sha256();
    digest.update(NODE_PREFIX);
    digest.update(left.raw());
    return Hash.wrap(digest.digest(right.raw()));
  }

  /** The largest power of two below {@code leaves}: how many stand left of the root. */
  public static long split(long leaves) {
    return Long.highestOneBit(leaves - 1);
  }

  /**
   * Hashes the 32 bytes of leaf data at {@code from} into {@code target}; both may be one array.
   */
  public void leaf(byte[] data, int from, byte[] target, int to) {
    System.arraycopy(data, from, leafInput, 1, Hash.LENGTH);
    finish(leafInput, target, to);
  }

  /** Hashes a node from two hashes into {@code target}; all may be one array. */
  public void node(byte[] left, int leftFrom, byte[] right, int rightFrom, byte[] target, int to) {
    System.arraycopy(left, leftFrom, nodeInput, 1, Hash.LENGTH);
    System.arraycopy(right, rightFrom, nodeInput, 1 + Hash.LENGTH, Hash.LENGTH);
    finish(nodeInput, target, to);
  }

  /** As {@link #nodeHash}. */
  public Hash node(Hash left, Hash right) {
    byte[] node = new byte[Hash.LENGTH];
    node(left.raw(), 0, right.raw(), 0, node, 0);
    return Hash.wrap(node);
  }

  /**
   * Hashes the {@code count} hashes at {@code from} up to one, in place: it then stands at {@code
   * from}, and the others are overwritten.
   *
   * @param count a power of two
   */
  public void fold(byte[] hashes, int from, int count) {
    for (int width = count; width > 1; width /= 2) {
      for (int i = 0; i < width; i += 2) {
        int left = from + i * Hash.LENGTH;
        node(hashes, left, hashes, left + Hash.LENGTH, hashes, from + i / 2 * Hash.LENGTH);
      }
    }
  }

  private void finish(byte[] input, byte[] target, int to) {
    digest.update(input);
    try {
      digest.digest(target, to, Hash.LENGTH);
    } catch (java.security.DigestException e) {
      throw new IllegalStateException("no room for 32 bytes at " + to, e);
    }
  }
}
