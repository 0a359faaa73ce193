package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.BytesRefBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Counts entries by the values of members. A combination of values is kept as bytes: for each
 * member 0 if there is none, else 1, two bytes of length, and the value. Where one member has many
 * values, ranges of them are counted side by side, each in a table of its own. Not thread-safe.
 */
final class FacetCounter {
  /** Most members at once. */
  static final int MAX_MEMBERS = 3;

  /** Up to so many combinations in a leaf are counted in an array. */
  private static final int DENSE = 1 << 20;

  /** From so many values of a leaf on it is worth while to count ranges of them side by side. */
  static final int SHARED = 1 << 14;

  /** Most threads that count. */
  private static final int MAX_THREADS = 8;

  private final List<Member> by;
  private final int threads;

  /** For each but the first table the least value that is counted in it, ascending. */
  private List<BytesRef> bounds = List.of();

  private List<CombinationCounts> tables = List.of(new CombinationCounts());
  private final BytesRefBuilder scratch = new BytesRefBuilder();

  FacetCounter(List<Member> by) {
    this(by, Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS));
  }

  /** One that counts the values of a leaf in so many threads at most. */
  FacetCounter(List<Member> by, int threads) {
    this.by = by;
    this.threads = threads;
  }

  private static void put(@Nullable BytesRef value, BytesRefBuilder to) {
    if (value == null) {
      to.append((byte) 0);
      return;
    }
    to.append((byte) 1);
    to.append((byte) (value.length >>> 8));
    to.append((byte) value.length);
    to.append(value);
  }

  private void value(@Nullable BytesRef value) {
    put(value, scratch);
  }

  /** Counts the combination that was put together. */
  private void add(long count) {
    table(scratch.get()).add(scratch.get(), count);
    scratch.clear();
  }

  /** Where a combination is counted. */
  private CombinationCounts table(BytesRef combination) {
    if (bounds.isEmpty() || combination.bytes[combination.offset] == 0) {
      return tables.getFirst();
    }
    BytesRef value =
        new BytesRef(combination.bytes, combination.offset + 3, combination.length - 3);
    int table = 0;
    while (table < bounds.size() && value.compareTo(bounds.get(table)) >= 0) {
      table++;
    }
    return tables.get(table);
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
    Terms terms = leaf.terms(by.getFirst().word());
    long left = leaf.maxDoc();
    if (terms != null) {
      if (terms.size() >= SHARED && threads > 1 && bounds.isEmpty()) {
        share(leaf);
      }
      IntStream ranges = IntStream.range(0, tables.size());
      left -=
          (terms.size() >= SHARED ? ranges.parallel() : ranges)
              .mapToLong(range -> addRange(terms, range))
              .sum();
    }
    if (left > 0) {
      value(null);
      add(left);
    }
  }

  /** Spreads the values over tables, as evenly as those of this leaf tell. */
  private void share(LeafReader leaf) throws IOException {
    SortedDocValues values = DocValues.getSorted(leaf, by.getFirst().word());
    List<BytesRef> chosen = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      long ordinal = (long) values.getValueCount() * i / threads;
      chosen.add(BytesRef.deepCopyOf(values.lookupOrd((int) ordinal)));
    }
    CombinationCounts before = tables.getFirst();
    bounds = chosen;
    tables = Stream.generate(CombinationCounts::new).limit(threads).toList();
    for (int number = 0; number < before.size(); number++) {
      BytesRef combination = before.combination(number);
      table(combination).add(combination, before.count(number));
    }
  }

  /**
   * Counts a leaf's values in a range of theirs, into its table.
   *
   * @return how many entries have them
   */
  private long addRange(Terms terms, int range) {
    CombinationCounts table = tables.get(range);
    BytesRef end = range == bounds.size() ? null : bounds.get(range);
    BytesRefBuilder combination = new BytesRefBuilder();
    long counted = 0;
    try {
      TermsEnum each = terms.iterator();
      BytesRef value;
      if (range == 0) {
        value = each.next();
      } else {
        boolean isAny = each.seekCeil(bounds.get(range - 1)) != TermsEnum.SeekStatus.END;
        value = isAny ? each.term() : null;
      }
      for (; value != null && (end == null || value.compareTo(end) < 0); value = each.next()) {
        put(value, combination);
        table.add(combination.get(), each.docFreq());
        counted += each.docFreq();
        combination.clear();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return counted;
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

  /** A number for a document's values: its ordinals, 0 if there is none, in mixed radix. */
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
    long total = 0;
    long distinct = 0;
    // The least of those kept is at the head: fewest, and of these the last by value.
    Comparator<Facets.Facet> order =
        Comparator.comparingLong((Facets.Facet facet) -> -facet.count())
            .thenComparing(Facets.Facet::values, FacetCounter::compare);
    PriorityQueue<Facets.Facet> top = new PriorityQueue<>(order.reversed());
    for (CombinationCounts table : tables) {
      total += table.total();
      distinct += table.size();
      for (int number = 0; number < table.size(); number++) {
        Facets.Facet least = top.size() == limit ? top.peek() : null;
        if (least != null && table.count(number) < least.count()) {
          continue;
        }
        top.add(new Facets.Facet(values(table.combination(number)), table.count(number)));
        if (top.size() > limit) {
          top.poll();
        }
      }
    }
    List<Facets.Facet> sorted = new ArrayList<>(top);
    sorted.sort(order);
    return new Facets(by, total, distinct, sorted);
  }

  private List<@Nullable String> values(BytesRef combination) {
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
