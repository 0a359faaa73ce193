package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.jspecify.annotations.Nullable;

/** Counts entries by the time of their sealing and by a member's values. Not thread-safe. */
final class ValueHistogramCounter {
  /** Most pairs of a bucket and a value that are counted apart: each takes some 100 bytes. */
  private static final int MAX_PAIRS = 1_000_000;

  private final HistogramCounter times;
  private final Member by;
  private final Map<Pair, long[]> pairs = new HashMap<>();

  private record Pair(long bucket, @Nullable String value) {}

  ValueHistogramCounter(Duration interval, Member by) {
    this.times = new HistogramCounter(interval);
    this.by = by;
  }

  void add(Entry entry) {
    times.add(entry);
    add(times.bucketOf(EntryDocument.micros(entry.instant())), by.value(entry));
  }

  private void add(long bucket, @Nullable String value) {
    pair(bucket, value)[0]++;
  }

  private long[] pair(long bucket, @Nullable String value) {
    long[] count = pairs.computeIfAbsent(new Pair(bucket, value), k -> new long[1]);
    if (pairs.size() > MAX_PAIRS) {
      throw new RequestRefusedException(
          "more than %,d combinations of a time and a %s: take a longer interval or fewer entries"
              .formatted(MAX_PAIRS, by.word()));
    }
    return count;
  }

  /** Takes some entries of a leaf, which stand in the order of time. */
  void add(LeafReader leaf, DocIdSetIterator docs, Deadline deadline) throws IOException {
    NumericDocValues time = DocValues.getNumeric(leaf, EntryDocument.TIME);
    SortedDocValues status = DocValues.getSorted(leaf, Member.STATUS.word());
    boolean[] isFailed = HistogramCounter.failed(status);
    SortedDocValues values = DocValues.getSorted(leaf, by.word());
    Map<Integer, long[]> ofBucket = new HashMap<>();
    long bucket = Long.MIN_VALUE;
    for (int doc = docs.nextDoc(), n = 0;
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = docs.nextDoc()) {
      if ((++n & 0xffff) == 0) {
        deadline.require();
      }
      if (!time.advanceExact(doc) || !status.advanceExact(doc)) {
        throw new IllegalStateException("every document has a time and a status");
      }
      long now = times.bucketOf(time.longValue());
      if (now != bucket) {
        bucket = now;
        ofBucket.clear();
      }
      times.add(bucket, isFailed[status.ordValue()]);
      int ordinal = values.advanceExact(doc) ? values.ordValue() : -1;
      long[] count = ofBucket.get(ordinal);
      if (count == null) {
        count = pair(bucket, ordinal < 0 ? null : values.lookupOrd(ordinal).utf8ToString());
        ofBucket.put(ordinal, count);
      }
      count[0]++;
    }
  }

  /**
   * What was counted.
   *
   * @param limit most values to name
   */
  ValueHistogram result(int limit) {
    Histogram plain = times.result();
    Map<@Nullable String, long[]> totals = new HashMap<>();
    pairs.forEach(
        (pair, count) -> totals.computeIfAbsent(pair.value(), k -> new long[1])[0] += count[0]);
    List<Map.Entry<@Nullable String, long[]>> sorted = new ArrayList<>(totals.entrySet());
    Comparator<Map.Entry<@Nullable String, long[]>> most =
        Comparator.comparingLong(each -> -each.getValue()[0]);
    sorted.sort(
        most.thenComparing(
            Map.Entry::getKey, Comparator.nullsLast(Comparator.<String>naturalOrder())));
    List<@Nullable String> values = new ArrayList<>();
    sorted.stream().limit(limit).forEach(each -> values.add(each.getKey()));
    List<List<Long>> counts = new ArrayList<>();
    for (Histogram.Bucket bucket : plain.buckets()) {
      long number = times.bucketOf(EntryDocument.micros(bucket.start()));
      List<Long> row = new ArrayList<>();
      for (String value : values) {
        long[] count = pairs.get(new Pair(number, value));
        row.add(count == null ? 0 : count[0]);
      }
      counts.add(row);
    }
    return new ValueHistogram(plain, by, values, counts);
  }
}
