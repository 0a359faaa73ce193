package io.osmoda.cli;

import io.osmoda.format.entry.Entry;
import io.osmoda.query.EntryFields;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Entries as JSON, one a line: whole ones as they are stored. Not thread-safe. */
final class LineWriter implements EntryWriter {
  private static final int CHECK_EVERY = 256;

  private final PrintStream out;
  private final EntryFields fields;
  private final boolean isArray;
  private long printed;

  /**
   * @param isArray whether the lines are the elements of one JSON array
   */
  LineWriter(PrintStream out, EntryFields fields, boolean isArray) {
    this.out = out;
    this.fields = fields;
    this.isArray = isArray;
  }

  @Override
  public void add(Entry entry) {
    if (isArray) {
      out.print(printed == 0 ? "[\n" : ",\n");
    }
    printed++;
    out.print(new String(fields.of(entry), StandardCharsets.UTF_8));
    if (!isArray) {
      out.println();
    }
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
    if (isArray) {
      out.println(printed == 0 ? "[]" : "\n]");
    }
    out.flush();
  }
}
