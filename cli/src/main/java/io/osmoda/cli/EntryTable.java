package io.osmoda.cli;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries as lines of a table for people. Prints in batches, so that any number takes the memory of
 * one; close it for the last. Not thread-safe.
 */
final class EntryTable implements EntryWriter {
  private static final int BATCH = 200;
  private static final int PREVIEW = 80;

  /** Longer payloads are not looked into for a line of a table. */
  private static final int MAX_PARSED = 1 << 16;

  private static final int WIDTH_OF_FILES = 160;

  private final PrintStream out;
  private final Style style;
  private final Rendering rendering;
  private final int width;
  private final Table table;
  private int pending;

  EntryTable(Shell shell, Style style, Rendering rendering) {
    this(shell, style, rendering, "");
  }

  EntryTable(Shell shell, Style style, Rendering rendering, String margin) {
    this.out = shell.out();
    this.style = style;
    this.rendering = rendering;
    this.width = width(shell);
    this.table =
        new Table(
            margin,
            Table.Column.right("SEQ"),
            Table.Column.left("TIME", style::dim),
            Table.Column.left("ACTOR"),
            Table.Column.left("ACTION", style::bold),
            Table.Column.left("STATUS", style::status),
            Table.Column.left("WHAT"));
  }

  /** Columns that a line may take. */
  static int width(Shell shell) {
    return shell.terminal().out() ? Terminal.width(shell.variable("COLUMNS")) : WIDTH_OF_FILES;
  }

  @Override
  public void add(Entry entry) {
    add(entry, null);
  }

  /** The same beside the arguments of the call that the entry answers. */
  void add(Entry entry, @Nullable Entry call) {
    table.row(
        Long.toString(entry.seq()),
        rendering.time(entry.instant()),
        entry.actor(),
        entry.action(),
        entry.status(),
        call == null ? what(entry) : answer(call, entry));
    pending++;
    if (pending == BATCH) {
      flush();
    }
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

  /** A call's tool and arguments, and what came of it. */
  private static String answer(Entry call, Entry answer) {
    String answered = answer.isRedacted() ? "[redacted]" : telling(answer);
    String reason = answer.reason() == null ? "" : "(" + answer.reason() + ") ";
    return what(call) + " → " + reason + Table.clip(answered, PREVIEW);
  }

  /** What it was about, on one line: tool, target, reason, and the payload's beginning. */
  static String what(Entry entry) {
    List<String> parts = new ArrayList<>();
    if (entry.tool() != null) {
      parts.add(entry.tool());
    }
    if (entry.target() != null) {
      parts.add(entry.target());
    }
    if (entry.reason() != null) {
      parts.add("(" + entry.reason() + ")");
    }
    if (entry.isRedacted()) {
      parts.add("[redacted]");
    } else {
      String telling = telling(entry);
      if (!telling.equals("{}")) {
        parts.add(Table.clip(telling, PREVIEW));
      }
    }
    return String.join(" ", parts);
  }

  /** What tells most of the payload: a call's arguments, a result's text, else all of it. */
  private static String telling(Entry entry) {
    String all = String.valueOf(entry.payloadText());
    if (all.length() > MAX_PARSED || entry.payload() == null) {
      return all;
    }
    JsonObject payload = entry.payload();
    JsonValue arguments = payload.get("arguments");
    if (arguments != null) {
      return JsonText.line(arguments);
    }
    JsonValue result = payload.get("result");
    if (result == null) {
      return all;
    }
    String text = firstText(result);
    return text == null ? JsonText.line(result) : text;
  }

  /** The text that an MCP result begins with; null where it begins otherwise. */
  private static @Nullable String firstText(JsonValue result) {
    return result instanceof JsonObject object
            && object.get("content") instanceof JsonArray content
            && !content.elements().isEmpty()
            && content.elements().getFirst() instanceof JsonObject first
        ? first.string("text")
        : null;
  }

  @Override
  public void close() {
    flush();
    out.flush();
  }
}
