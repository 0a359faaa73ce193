package io.osmoda.ledger;

import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.ConsistencyProof;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.InclusionProof;
import io.osmoda.format.log.RangeProof;
import io.osmoda.format.log.SignedCheckpoint;
import java.io.IOException;

/** Makes proofs from the stored tree (section 3), and checks each before it hands it out. */
final class TreeProofs {
  private TreeProofs() {}

  /**
   * The proof of an entry.
   *
   * @throws TreeDamagedException if the tree files do not prove it
   */
  static InclusionProof inclusion(
      TreeFiles tree, long seq, Hash entryHash, SignedCheckpoint checkpoint) throws IOException {
    long size = checkpoint.checkpoint().size();
    InclusionProof proof = new InclusionProof(seq, tree.inclusion(seq, size), checkpoint);
    if (!proof.leadsToRoot(entryHash)) {
      throw new TreeDamagedException(
          "the stored tree does not prove entry " + seq + " under the checkpoint of size " + size);
    }
    return proof;
  }

  /**
   * The proof of entries [first, end).
   *
   * @throws TreeDamagedException if the tree files do not prove it
   */
  static RangeProof range(TreeFiles tree, long first, long end, SignedCheckpoint checkpoint)
      throws IOException {
    long size = checkpoint.checkpoint().size();
    RangeProof proof = new RangeProof(first, end, tree.range(first, end, size), checkpoint);
    if (!proof.leadsToRoot(tree::subtree)) {
      throw new TreeDamagedException(
          "the stored tree does not prove entries "
              + first
              + " to "
              + (end - 1)
              + " under the checkpoint of size "
              + size);
    }
    return proof;
  }

  /**
   * The proof between two checkpoints.
   *
   * @throws TreeDamagedException if the tree files do not prove it
   */
  static ConsistencyProof consistency(TreeFiles tree, Checkpoint from, Checkpoint to)
      throws IOException {
    ConsistencyProof proof =
        new ConsistencyProof(from.size(), to.size(), tree.consistency(from.size(), to.size()));
    if (!proof.connects(from.root(), to.root())) {
      throw new TreeDamagedException(
          "the stored tree does not prove that the checkpoint of size "
              + to.size()
              + " goes on from that of size "
              + from.size());
    }
    return proof;
  }
}
