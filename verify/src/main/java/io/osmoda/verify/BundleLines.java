package io.osmoda.verify;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.log.Hash;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What the lines of entries.ndjson told: 32 bytes and a few bits a line. A line is known by its
 * place, which is seq - first_seq, in a sample its index. So a few lines never take much memory,
 * whatever their numbers. Not thread-safe.
 */
final class BundleLines {
  /** A line of a sample. */
  record SampleLine(long seq, Hash hash) {}

  private final long firstSeq;
  private final boolean isSample;
  private final HashList hashes = new HashList();
  private final BitSet present = new BitSet(); // there is such a line
  private final BitSet missing = new BitSet(); // it has no payload
  private final BitSet matchingMissing = new BitSet(); // it has none and matches
  private final List<SampleLine> sampleLines = new ArrayList<>();
  private final List<RedactedRange> redactions = new ArrayList<>();
  private long lines;
  private long matching;

  BundleLines(Manifest manifest) {
    this.firstSeq = manifest.firstSeq();
    this.isSample = manifest.isSample();
  }

  /** Counts one more line, whatever it is. */
  void count() {
    lines++;
  }

  /** How many lines there are. */
  long lines() {
    return lines;
  }

  /** How many of them match. */
  long matching() {
    return matching;
  }

  /** How many of them, each number once, have no payload. */
  long withoutPayload() {
    return missing.cardinality();
  }

  /**
   * Takes in an entry whose number lies in the range; of two with one number the first.
   *
   * @param hash recomputed, at {@code from}
   */
  void add(long seq, byte[] hash, int from, boolean hasPayload, boolean matches) {
    if (matches) {
      matching++;
    }
    long place = isSample ? sampleLines.size() : seq - firstSeq;
    boolean isInPlace =
        isSample
            ? sampleLines.isEmpty() || sampleLines.getLast().seq() < seq
            : place < capacity() && !present.get((int) place);
    if (!isInPlace) {
      return; // there is a finding of a lower number already
    }
    int at = (int) place;
    if (isSample) {
      sampleLines.add(new SampleLine(seq, Hash.of(hash, from, Hash.LENGTH)));
    }
    hashes.put(at, hash, from);
    present.set(at);
    if (!hasPayload) {
      missing.set(at);
      matchingMissing.set(at, matches);
    }
  }

  /** Takes in a redaction that may explain a missing payload. */
  void add(RedactedRange redaction) {
    redactions.add(redaction);
  }

  /** The lines of a sample. */
  List<SampleLine> sampleLines() {
    return sampleLines;
  }

  /** Whether there is a line with that number. */
  boolean holds(long seq) {
    int place = placeOf(seq);
    return present.get(place) && seqAt(place) == seq;
  }

  /** Whether the line of a cause's number, which there is, has the hash that it names. */
  boolean isHashOf(CauseReference cause) {
    return hashes.is(placeOf(cause.seq()), cause.entryHash());
  }

  /** Whether one of the lines that a redaction names has no payload. */
  boolean lacksPayloadIn(RedactedRange range) {
    int found = missing.nextSetBit(placeOf(range.first()));
    return found >= 0 && found < placeOf(range.last() + 1);
  }

  /** How many matching lines lack a payload that a redaction explains. */
  long redacted() {
    BitSet redacted = explained();
    redacted.and(matchingMissing);
    return redacted.cardinality();
  }

  /** Takes the numbers of lines. */
  interface SeqSink {
    void accept(long seq);
  }

  /** Hands out the matching lines whose payload is missing and not redacted. */
  void unexplained(SeqSink sink) {
    BitSet unexplained = (BitSet) matchingMissing.clone();
    unexplained.andNot(explained());
    for (int at = unexplained.nextSetBit(0); at >= 0; at = unexplained.nextSetBit(at + 1)) {
      sink.accept(seqAt(at));
    }
  }

  private BitSet explained() {
    BitSet explained = new BitSet();
    for (RedactedRange range : redactions) {
      int from = placeOf(range.first());
      explained.set(from, Math.max(from, placeOf(range.last() + 1)));
    }
    return explained;
  }

  /** Past the last place that can be taken: of more lines none is an entry in its place. */
  private long capacity() {
    return Math.min(lines, Integer.MAX_VALUE);
  }

  /** The number of the line that there is at a place. */
  private long seqAt(int place) {
    return isSample ? sampleLines.get(place).seq() : firstSeq + place;
  }

  /** The place of the first line with this number or a larger one, as far as there are lines. */
  private int placeOf(long seq) {
    if (!isSample) {
      return (int) Math.max(0, Math.min(seq - firstSeq, capacity()));
    }
    int low = 0;
    int high = sampleLines.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sampleLines.get(middle).seq() < seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
