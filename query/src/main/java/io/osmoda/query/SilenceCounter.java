package io.osmoda.query;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.DocIdSetIterator;

/**
 * Finds the stretches without entries, from the times of entries in their order, to the
 * microsecond. Not thread-safe.
 */
final class SilenceCounter {
  private static final Comparator<Silence> LONGEST_FIRST =
      Comparator.comparing(Silence::length).reversed().thenComparing(Silence::from);

  private final long least;
  private final int limit;
  private final PriorityQueue<Silence> longest = new PriorityQueue<>(LONGEST_FIRST.reversed());
  private long last;
  private long count;

  /**
   * @param from where the time begins that is looked at
   * @param least how long a stretch is at least that is told
   * @param limit how many are named
   */
  SilenceCounter(Instant from, Duration least, int limit) {
    this.last = EntryDocument.micros(from);
    this.least = least.toNanos() / 1_000;
    this.limit = limit;
  }

  void add(Instant sealed) {
    add(EntryDocument.micros(sealed));
  }

  private void add(long micros) {
    if (micros - last > least) {
      count++;
      longest.add(new Silence(instant(last), instant(micros)));
      if (longest.size() > limit) {
        longest.poll();
      }
    }
    last = micros;
  }

  /** Takes some entries of a leaf, which stand in the order of time. */
  void add(LeafReader leaf, DocIdSetIterator docs, Deadline deadline) throws IOException {
    NumericDocValues time = DocValues.getNumeric(leaf, EntryDocument.TIME);
    for (int doc = docs.nextDoc(), n = 0;
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = docs.nextDoc()) {
      if ((++n & 0xffff) == 0) {
        deadline.require();
      }
      if (!time.advanceExact(doc)) {
        throw new IllegalStateException("every document has a time");
      }
      add(time.longValue());
    }
  }

  private static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
  }

  /** How many there are. */
  long count() {
    return count;
  }

  /** The longest, in the order of time. */
  List<Silence> longest() {
    List<Silence> sorted = new ArrayList<>(longest);
    sorted.sort(Comparator.comparing(Silence::from));
    return sorted;
  }
}
