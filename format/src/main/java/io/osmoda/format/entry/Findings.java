package io.osmoda.format.entry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects findings at flat memory: of each kind the one with the lowest sequence number and the
 * first that concerns the whole, and how many there were. Not thread-safe.
 */
public final class Findings {
  private final Map<FindingKind, Tally> placed = new EnumMap<>(FindingKind.class);
  private final Map<FindingKind, Tally> whole = new EnumMap<>(FindingKind.class);

  /** A fault of one entry. */
  public void add(FindingKind kind, long seq, String detail) {
    merge(placed, new Finding(kind, seq, detail), 1);
  }

  /** A fault that concerns the whole, not one entry. */
  public void add(FindingKind kind, String detail) {
    merge(whole, new Finding(kind, null, detail), 1);
  }

  /** Takes in all that another collection has. */
  public void addAll(Findings others) {
    addAll(placed, others.placed);
    addAll(whole, others.whole);
  }

  private static void addAll(Map<FindingKind, Tally> findings, Map<FindingKind, Tally> others) {
    others.values().forEach(other -> merge(findings, other.lowest, other.count));
  }

  /** Whether nothing was found. */
  public boolean isEmpty() {
    return placed.isEmpty() && whole.isEmpty();
  }

  /** Those of an entry in the order of their numbers, then those of the whole. */
  public List<Finding> toList() {
    List<Finding> all = new ArrayList<>();
    placed.values().forEach(tally -> all.add(tally.finding()));
    all.sort(Comparator.comparingLong(finding -> seqOf(finding.seq())));
    whole.values().forEach(tally -> all.add(tally.finding()));
    return all;
  }

  private static long seqOf(@Nullable Long seq) {
    return seq == null ? Long.MAX_VALUE : seq;
  }

  private static void merge(Map<FindingKind, Tally> findings, Finding finding, long count) {
    Tally tally = findings.computeIfAbsent(finding.kind(), kind -> new Tally(finding));
    tally.count += count;
    if (seqOf(finding.seq()) < seqOf(tally.lowest.seq())) {
      tally.lowest = finding;
    }
  }

  private static final class Tally {
    private Finding lowest;
    private long count;

    Tally(Finding first) {
      lowest = first;
    }

    Finding finding() {
      return count == 1
          ? lowest
          : new Finding(
              lowest.kind(),
              lowest.seq(),
              lowest.detail() + " (and " + (count - 1) + " more of this kind)");
    }
  }
}
