package io.osmoda.format.log;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * RFC 6962 section 2.1 word for word, recursive, with nothing of ours; it only keeps what it
 * hashed.
 */
public final class NaiveTree {
  private final List<byte[]> leaves;
  private final Map<Long, byte[]> roots = new HashMap<>();

  public NaiveTree(List<byte[]> leaves) {
    this.leaves = leaves;
  }

  /** Distinct leaf data of 32 bytes each. */
  public static List<byte[]> leaves(int count) {
    List<byte[]> leaves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leaves.add(sha256(("leaf " + i).getBytes(StandardCharsets.UTF_8)));
    }
    return leaves;
  }

  /** The leaves' bytes, one after another. */
  public static byte[] joined(List<byte[]> leaves) {
    byte[] joined = new byte[leaves.size() * Hash.LENGTH];
    for (int i = 0; i < leaves.size(); i++) {
      System.arraycopy(leaves.get(i), 0, joined, i * Hash.LENGTH, Hash.LENGTH);
    }
    return joined;
  }

  /** MTH(D[low:high]). */
  public Hash root(int low, int high) {
    return Hash.of(mth(low, high));
  }

  private byte[] mth(int low, int high) {
    if (high - low == 0) {
      return sha256(new byte[0]);
    }
    long key = (long) low << 32 | high;
    byte[] known = roots.get(key);
    if (known != null) {
      return known;
    }
    byte[] root;
    if (high - low == 1) {
      root = sha256(new byte[] {0}, leaves.get(low));
    } else {
      int middle = low + split(high - low);
      root = sha256(new byte[] {1}, mth(low, middle), mth(middle, high));
    }
    roots.put(key, root);
    return root;
  }

  /** PATH(index, D[0:size]). */
  public List<Hash> path(int index, int size) {
    return path(index, 0, size);
  }

  private List<Hash> path(int m, int low, int high) {
    if (high - low == 1) {
      return new ArrayList<>();
    }
    int k = split(high - low);
    List<Hash> path;
    if (m < k) {
      path = path(m, low, low + k);
      path.add(root(low + k, high));
    } else {
      path = path(m - k, low + k, high);
      path.add(root(low, low + k));
    }
    return path;
  }

  /** PROOF(from, D[0:to]). */
  public List<Hash> consistency(int from, int to) {
    return subproof(from, 0, to, true);
  }

  private List<Hash> subproof(int m, int low, int high, boolean whole) {
    if (m == high - low) {
      List<Hash> proof = new ArrayList<>();
      if (!whole) {
        proof.add(root(low, high));
      }
      return proof;
    }
    int k = split(high - low);
    List<Hash> proof;
    if (m <= k) {
      proof = subproof(m, low, low + k, whole);
      proof.add(root(low + k, high));
    } else {
      proof = subproof(m - k, low + k, high, false);
      proof.add(root(low, low + k));
    }
    return proof;
  }

  /** Section 3 of the ledger format: the hashes that root(0, size) asks for, in order. */
  public List<Hash> range(int first, int end, int size) {
    List<Hash> hashes = new ArrayList<>();
    range(0, size, first, end, hashes);
    return hashes;
  }

  private void range(int low, int high, int first, int end, List<Hash> hashes) {
    boolean outside = true;
    for (int i = low; i < high; i++) {
      outside &= i < first || i >= end;
    }
    if (outside) {
      hashes.add(root(low, high));
    } else if (high - low > 1) {
      int k = split(high - low);
      range(low, low + k, first, end, hashes);
      range(low + k, high, first, end, hashes);
    }
  }

  private static int split(int n) {
    int k = 1;
    while (2 * k < n) {
      k *= 2;
    }
    return k;
  }

  static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
