package io.osmoda.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The first of some things, and how many there were in all. Not thread-safe. */
final class Capped<T> {
  /** Things that are kept. */
  static final int MOST = 500;

  private final List<T> kept = new ArrayList<>();
  private long count;

  void add(Supplier<T> thing) {
    if (count++ < MOST) {
      kept.add(thing.get());
    }
  }

  List<T> kept() {
    return kept;
  }

  /** How many there were, kept or not. */
  long count() {
    return count;
  }
}
