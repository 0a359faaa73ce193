package io.osmoda.query;

import io.osmoda.ledger.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.BytesRefBuilder;
import org.apache.lucene.util.BytesRefHash;
import org.jspecify.annotations.Nullable;

/**
 * Counts entries by the values of members. A combination of values is kept as bytes: for each
 * member 0 where there is none, else 1, two bytes of length, and the value. Not thread-safe.
 */
final class FacetCounter {
  /** Most members at once. */
  static final int MAX_MEMBERS = 3;

  /** Up to so many combinations in a leaf are counted in an array. */
  private static final int DENSE = 1 << 20;

  private final List<Member> by;
  private final BytesRefHash combinations = new BytesRefHash();
  private long[] counts = new long[64];
  private long total;
  private final BytesRefBuilder scratch = new BytesRefBuilder();

  FacetCounter(List<Member> by) {
    this.by = by;
  }

  private void value(@Nullable BytesRef value) {
    if (value == null) {
      scratch.append((byte) 0);
      return;
    }
    scratch.append((byte) 1);
    scratch.append((byte) (value.length >>> 8));
    scratch.append((byte) value.length);
    scratch.append(value);
  }

  /** Counts the combination that was put together. */
  private void add(long count) {
    int number = combinations.add(scratch.get());
    if (number < 0) {
      number = -number - 1;
    }
    counts = ArrayUtil.grow(counts, number + 1);
    counts[number] += count;
    total += count;
    scratch.clear();
  }

  void add(Entry entry) {
    for (Member member : by) {
      String value = member.value(entry);
      value(value == null ? null : new BytesRef(value));
    }
    add(1);
  }

  /** Takes all entries of a leaf, from how often each value occurs. */
  void addAll(LeafReader leaf, Deadline deadline) throws IOException {
    if (by.size() > 1) {
      add(leaf, DocIdSetIterator.all(leaf.maxDoc()), deadline);
      return;
    }
    long left = leaf.maxDoc();
    Terms terms = leaf.terms(by.getFirst().word());
    if (terms != null) {
      TermsEnum each = terms.iterator();
      for (BytesRef value = each.next(); value != null; value = each.next()) {
        value(value);
        add(each.docFreq());
        left -= each.docFreq();
      }
    }
    if (left > 0) {
      value(null);
      add(left);
    }
  }

  /** Takes some entries of a leaf. */
  void add(LeafReader leaf, DocIdSetIterator docs, Deadline deadline) throws IOException {
    SortedDocValues[] values = new SortedDocValues[by.size()];
    long possible = 1;
    for (int i = 0; i < values.length; i++) {
      values[i] = DocValues.getSorted(leaf, by.get(i).word());
      possible *= values[i].getValueCount() + 1L;
    }
    if (possible <= DENSE) {
      long[] dense = new long[(int) possible];
      for (int doc = docs.nextDoc(), n = 0;
          doc != DocIdSetIterator.NO_MORE_DOCS;
          doc = docs.nextDoc()) {
        if ((++n & 0xffff) == 0) {
          deadline.require();
        }
        dense[(int) combination(values, doc)]++;
      }
      for (int i = 0; i < dense.length; i++) {
        if (dense[i] > 0) {
          add(values, i, dense[i]);
        }
      }
      return;
    }
    Map<Long, long[]> sparse = new HashMap<>();
    for (int doc = docs.nextDoc(), n = 0;
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = docs.nextDoc()) {
      if ((++n & 0xffff) == 0) {
        deadline.require();
      }
      sparse.computeIfAbsent(combination(values, doc), k -> new long[1])[0]++;
    }
    for (Map.Entry<Long, long[]> each : sparse.entrySet()) {
      add(values, each.getKey(), each.getValue()[0]);
    }
  }

  /** A number for a document's values: its ordinals, 0 where there is none, in mixed radix. */
  private static long combination(SortedDocValues[] values, int doc) throws IOException {
    long combination = 0;
    for (SortedDocValues value : values) {
      combination *= value.getValueCount() + 1L;
      if (value.advanceExact(doc)) {
        combination += value.ordValue() + 1L;
      }
    }
    return combination;
  }

  private void add(SortedDocValues[] values, long combination, long count) throws IOException {
    int[] ordinals = new int[values.length];
    long rest = combination;
    for (int i = values.length - 1; i >= 0; i--) {
      long radix = values[i].getValueCount() + 1L;
      ordinals[i] = (int) (rest % radix) - 1;
      rest /= radix;
    }
    for (int i = 0; i < values.length; i++) {
      value(ordinals[i] < 0 ? null : values[i].lookupOrd(ordinals[i]));
    }
    add(count);
  }

  /** The most frequent so far. */
  Facets top(int limit) {
    int distinct = combinations.size();
    // The least of those kept is at the head: fewest, and of these the last by value.
    Comparator<Facets.Facet> order =
        Comparator.comparingLong((Facets.Facet facet) -> -facet.count())
            .thenComparing(Facets.Facet::values, FacetCounter::compare);
    PriorityQueue<Facets.Facet> top = new PriorityQueue<>(order.reversed());
    for (int number = 0; number < distinct; number++) {
      Facets.Facet least = top.size() == limit ? top.peek() : null;
      if (least != null && counts[number] < least.count()) {
        continue;
      }
      top.add(new Facets.Facet(values(number), counts[number]));
      if (top.size() > limit) {
        top.poll();
      }
    }
    List<Facets.Facet> sorted = new ArrayList<>(top);
    sorted.sort(order);
    return new Facets(by, total, distinct, sorted);
  }

  private List<@Nullable String> values(int number) {
    BytesRef combination = combinations.get(number, new BytesRef());
    List<@Nullable String> values = new ArrayList<>(by.size());
    int at = combination.offset;
    for (int i = 0; i < by.size(); i++) {
      byte[] bytes = combination.bytes;
      if (bytes[at++] == 0) {
        values.add(null);
        continue;
      }
      int length = (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
      values.add(new BytesRef(bytes, at + 2, length).utf8ToString());
      at += 2 + length;
    }
    return values;
  }

  private static int compare(List<@Nullable String> a, List<@Nullable String> b) {
    for (int i = 0; i < a.size(); i++) {
      String one = a.get(i);
      String other = b.get(i);
      int compared =
          one == null || other == null
              ? Boolean.compare(one == null, other == null)
              : one.compareTo(other);
      if (compared != 0) {
        return compared;
      }
    }
    return 0;
  }
}
