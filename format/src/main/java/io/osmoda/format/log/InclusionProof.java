package io.osmoda.format.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The proof that one entry stands in the tree of a checkpoint: a C2SP tlog-proof file (section 3).
 * Immutable and thread-safe.
 */
public final class InclusionProof {
  private static final String HEADER = "c2sp.org/tlog-proof@v1";
  private static final String EXTRA = "extra ";
  private static final String INDEX = "index ";

  private final byte @Nullable [] extra;
  private final long index;
  private final List<Hash> hashes;
  private final SignedCheckpoint checkpoint;

  public InclusionProof(long index, List<Hash> hashes, SignedCheckpoint checkpoint) {
    this(null, index, hashes, checkpoint);
  }

  private InclusionProof(
      byte @Nullable [] extra, long index, List<Hash> hashes, SignedCheckpoint checkpoint) {
    this.extra = extra;
    this.index = index;
    this.hashes = List.copyOf(hashes);
    this.checkpoint = checkpoint;
  }

  /**
   * Parses a tlog-proof file strictly.
   *
   * @throws BadProofException if it is none, or its checkpoint is none of a ledger
   */
  public static InclusionProof parse(byte[] file) throws BadProofException {
    ProofText text = ProofText.parse(file);
    if (!text.line(0).equals(HEADER)) {
      throw new BadProofException("the first line is not " + HEADER);
    }
    int at = 1;
    byte[] extra = null;
    if (text.line(at).startsWith(EXTRA)) {
      extra = StrictBase64.decode(text.line(at).substring(EXTRA.length()));
      if (extra == null) {
        throw new BadProofException("the extra line is not strict base64");
      }
      at++;
    }
    if (!text.line(at).startsWith(INDEX)) {
      throw new BadProofException("line " + (at + 1) + " does not read \"index N\"");
    }
    long index = ProofText.number(text.line(at).substring(INDEX.length()));
    return new InclusionProof(extra, index, text.hashes(at + 1), text.checkpoint());
  }

  /** The file's bytes. */
  public byte[] toBytes() {
    List<String> lines = new ArrayList<>(List.of(HEADER));
    if (extra != null) {
      lines.add(EXTRA + StrictBase64.encode(extra));
    }
    lines.add(INDEX + index);
    return ProofText.toBytes(lines, hashes, checkpoint);
  }

  /** The entry's sequence number. */
  public long index() {
    return index;
  }

  /** The hashes from the leaf's sibling up to the root's child. */
  public List<Hash> hashes() {
    return hashes;
  }

  /** The checkpoint that the proof ends in. */
  public SignedCheckpoint checkpoint() {
    return checkpoint;
  }

  /**
   * Whether the proof leads from an entry to the checkpoint's root. Says nothing about who signed
   * the checkpoint.
   */
  public boolean leadsToRoot(Hash entryHash) {
    Checkpoint stated = checkpoint.checkpoint();
    return stated.root().equals(root(MerkleTree.leafHash(entryHash), stated.size()));
  }

  /** RFC 9162 section 2.1.3.2; null where the path's length is not that of the index and size. */
  private @Nullable Hash root(Hash leafHash, long size) {
    if (index >= size) {
      return null;
    }
    MerkleTree tree = new MerkleTree();
    long node = index;
    long last = size - 1;
    Hash hash = leafHash;
    for (Hash sibling : hashes) {
      if (last == 0) {
        return null;
      }
      if ((node & 1) == 1 || node == last) {
        hash = tree.node(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        hash = tree.node(hash, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 ? hash : null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof InclusionProof that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(index) + checkpoint.hashCode();
  }

  @Override
  public String toString() {
    return "inclusion proof of entry " + index + " in " + checkpoint;
  }
}
