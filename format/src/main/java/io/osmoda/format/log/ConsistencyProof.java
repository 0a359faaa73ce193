package io.osmoda.format.log;

import java.util.List;

/**
 * The proof that one tree goes on from a smaller one of the same log (RFC 6962 section 2.1.2), as
 * witnesses ask for it. Immutable.
 *
 * @param hashes empty from size 0 and between equal sizes
 */
public record ConsistencyProof(long from, long to, List<Hash> hashes) {
  public ConsistencyProof {
    if (from < 0 || from > to) {
      throw new IllegalArgumentException("no proof leads from size " + from + " to size " + to);
    }
    hashes = List.copyOf(hashes);
  }

  /** Whether it leads from one root to the other (RFC 9162 section 2.1.4.2). */
  public boolean connects(Hash fromRoot, Hash toRoot) {
    if (from == 0) {
      return hashes.isEmpty()
          && fromRoot.equals(MerkleTree.EMPTY_ROOT)
          && (to > 0 || toRoot.equals(MerkleTree.EMPTY_ROOT));
    }
    if (from == to) {
      return hashes.isEmpty() && fromRoot.equals(toRoot);
    }
    // Where the smaller tree is complete, its root is the first hash and is left out.
    boolean complete = Long.bitCount(from) == 1;
    if (!complete && hashes.isEmpty()) {
      return false;
    }
    MerkleTree tree = new MerkleTree();
    long node = from - 1;
    long last = to - 1;
    while ((node & 1) == 1) {
      node >>>= 1;
      last >>>= 1;
    }
    Hash smaller = complete ? fromRoot : hashes.getFirst();
    Hash larger = smaller;
    for (Hash hash : hashes.subList(complete ? 0 : 1, hashes.size())) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        smaller = tree.node(hash, smaller);
        larger = tree.node(hash, larger);
        while ((node & 1) == 0 && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        larger = tree.node(larger, hash);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 && smaller.equals(fromRoot) && larger.equals(toRoot);
  }
}
