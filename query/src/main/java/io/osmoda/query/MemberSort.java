package io.osmoda.query;

import io.osmoda.ledger.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Keeps the first entries after a position in the order of a member. Not thread-safe. */
final class MemberSort {
  private final SortKey key;
  private final int limit;
  private final Comparator<Row> order;
  private final @Nullable Row after;
  private final PriorityQueue<Row> kept;

  /** An entry's value, null where it has none, and its number. */
  private record Row(@Nullable BytesRef value, long seq) {}

  MemberSort(SortKey key, int limit, SortedPage.Position after) {
    this.key = key;
    this.limit = limit;
    this.order =
        ((Comparator<Row>) (a, b) -> compare(a.value(), b.value(), key.descending()))
            .thenComparingLong(Row::seq);
    String value = after.value();
    this.after =
        after.seq() < 0 ? null : new Row(value == null ? null : new BytesRef(value), after.seq());
    this.kept = new PriorityQueue<>(order.reversed());
  }

  private static int compare(@Nullable BytesRef a, @Nullable BytesRef b, boolean descending) {
    if (a == null || b == null) {
      return Boolean.compare(a == null, b == null);
    }
    return descending ? b.compareTo(a) : a.compareTo(b);
  }

  void add(Entry entry) {
    String value = key.member().value(entry);
    add(new Row(value == null ? null : new BytesRef(value), entry.seq()));
  }

  private boolean add(Row row) {
    if (after != null && order.compare(row, after) <= 0) {
      return false;
    }
    if (kept.size() == limit) {
      Row last = kept.peek();
      if (last != null && order.compare(row, last) >= 0) {
        return false;
      }
      kept.poll();
    }
    return kept.add(row);
  }

  /**
   * Takes some entries of a leaf. What is kept already bounds which values are looked up at all.
   */
  void add(LeafReaderContext leaf, DocIdSetIterator docs, long firstSeq, Deadline deadline)
      throws IOException {
    SortedDocValues values = DocValues.getSorted(leaf.reader(), key.member().word());
    // Ranks of this leaf's values that may not be kept any more, so that most are passed quickly.
    int[] seen = new int[values.getValueCount() + 1];
    for (int doc = docs.nextDoc(), n = 0;
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = docs.nextDoc()) {
      if ((++n & 0xffff) == 0) {
        deadline.require();
      }
      int ordinal = values.advanceExact(doc) ? values.ordValue() : -1;
      // Entries come in the order of their numbers: of one value only the first ones can be kept.
      if (seen[ordinal + 1] >= limit) {
        continue;
      }
      BytesRef value = ordinal < 0 ? null : BytesRef.deepCopyOf(values.lookupOrd(ordinal));
      Row row = new Row(value, firstSeq + doc);
      if (after == null || order.compare(row, after) > 0) {
        seen[ordinal + 1]++;
        add(row);
      }
    }
  }

  /** The sequence numbers kept, in order. */
  List<Long> seqs() {
    List<Row> rows = new ArrayList<>(kept);
    rows.sort(order);
    return rows.stream().map(Row::seq).toList();
  }

  boolean isFull() {
    return kept.size() == limit;
  }
}
