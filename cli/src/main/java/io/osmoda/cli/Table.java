package io.osmoda.cli;

import io.osmoda.verify.Printable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Rows in aligned columns. Cells are plain text; colour comes on when a row is printed, so that it
 * takes no width. Control characters are shown as {@code ·}, so that what an agent wrote cannot
 * steer the reader's terminal. Not thread-safe.
 */
final class Table {
  private static final String GAP = "  ";
  private static final int MIN_LAST = 20;

  /** Before a last column that stands on a line of its own. */
  private static final String INDENT = "     ";

  /** How a column stands and looks. */
  record Column(String title, boolean right, UnaryOperator<String> look) {
    static Column left(String title) {
      return new Column(title, false, UnaryOperator.identity());
    }

    static Column left(String title, UnaryOperator<String> look) {
      return new Column(title, false, look);
    }

    static Column right(String title) {
      return new Column(title, true, UnaryOperator.identity());
    }
  }

  private final String margin;
  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();
  private final int[] widths;
  private boolean headed;
  private boolean folded;

  Table(Column... columns) {
    this("", columns);
  }

  /**
   * @param margin stands before each line
   */
  Table(String margin, Column... columns) {
    this.margin = margin;
    this.columns = List.of(columns);
    this.widths = new int[columns.length];
    for (int i = 0; i < columns.length; i++) {
      widths[i] = columnsOf(columns[i].title());
    }
  }

  void row(String... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(cells.length + " cells, " + columns.size() + " columns");
    }
    List<String> row = new ArrayList<>();
    for (int i = 0; i < cells.length; i++) {
      String cell = printable(cells[i]);
      widths[i] = Math.max(widths[i], columnsOf(cell));
      row.add(cell);
    }
    rows.add(row);
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /**
   * Prints the rows that came since the last time, the first time under a head; the last column is
   * cut where lines may not be longer, and where it would have next to no room it stands below, on
   * a line of its own. Columns only ever become wider.
   */
  void print(PrintStream out, Style style, int maxWidth) {
    int last = columns.size() - 1;
    int others = margin.length() + GAP.length() * last;
    for (int column = 0; column < last; column++) {
      others += widths[column];
    }
    if (last > 0 && maxWidth - others < Math.min(MIN_LAST, widths[last])) {
      folded = true;
    }
    int lastWidth =
        folded ? maxWidth - margin.length() - INDENT.length() : Math.max(1, maxWidth - others);
    if (!headed && !rows.isEmpty()) {
      headed = true;
      List<String> titles = columns.stream().map(Column::title).toList();
      print(out, titles, style::dim, Integer.MAX_VALUE);
    }
    for (List<String> row : rows) {
      print(out, row, null, lastWidth);
    }
    rows.clear();
  }

  /**
   * @param look of all cells; null for each column's own
   */
  private void print(
      PrintStream out, List<String> row, @Nullable UnaryOperator<String> look, int lastWidth) {
    int last = columns.size() - 1;
    StringBuilder line = new StringBuilder(margin);
    for (int column = 0; column <= last; column++) {
      UnaryOperator<String> shown = look == null ? columns.get(column).look() : look;
      if (column == last && folded) {
        out.println(line.toString().stripTrailing());
        line.setLength(0);
        line.append(margin).append(INDENT).append(shown.apply(clip(row.get(column), lastWidth)));
      } else {
        append(
            line, row.get(column), column, shown, column == last ? lastWidth : Integer.MAX_VALUE);
      }
    }
    if (!line.toString().isBlank()) {
      out.println(line.toString().stripTrailing());
    }
  }

  private void append(
      StringBuilder line, String cell, int column, UnaryOperator<String> look, int max) {
    String text = clip(cell, max);
    int padding = widths[column] - columnsOf(text);
    if (column > 0) {
      line.append(GAP);
    }
    if (columns.get(column).right()) {
      line.repeat(' ', padding).append(look.apply(text));
    } else {
      line.append(look.apply(text));
      if (column < columns.size() - 1) {
        line.repeat(' ', padding);
      }
    }
  }

  /** The text on one line, without what would steer a terminal. */
  static String printable(String text) {
    return Printable.of(text);
  }

  /** Control characters, line separators and those that turn the direction of writing. */
  static boolean steers(char c) {
    return Printable.steers(c);
  }

  /** The text, or its beginning with an ellipsis, in at most so many columns. */
  static String clip(String text, int max) {
    if (columnsOf(text) <= max) {
      return text;
    }
    int end = 0;
    int width = 0;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      width += columnsOf(point);
      if (width > max - 1) {
        break;
      }
      end += Character.charCount(point);
    }
    return text.substring(0, end) + "…";
  }

  /** The text, or its beginning and end with an ellipsis between, in at most so many columns. */
  static String middle(String text, int max) {
    if (columnsOf(text) <= max || max < 3) {
      return clip(text, max);
    }
    String head = clip(text, (max + 1) / 2);
    int room = max - columnsOf(head);
    int from = text.length();
    int width = 0;
    while (from > 0) {
      int point = text.codePointBefore(from);
      width += columnsOf(point);
      if (width > room) {
        break;
      }
      from -= Character.charCount(point);
    }
    return head + text.substring(from);
  }

  /** How many columns of a terminal the text takes. */
  static int columnsOf(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      width += columnsOf(point);
      i += Character.charCount(point);
    }
    return width;
  }

  private static int columnsOf(int point) {
    int type = Character.getType(point);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    boolean wide =
        point >= 0x1100
            && (point <= 0x115f
                || (point >= 0x2e80 && point <= 0xa4cf)
                || (point >= 0xac00 && point <= 0xd7a3)
                || (point >= 0xf900 && point <= 0xfaff)
                || (point >= 0xfe30 && point <= 0xfe6f)
                || (point >= 0xff00 && point <= 0xff60)
                || (point >= 0x1f300 && point <= 0x1faff)
                || (point >= 0x20000 && point <= 0x3fffd));
    return wide ? 2 : 1;
  }
}
