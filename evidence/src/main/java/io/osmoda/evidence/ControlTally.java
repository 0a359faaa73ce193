package io.osmoda.evidence;

import io.osmoda.ledger.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the entries that support one control, and keeps the first few and the newest. */
final class ControlTally {
  /** How many entries are named. */
  static final int EXAMPLES = 5;

  private final Map<String, Long> sources = new TreeMap<>();
  private final List<Entry> first = new ArrayList<>();
  private @Nullable Entry newest;

  /** Takes the next entry, in order. */
  void add(Entry entry) {
    sources.merge(entry.source(), 1L, Long::sum);
    if (first.size() < EXAMPLES - 1) {
      first.add(entry);
    }
    newest = entry;
  }

  long count() {
    return sources.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many of each capture point. */
  Map<String, Long> sources() {
    return sources;
  }

  @Nullable Entry newest() {
    return newest;
  }

  /** The first few and the newest, in order. */
  List<Entry> examples() {
    List<Entry> examples = new ArrayList<>(first);
    if (newest != null && !first.contains(newest)) {
      examples.add(newest);
    }
    return examples;
  }
}
