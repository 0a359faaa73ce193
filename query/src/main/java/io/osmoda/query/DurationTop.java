package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.DocIdSetIterator;

/** Keeps the entries that took longest, of equal ones the oldest. Not thread-safe. */
final class DurationTop {
  private static final Comparator<Row> ORDER =
      Comparator.comparingLong(Row::nanos).reversed().thenComparingLong(Row::seq);

  private final int limit;
  private final PriorityQueue<Row> kept = new PriorityQueue<>(ORDER.reversed());

  private record Row(long nanos, long seq) {}

  DurationTop(int limit) {
    this.limit = limit;
  }

  void add(Entry entry) {
    Long nanos = Step.nanos(entry);
    if (nanos != null) {
      add(new Row(nanos, entry.seq()));
    }
  }

  /** Takes some entries of a leaf, whose first document has that number. */
  void add(LeafReader leaf, DocIdSetIterator docs, long firstSeq, Deadline deadline)
      throws IOException {
    NumericDocValues durations = DocValues.getNumeric(leaf, EntryDocument.DURATION);
    for (int doc = docs.nextDoc(), n = 0;
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = docs.nextDoc()) {
      if ((++n & 0xffff) == 0) {
        deadline.require();
      }
      if (durations.advanceExact(doc) && durations.longValue() >= 0) {
        add(new Row(durations.longValue(), firstSeq + doc));
      }
    }
  }

  private void add(Row row) {
    kept.add(row);
    if (kept.size() > limit) {
      kept.poll();
    }
  }

  /** Sequence numbers, of the longest first. */
  List<Long> seqs() {
    List<Row> rows = new ArrayList<>(kept);
    rows.sort(ORDER);
    return rows.stream().map(Row::seq).toList();
  }
}
