package io.osmoda.query;

import io.osmoda.format.entry.Entry;
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
import org.apache.lucene.util.LongHeap;
import org.jspecify.annotations.Nullable;

/** Keeps the first entries after a position in the order of a member. Not thread-safe. */
final class MemberSort implements Sorter {
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

  @Override
  public void add(Entry entry) {
    String value = key.member().value(entry);
    Row row = new Row(value == null ? null : new BytesRef(value), entry.seq());
    if (after == null || order.compare(row, after) > 0) {
      add(row);
    }
  }

  private void add(Row row) {
    kept.add(row);
    if (kept.size() > limit) {
      kept.poll();
    }
  }

  /**
   * Takes some entries of a leaf. Within it a value's rank and the document's number are one long
   * in the order asked for, so that values are looked up only for what is kept of the leaf.
   */
  @Override
  public void add(LeafReaderContext leaf, DocIdSetIterator docs, long firstSeq, Deadline deadline)
      throws IOException {
    SortedDocValues values = DocValues.getSorted(leaf.reader(), key.member().word());
    int none = values.getValueCount();
    long least = after == null ? 0 : firstAfter(values, after, firstSeq, leaf.reader().maxDoc());
    LongHeap best = new LongHeap(Math.min(limit, leaf.reader().maxDoc()));
    for (int doc = docs.nextDoc(), n = 0;
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = docs.nextDoc()) {
      if ((++n & 0xffff) == 0) {
        deadline.require();
      }
      int ordinal = values.advanceExact(doc) ? values.ordValue() : -1;
      long place = (long) rank(ordinal, none) << Integer.SIZE | doc;
      if (place >= least) {
        best.insertWithOverflow(-place); // it keeps the largest
      }
    }
    while (best.size() > 0) {
      long place = -best.pop();
      int rank = (int) (place >>> Integer.SIZE);
      BytesRef value =
          rank == none ? null : BytesRef.deepCopyOf(values.lookupOrd(ordinal(rank, none)));
      add(new Row(value, firstSeq + (int) place));
    }
  }

  private int rank(int ordinal, int none) {
    return ordinal < 0 ? none : ordinal(ordinal, none);
  }

  /** The ordinal of a rank, and the rank of an ordinal. */
  private int ordinal(int rank, int none) {
    return key.descending() ? none - 1 - rank : rank;
  }

  /** The smallest place in a leaf that comes after a row. */
  private long firstAfter(SortedDocValues values, Row row, long firstSeq, int maxDoc)
      throws IOException {
    int none = values.getValueCount();
    int rank = none;
    BytesRef value = row.value();
    if (value != null) {
      int ordinal = values.lookupTerm(value);
      if (ordinal < 0) {
        int next = -ordinal - 1;
        return (long) (key.descending() ? none - next : next) << Integer.SIZE;
      }
      rank = rank(ordinal, none);
    }
    long doc = Math.clamp(row.seq() - firstSeq + 1, 0, maxDoc);
    return ((long) rank << Integer.SIZE) + doc;
  }

  /** The sequence numbers kept, in order. */
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
