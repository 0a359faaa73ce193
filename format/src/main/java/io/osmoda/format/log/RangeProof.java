package io.osmoda.format.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The proof that a run of entries stands in the tree of a checkpoint, all of them and nothing else
 * (section 3, {@code osmoda.io/range-proof/v1}). Immutable and thread-safe.
 */
public final class RangeProof {
  private static final String HEADER = "osmoda.io/range-proof/v1";
  private static final String RANGE = "range ";

  private final long first;
  private final long end;
  private final List<Hash> hashes;
  private final SignedCheckpoint checkpoint;

  public RangeProof(long first, long end, List<Hash> hashes, SignedCheckpoint checkpoint) {
    this.first = first;
    this.end = end;
    this.hashes = List.copyOf(hashes);
    this.checkpoint = checkpoint;
  }

  /**
   * Parses a range proof strictly.
   *
   * @throws BadProofException if it is none, its range is empty or past the checkpoint's size, or
   *     its checkpoint is none of a ledger
   */
  public static RangeProof parse(byte[] file) throws BadProofException {
    ProofText text = ProofText.parse(file);
    if (!text.line(0).equals(HEADER)) {
      throw new BadProofException("the first line is not " + HEADER);
    }
    String[] words = text.line(1).split(" ", -1);
    if (!text.line(1).startsWith(RANGE) || words.length != 3) {
      throw new BadProofException("the second line does not read \"range FIRST END\"");
    }
    long first = ProofText.number(words[1]);
    long end = ProofText.number(words[2]);
    if (first >= end || end > text.checkpoint().checkpoint().size()) {
      throw new BadProofException(
          "[%d, %d) is no range of entries within the checkpoint's size %d"
              .formatted(first, end, text.checkpoint().checkpoint().size()));
    }
    return new RangeProof(first, end, text.hashes(2), text.checkpoint());
  }

  /** The file's bytes. */
  public byte[] toBytes() {
    return ProofText.toBytes(List.of(HEADER, RANGE + first + " " + end), hashes, checkpoint);
  }

  /** The first entry's sequence number. */
  public long first() {
    return first;
  }

  /** The sequence number past the last entry's. */
  public long end() {
    return end;
  }

  /** The hashes of what lies outside the range, from left to right. */
  public List<Hash> hashes() {
    return hashes;
  }

  /** The checkpoint that the proof ends in. */
  public SignedCheckpoint checkpoint() {
    return checkpoint;
  }

  /**
   * Whether these entries, and the hashes of what lies outside, give the checkpoint's root. Says
   * nothing about who signed the checkpoint.
   *
   * @param entryHashes the recomputed hashes of the entries of the range, in order; read once, as
   *     far as there are entries in the range and one more
   */
  public boolean leadsToRoot(Iterator<Hash> entryHashes) {
    try {
      return leadsToRoot(
              (from, to) -> {
                CompactRange inside = new CompactRange();
                for (long i = from; i < to && entryHashes.hasNext(); i++) {
                  inside.append(entryHashes.next());
                }
                return inside.size() == to - from ? inside.root() : null;
              })
          && !entryHashes.hasNext();
    } catch (IOException e) {
      throw new IllegalStateException("nothing is read here", e);
    }
  }

  /**
   * The same for who has the hashes of whole subtrees at hand.
   *
   * @throws IOException if {@code inside} throws it
   */
  public boolean leadsToRoot(Subtrees inside) throws IOException {
    Iterator<Hash> outside = hashes.iterator();
    Hash root = root(0, checkpoint.checkpoint().size(), outside, inside);
    return checkpoint.checkpoint().root().equals(root) && !outside.hasNext();
  }

  /**
   * The proofs of single entries of the range, which this proof yields together with the range's
   * entry hashes.
   *
   * @param entryHashes the recomputed hashes of all entries of the range, in order
   * @param seqs which entries, ascending
   * @throws BadProofException if the hashes do not lead to the checkpoint's root
   */
  public List<InclusionProof> inclusionProofs(Iterator<Hash> entryHashes, List<Long> seqs)
      throws BadProofException {
    List<List<Hash>> paths = new ArrayList<>();
    seqs.forEach(seq -> paths.add(new ArrayList<>()));
    Iterator<Hash> outside = hashes.iterator();
    Hash root =
        paths(0, checkpoint.checkpoint().size(), outside, entryHashes, seqs, paths, 0, seqs.size());
    if (!checkpoint.checkpoint().root().equals(root)
        || outside.hasNext()
        || entryHashes.hasNext()) {
      throw new BadProofException(
          "the entries %d to %d do not lead to the checkpoint's root".formatted(first, end - 1));
    }
    List<InclusionProof> proofs = new ArrayList<>();
    for (int i = 0; i < seqs.size(); i++) {
      proofs.add(new InclusionProof(seqs.get(i), paths.get(i), checkpoint));
    }
    return proofs;
  }

  /** root(low, high), noting the siblings on the way up of seqs [from, to), which lie in it. */
  private @Nullable Hash paths(
      long low,
      long high,
      Iterator<Hash> outside,
      Iterator<Hash> inside,
      List<Long> seqs,
      List<List<Hash>> paths,
      int from,
      int to) {
    if (high <= first || low >= end) {
      return outside.hasNext() ? outside.next() : null;
    }
    if (high - low == 1) {
      return inside.hasNext() ? MerkleTree.leafHash(inside.next()) : null;
    }
    long middle = low + MerkleTree.split(high - low);
    int cut = from;
    while (cut < to && seqs.get(cut) < middle) {
      cut++;
    }
    Hash left = paths(low, middle, outside, inside, seqs, paths, from, cut);
    Hash right = left == null ? null : paths(middle, high, outside, inside, seqs, paths, cut, to);
    if (left == null || right == null) {
      return null;
    }
    for (int i = from; i < to; i++) {
      paths.get(i).add(i < cut ? right : left);
    }
    return MerkleTree.nodeHash(left, right);
  }

  /** Hashes of subtrees inside the range. */
  @FunctionalInterface
  public interface Subtrees {
    /** The hash of the leaves [from, to); null where some are missing. */
    @Nullable Hash root(long from, long to) throws IOException;
  }

  /** root(low, high) of section 3; null where hashes or entries run out. */
  private @Nullable Hash root(long low, long high, Iterator<Hash> outside, Subtrees inside)
      throws IOException {
    if (high <= first || low >= end) {
      return outside.hasNext() ? outside.next() : null;
    }
    if (low >= first && high <= end) {
      return inside.root(low, high);
    }
    long middle = low + MerkleTree.split(high - low);
    Hash left = root(low, middle, outside, inside);
    Hash right = left == null ? null : root(middle, high, outside, inside);
    return left == null || right == null ? null : MerkleTree.nodeHash(left, right);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RangeProof that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(first) + checkpoint.hashCode();
  }

  @Override
  public String toString() {
    return "range proof of entries " + first + " to " + (end - 1) + " in " + checkpoint;
  }
}
