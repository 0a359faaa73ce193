package io.osmoda.cli;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.query.EntryFields;
import io.osmoda.query.FieldMask;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Members of entries as comma-separated values (RFC 4180, UTF-8, a head line). A text that a
 * spreadsheet would take for a formula gets a quote before it, so a file of these is a copy to look
 * at, and no evidence. Not thread-safe.
 */
final class CsvWriter implements EntryWriter {
  private static final int CHECK_EVERY = 256;
  private static final String FORMULA = "=+-@\t\r";
  private static final String END = "\r\n";

  private final PrintStream out;
  private final EntryFields fields;
  private final String mark;
  private final FieldMask mask;
  private long printed;

  CsvWriter(PrintStream out, EntryFields fields) {
    this(out, fields, FieldMask.NONE, "", "");
  }

  /**
   * The same with a last column that has one text in each row.
   *
   * @param mask what is not shown
   * @param markName its head; empty for no such column
   */
  CsvWriter(PrintStream out, EntryFields fields, FieldMask mask, String markName, String mark) {
    this.out = out;
    this.fields = fields;
    this.mask = mask;
    this.mark = markName.isEmpty() ? "" : "," + quoted(mark);
    List<String> head = new ArrayList<>(fields.names());
    if (!markName.isEmpty()) {
      head.add(markName);
    }
    out.print(row(head));
  }

  @Override
  public void add(Entry entry) {
    JsonObject object = fields.object(mask.of(entry));
    printed++;
    out.print(
        fields.names().stream().map(name -> cell(object.get(name))).collect(Collectors.joining(","))
            + mark
            + END);
  }

  private static String cell(@Nullable JsonValue value) {
    return value instanceof JsonNumber ? FieldTable.text(value) : quoted(FieldTable.text(value));
  }

  /** A row of texts. */
  static String row(List<String> texts) {
    return texts.stream().map(CsvWriter::quoted).collect(Collectors.joining(",")) + END;
  }

  private static String quoted(String text) {
    String safe = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    boolean isPlain = safe.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return isPlain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }

  @Override
  public boolean isAbandoned() {
    return printed % CHECK_EVERY == 0 && out.checkError();
  }

  @Override
  public void flush() {
    out.flush();
  }

  @Override
  public void close() {
    out.flush();
  }
}
