package io.osmoda.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** The values of one measure over the rounds of a run, in their order; at least one. */
record Series(List<Double> values) {
  Series {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a series has at least one value");
    }
    values = List.copyOf(values);
  }

  static Series of(double... values) {
    return new Series(DoubleStream.of(values).boxed().toList());
  }

  double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The smallest value that so many of a hundred do not exceed. */
  double percentile(int percent) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(Math.max(0, Math.ceilDiv(sorted.size() * percent, 100) - 1));
  }

  double min() {
    return values.stream().min(Double::compare).orElseThrow();
  }

  double max() {
    return values.stream().max(Double::compare).orElseThrow();
  }

  /** Round by round the share of this in another, since rounds stand close together in time. */
  Series over(Series other) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      ratios.add(values.get(i) / other.values.get(i));
    }
    return new Series(ratios);
  }
}
