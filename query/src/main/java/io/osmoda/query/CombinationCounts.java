package io.osmoda.query;

import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.BytesRefHash;

/** How often combinations of values, as bytes, came. Not thread-safe. */
final class CombinationCounts {
  private final BytesRefHash combinations = new BytesRefHash();
  private long[] counts = new long[64];
  private long total;

  void add(BytesRef combination, long count) {
    int number = combinations.add(combination);
    if (number < 0) {
      number = -number - 1;
    }
    counts = ArrayUtil.grow(counts, number + 1);
    counts[number] += count;
    total += count;
  }

  /** How many there are; they are numbered from 0 on. */
  int size() {
    return combinations.size();
  }

  /** All that was counted. */
  long total() {
    return total;
  }

  long count(int number) {
    return counts[number];
  }

  BytesRef combination(int number) {
    return combinations.get(number, new BytesRef());
  }
}
