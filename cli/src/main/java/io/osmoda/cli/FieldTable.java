package io.osmoda.cli;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.query.EntryFields;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Chosen members of entries as a table for people. Not thread-safe. */
final class FieldTable implements EntryWriter {
  private static final int BATCH = 200;

  /** Widest cell of a column that is not the last. */
  private static final int MAX_CELL = 60;

  private final PrintStream out;
  private final Style style;
  private final Rendering rendering;
  private final EntryFields fields;
  private final int width;
  private final Table table;
  private int pending;

  FieldTable(Shell shell, Style style, Rendering rendering, EntryFields fields) {
    this.out = shell.out();
    this.style = style;
    this.rendering = rendering;
    this.fields = fields;
    this.width = EntryTable.width(shell);
    this.table =
        new Table(
            fields.names().stream().map(name -> column(name, style)).toArray(Table.Column[]::new));
  }

  private static Table.Column column(String name, Style style) {
    String title = name.toUpperCase(Locale.ROOT);
    return switch (name) {
      case "seq" -> Table.Column.right(title);
      case "status" -> Table.Column.left(title, style::status);
      default -> Table.Column.left(title);
    };
  }

  @Override
  public void add(Entry entry) {
    JsonObject object = fields.object(entry);
    String[] cells = new String[fields.names().size()];
    for (int i = 0; i < cells.length; i++) {
      String name = fields.names().get(i);
      String cell =
          name.equals("timestamp") ? rendering.time(entry.instant()) : text(object.get(name));
      cells[i] = i < cells.length - 1 ? Table.clip(cell, MAX_CELL) : cell;
    }
    table.row(cells);
    pending++;
    if (pending == BATCH) {
      flush();
    }
  }

  /** A value on one line; nothing if there is none. */
  static String text(@Nullable JsonValue value) {
    return switch (value) {
      case null -> "";
      case JsonString string -> string.value();
      default -> JsonText.line(value);
    };
  }

  @Override
  public boolean isAbandoned() {
    return pending == 0 && out.checkError();
  }

  @Override
  public void flush() {
    table.print(out, style, width);
    pending = 0;
  }

  @Override
  public void close() {
    flush();
    out.flush();
  }
}
