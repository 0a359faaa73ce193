package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BytesRef;

/** Counts entries by the time of their sealing. Not thread-safe. */
final class HistogramCounter {
  /** The outcomes that count as failed. */
  static final Set<String> FAILED = Set.of("error", "denied", "timeout", "crashed");

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(36_525);

  private final Duration interval;
  private final long micros;
  private final TreeMap<Long, long[]> buckets = new TreeMap<>();

  /**
   * @throws RequestRefusedException if the interval is none that can be counted by
   */
  HistogramCounter(Duration interval) {
    if (interval.compareTo(SHORTEST) < 0
        || interval.compareTo(LONGEST) > 0
        || interval.toNanosPart() % 1_000_000 != 0) {
      throw new RequestRefusedException(
          "an interval must be between one millisecond and a hundred years");
    }
    this.interval = interval;
    this.micros = interval.toMillis() * 1_000;
  }

  private long[] bucket(long number) {
    return buckets.computeIfAbsent(number, k -> new long[2]);
  }

  void add(Entry entry) {
    long[] bucket = bucket(Math.floorDiv(EntryDocument.micros(entry.instant()), micros));
    bucket[0]++;
    if (FAILED.contains(entry.status())) {
      bucket[1]++;
    }
  }

  /** Takes some entries of a leaf, which stand in the order of time. */
  void add(LeafReader leaf, DocIdSetIterator docs, Deadline deadline) throws IOException {
    NumericDocValues time = DocValues.getNumeric(leaf, EntryDocument.TIME);
    SortedDocValues status = DocValues.getSorted(leaf, Member.STATUS.word());
    boolean[] isFailed = new boolean[status.getValueCount()];
    for (String failed : FAILED) {
      int ordinal = status.lookupTerm(new BytesRef(failed));
      if (ordinal >= 0) {
        isFailed[ordinal] = true;
      }
    }
    long number = Long.MIN_VALUE;
    long numberEnd = Long.MIN_VALUE;
    long[] bucket = {0, 0};
    for (int doc = docs.nextDoc(), n = 0;
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = docs.nextDoc()) {
      if ((++n & 0xffff) == 0) {
        deadline.require();
      }
      if (!time.advanceExact(doc) || !status.advanceExact(doc)) {
        throw new IllegalStateException("every document has a time and a status");
      }
      long at = time.longValue();
      if (at >= numberEnd) {
        number = Math.floorDiv(at, micros);
        numberEnd = (number + 1) * micros;
        bucket = bucket(number);
      }
      bucket[0]++;
      if (isFailed[status.ordValue()]) {
        bucket[1]++;
      }
    }
  }

  /**
   * What was counted.
   *
   * @throws RequestRefusedException if that is more than {@link Histogram#MAX_BUCKETS} buckets
   */
  Histogram result() {
    List<Histogram.Bucket> all = new ArrayList<>();
    long total = 0;
    if (!buckets.isEmpty()) {
      long first = buckets.firstKey();
      long last = buckets.lastKey();
      if (last - first >= Histogram.MAX_BUCKETS) {
        throw new RequestRefusedException(
            "that makes %d buckets, more than %d: use a longer interval or a shorter period"
                .formatted(last - first + 1, Histogram.MAX_BUCKETS));
      }
      for (long number = first; number <= last; number++) {
        long[] counted = buckets.getOrDefault(number, new long[2]);
        total += counted[0];
        all.add(new Histogram.Bucket(start(number), counted[0], counted[1]));
      }
    }
    return new Histogram(interval, total, all);
  }

  private Instant start(long number) {
    long at = Math.multiplyExact(number, micros);
    return Instant.ofEpochSecond(
        Math.floorDiv(at, 1_000_000L), Math.floorMod(at, 1_000_000L) * 1_000);
  }
}
