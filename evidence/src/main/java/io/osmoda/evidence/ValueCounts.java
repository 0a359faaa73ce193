package io.osmoda.evidence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many entries have each value of a member: of the period, and of what matches in it. Exact for
 * the first {@link #MOST} values to appear; entries of later ones are counted together, so that
 * memory stays bounded whatever agents write. Not thread-safe.
 */
final class ValueCounts {
  /** Values that are counted by themselves. */
  static final int MOST = 10_000;

  private static final Comparator<Row> MOST_FIRST =
      Comparator.comparingLong(Row::matching)
          .thenComparingLong(Row::inside)
          .reversed()
          .thenComparing(Row::value);

  private final Map<String, Cell> cells = new HashMap<>();
  private final Cell rest = new Cell();

  private static final class Cell {
    long inside;
    long matching;
  }

  /**
   * One value.
   *
   * @param inside entries of the period
   * @param matching those of them that match
   */
  record Row(String value, long inside, long matching) {}

  void add(String value, boolean matches) {
    Cell cell = cells.get(value);
    if (cell == null) {
      cell = rest;
      if (cells.size() < MOST) {
        cell = new Cell();
        cells.put(value, cell);
      }
    }
    cell.inside++;
    if (matches) {
      cell.matching++;
    }
  }

  /** The values that were counted by themselves, most frequent first. */
  List<Row> rows() {
    List<Row> rows = new ArrayList<>(cells.size());
    cells.forEach((value, cell) -> rows.add(new Row(value, cell.inside, cell.matching)));
    rows.sort(MOST_FIRST);
    return rows;
  }

  /** All values that came after the first {@link #MOST}, in one row. */
  Row rest() {
    return new Row("", rest.inside, rest.matching);
  }
}
