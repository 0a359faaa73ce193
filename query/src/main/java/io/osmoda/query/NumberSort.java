package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the first entries after a position in the order of a number in the payload. The index knows
 * {@code payload.duration_ns}; for another number each entry is read. Not thread-safe.
 */
final class NumberSort implements Sorter {
  private final SortKey key;
  private final int limit;
  private final EntryFetcher fetcher;
  private final Comparator<Row> order;
  private final @Nullable Row after;
  private final PriorityQueue<Row> kept;

  /** An entry's number, null where it has none, and its place. */
  private record Row(@Nullable Double number, long seq) {}

  NumberSort(SortKey key, int limit, SortedPage.Position after, EntryFetcher fetcher) {
    this.key = key;
    this.limit = limit;
    this.fetcher = fetcher;
    Comparator<Double> numbers = Comparator.naturalOrder();
    this.order =
        Comparator.comparing(
                Row::number, Comparator.nullsLast(key.descending() ? numbers.reversed() : numbers))
            .thenComparingLong(Row::seq);
    String value = after.value();
    this.after =
        after.seq() < 0 ? null : new Row(value == null ? null : Numbers.parse(value), after.seq());
    this.kept = new PriorityQueue<>(order.reversed());
  }

  @Override
  public void add(Entry entry) {
    add(new Row(key.number(entry), entry.seq()));
  }

  private void add(Row row) {
    if (after != null && order.compare(row, after) <= 0) {
      return;
    }
    kept.add(row);
    if (kept.size() > limit) {
      kept.poll();
    }
  }

  @Override
  public void add(LeafReaderContext leaf, DocIdSetIterator docs, long firstSeq, Deadline deadline)
      throws IOException {
    NumericDocValues durations =
        key.isByDuration() ? DocValues.getNumeric(leaf.reader(), EntryDocument.DURATION) : null;
    for (int doc = docs.nextDoc(), n = 0;
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = docs.nextDoc()) {
      if (durations == null) {
        deadline.require();
        add(fetcher.fetch(firstSeq + doc));
        continue;
      }
      if ((++n & 0xffff) == 0) {
        deadline.require();
      }
      Double nanos = durations.advanceExact(doc) ? (Double) (double) durations.longValue() : null;
      add(new Row(nanos, firstSeq + doc));
    }
  }

  @Override
  public List<Long> seqs() {
    List<Row> rows = new ArrayList<>(kept);
    rows.sort(order);
    return rows.stream().map(Row::seq).toList();
  }

  @Override
  public boolean isFull() {
    return kept.size() == limit;
  }
}
