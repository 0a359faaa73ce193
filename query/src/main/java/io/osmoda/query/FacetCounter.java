package io.osmoda.query;

import io.osmoda.ledger.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Counts entries by the values of members. Not thread-safe. */
final class FacetCounter {
  /** Most members at once. */
  static final int MAX_MEMBERS = 3;

  /** Up to so many combinations in a leaf are counted in an array. */
  private static final int DENSE = 1 << 20;

  private final List<Member> by;
  private final Map<Key, long[]> counts = new HashMap<>();
  private long total;

  /** Values in UTF-8, null where there is none. */
  private record Key(List<@Nullable BytesRef> values) {}

  FacetCounter(List<Member> by) {
    this.by = by;
  }

  private void add(Key key, long count) {
    counts.computeIfAbsent(key, k -> new long[1])[0] += count;
    total += count;
  }

  void add(Entry entry) {
    List<@Nullable BytesRef> values = new ArrayList<>(by.size());
    for (Member member : by) {
      String value = member.value(entry);
      values.add(value == null ? null : new BytesRef(value));
    }
    add(new Key(values), 1);
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
        add(key(List.of(BytesRef.deepCopyOf(value))), each.docFreq());
        left -= each.docFreq();
      }
    }
    if (left > 0) {
      add(key(Arrays.asList((BytesRef) null)), left);
    }
  }

  private static Key key(List<@Nullable BytesRef> values) {
    return new Key(values);
  }

  /** Takes some entries of a leaf. */
  void add(LeafReader leaf, DocIdSetIterator docs, Deadline deadline) throws IOException {
    SortedDocValues[] values = new SortedDocValues[by.size()];
    long combinations = 1;
    for (int i = 0; i < values.length; i++) {
      values[i] = DocValues.getSorted(leaf, by.get(i).word());
      combinations *= values[i].getValueCount() + 1L;
    }
    if (combinations <= DENSE) {
      long[] dense = new long[(int) combinations];
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
          add(key(values, i), dense[i]);
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
      add(key(values, each.getKey()), each.getValue()[0]);
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

  private static Key key(SortedDocValues[] values, long combination) throws IOException {
    BytesRef[] found = new BytesRef[values.length];
    long rest = combination;
    for (int i = values.length - 1; i >= 0; i--) {
      long radix = values[i].getValueCount() + 1L;
      int ordinal = (int) (rest % radix) - 1;
      rest /= radix;
      if (ordinal >= 0) {
        found[i] = BytesRef.deepCopyOf(values[i].lookupOrd(ordinal));
      }
    }
    return new Key(Arrays.asList(found));
  }

  /** The most frequent so far. */
  Facets top(int limit) {
    Comparator<Map.Entry<Key, long[]>> mostFirst =
        Comparator.<Map.Entry<Key, long[]>>comparingLong(e -> -e.getValue()[0])
            .thenComparing(Map.Entry::getKey, FacetCounter::compare);
    PriorityQueue<Map.Entry<Key, long[]>> top = new PriorityQueue<>(mostFirst.reversed());
    for (Map.Entry<Key, long[]> each : counts.entrySet()) {
      top.add(each);
      if (top.size() > limit) {
        top.poll();
      }
    }
    List<Map.Entry<Key, long[]>> sorted = new ArrayList<>(top);
    sorted.sort(mostFirst);
    return new Facets(
        by,
        total,
        counts.size(),
        sorted.stream()
            .map(each -> new Facets.Facet(texts(each.getKey()), each.getValue()[0]))
            .toList());
  }

  private static List<@Nullable String> texts(Key key) {
    List<@Nullable String> texts = new ArrayList<>(key.values().size());
    for (BytesRef value : key.values()) {
      texts.add(value == null ? null : value.utf8ToString());
    }
    return texts;
  }

  private static int compare(Key a, Key b) {
    for (int i = 0; i < a.values().size(); i++) {
      BytesRef one = a.values().get(i);
      BytesRef other = b.values().get(i);
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
