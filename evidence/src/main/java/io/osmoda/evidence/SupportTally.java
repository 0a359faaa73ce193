package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.query.Condition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what supports each control. Entries of one action that satisfy the same conditions are
 * counted together, once, and only when the report is made added up for the controls: so an entry
 * costs the same whether one control names its action or thirty. Not thread-safe.
 */
final class SupportTally {
  /** Examples that a control has at most. */
  static final int EXAMPLES = 5;

  private static final int FIRST = 3;

  private final Map<String, ActionCells> byAction = new HashMap<>();

  /** Entries of one action, by which of the conditions that rules put on it they satisfy. */
  private static final class ActionCells {
    final List<Condition> conditions = new ArrayList<>();
    final Map<BitSet, Cell> cells = new HashMap<>();
    private BitSet satisfied = new BitSet(); // of the entry at hand

    void add(Entry entry) {
      for (int i = 0; i < conditions.size(); i++) {
        satisfied.set(i, conditions.get(i).matches(entry));
      }
      Cell cell = cells.get(satisfied);
      if (cell == null) {
        cell = new Cell();
        cells.put(satisfied, cell);
        satisfied = new BitSet();
      }
      cell.add(entry);
    }
  }

  private static final class Cell {
    final Map<String, long[]> sources = new HashMap<>();
    final List<Example> first = new ArrayList<>();
    String newest = "";

    void add(Entry entry) {
      sources.computeIfAbsent(entry.source(), source -> new long[1])[0]++;
      newest = entry.timestamp();
      if (first.size() < FIRST) {
        first.add(Example.of(entry));
      }
    }
  }

  /** An entry, as far as every export shows it. */
  record Example(
      long seq,
      String timestamp,
      String actor,
      String action,
      @Nullable String tool,
      @Nullable String target,
      String status,
      String entryHash) {
    static Example of(Entry entry) {
      return new Example(
          entry.seq(),
          entry.timestamp(),
          entry.actor(),
          entry.action(),
          entry.tool(),
          entry.target(),
          entry.status(),
          entry.entryHash().hex());
    }
  }

  /**
   * What supports a control.
   *
   * @param bySource how many entries each source gave
   * @param newest time of the newest; empty if there is none
   * @param examples the first of each kind, in order
   */
  record Support(
      long count, SortedMap<String, Long> bySource, String newest, List<Example> examples) {}

  SupportTally(List<Framework> frameworks) {
    for (Framework framework : frameworks) {
      for (Control control : framework.controls()) {
        for (SupportRule rule : control.supports()) {
          rule.actions().forEach(action -> name(action, rule.where()));
        }
      }
    }
  }

  private void name(String action, @Nullable Condition where) {
    List<Condition> conditions =
        byAction.computeIfAbsent(action, each -> new ActionCells()).conditions;
    if (where != null && !conditions.contains(where)) {
      conditions.add(where);
    }
  }

  /** Counts an entry that matches. */
  void add(Entry entry) {
    ActionCells cells = byAction.get(entry.action());
    if (cells != null) {
      cells.add(entry);
    }
  }

  /** What was counted for a control of the frameworks. */
  Support of(Control control) {
    List<Cell> cells = new ArrayList<>();
    for (String action : control.actions()) {
      ActionCells all = byAction.get(action);
      if (all != null) {
        all.cells.forEach(
            (satisfied, cell) -> {
              if (isSupportedBy(control, action, all, satisfied)) {
                cells.add(cell);
              }
            });
      }
    }
    SortedMap<String, Long> bySource = new TreeMap<>();
    String newest = "";
    for (Cell cell : cells) {
      cell.sources.forEach((source, count) -> bySource.merge(source, count[0], Long::sum));
      newest = cell.newest.compareTo(newest) > 0 ? cell.newest : newest;
    }
    long count = bySource.values().stream().mapToLong(Long::longValue).sum();
    return new Support(count, bySource, newest, examples(cells));
  }

  private static boolean isSupportedBy(
      Control control, String action, ActionCells cells, BitSet satisfied) {
    for (SupportRule rule : control.supports()) {
      Condition where = rule.where();
      if (rule.actions().contains(action)
          && (where == null || satisfied.get(cells.conditions.indexOf(where)))) {
        return true;
      }
    }
    return false;
  }

  /** The first of each kind before the second of any. */
  private static List<Example> examples(List<Cell> cells) {
    List<Example> chosen = new ArrayList<>();
    for (int round = 0; round < FIRST; round++) {
      int at = round;
      cells.stream()
          .filter(cell -> at < cell.first.size())
          .map(cell -> cell.first.get(at))
          .sorted(Comparator.comparingLong(Example::seq))
          .limit(EXAMPLES - chosen.size())
          .forEach(chosen::add);
    }
    chosen.sort(Comparator.comparingLong(Example::seq));
    return chosen;
  }
}
