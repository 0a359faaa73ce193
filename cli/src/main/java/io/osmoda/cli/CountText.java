package io.osmoda.cli;

import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Facets and histograms for people: what the API answers, as tables with bars. */
final class CountText {
  private static final int BAR = 30;

  /** What a table by time has before its columns of values, and for one of them at least. */
  private static final int FROM_AND_COUNT = 33;

  private static final int GAP = 2;
  private static final int LEAST_COUNT = 5;
  private static final int OTHERS = 7;
  private static final int MAX_NAME = 18;
  private static final String[] EIGHTHS = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

  private CountText() {}

  /** How many entries have which values, with bars and shares. */
  static void facets(JsonObject facets, PrintStream out, Style style) throws IOException {
    long total = integer(facets, "total");
    List<Table.Column> columns = new ArrayList<>();
    columns.add(Table.Column.right("COUNT"));
    columns.add(Table.Column.right("SHARE"));
    for (JsonValue name : array(facets, "by")) {
      String word = name instanceof JsonString(String text) ? text : "";
      columns.add(
          word.equals("status")
              ? Table.Column.left("STATUS", style::status)
              : Table.Column.left(word.toUpperCase(Locale.ROOT)));
    }
    columns.add(Table.Column.left("", style::name));
    Table table = new Table(columns.toArray(Table.Column[]::new));
    List<JsonValue> all = array(facets, "facets");
    long most = 0;
    long named = 0;
    for (JsonValue each : all) {
      most = Math.max(most, integer(each, "count"));
    }
    for (JsonValue each : all) {
      long count = integer(each, "count");
      named += count;
      List<String> cells = new ArrayList<>();
      cells.add("%,d".formatted(count));
      cells.add(String.format(Locale.ROOT, "%.1f %%", 100.0 * count / total));
      for (JsonValue value : array(each, "values")) {
        cells.add(value instanceof JsonString(String text) ? Table.clip(text, 60) : "-");
      }
      cells.add(bar(count, most));
      table.row(cells.toArray(String[]::new));
    }
    table.print(out, style, Integer.MAX_VALUE);
    long distinct = integer(facets, "distinct");
    if (distinct > all.size()) {
      out.println(
          style.dim(
              "%,d more values with %,d entries; use --limit N to list more"
                  .formatted(distinct - all.size(), total - named)));
    }
    out.println(style.dim("%,d entries".formatted(total)));
  }

  /** How many entries were sealed when; the failed ones at the start of each bar. */
  static void histogram(JsonObject histogram, Rendering rendering, PrintStream out, Style style)
      throws IOException {
    Table table =
        new Table(
            Table.Column.left("FROM", style::dim),
            Table.Column.right("COUNT"),
            Table.Column.right("FAILED"),
            Table.Column.left("", style::name));
    List<JsonValue> buckets = array(histogram, "buckets");
    long most = 0;
    for (JsonValue bucket : buckets) {
      most = Math.max(most, integer(bucket, "count"));
    }
    long failures = 0;
    for (JsonValue bucket : buckets) {
      long count = integer(bucket, "count");
      long failed = integer(bucket, "failed");
      failures += failed;
      String from = bucket instanceof JsonObject object ? object.string("from") : null;
      table.row(
          from == null ? "" : rendering.time(Instant.parse(from)),
          "%,d".formatted(count),
          failed == 0 ? "" : "%,d".formatted(failed),
          bar(count, most));
    }
    table.print(out, style, Integer.MAX_VALUE);
    out.println(
        style.dim(
            "%,d entries, %,d of them with status error, denied, timeout or crashed"
                .formatted(integer(histogram, "total"), failures)));
  }

  /** How many entries were sealed when, a column for each of the most frequent values. */
  static void columns(
      JsonObject histogram, Rendering rendering, PrintStream out, Style style, int width)
      throws IOException {
    List<JsonValue> buckets = array(histogram, "buckets");
    List<Table.Column> columns = new ArrayList<>();
    columns.add(Table.Column.left("FROM", style::dim));
    columns.add(Table.Column.right("COUNT"));
    List<String> names = new ArrayList<>();
    int left = width - FROM_AND_COUNT;
    for (JsonValue value : array(histogram, "values")) {
      String name = value instanceof JsonString(String text) ? Table.middle(text, MAX_NAME) : "-";
      left -= GAP + Math.max(Table.columnsOf(name), LEAST_COUNT);
      if (left < (names.size() + 1 < array(histogram, "values").size() ? OTHERS : 0)) {
        break;
      }
      names.add(name);
    }
    names.forEach(name -> columns.add(Table.Column.right(name)));
    columns.add(Table.Column.right("OTHER"));
    Table table = new Table(columns.toArray(Table.Column[]::new));
    for (JsonValue bucket : buckets) {
      long count = integer(bucket, "count");
      long named = 0;
      List<String> cells = new ArrayList<>();
      String from = bucket instanceof JsonObject object ? object.string("from") : null;
      cells.add(from == null ? "" : rendering.time(Instant.parse(from)));
      cells.add("%,d".formatted(count));
      List<JsonValue> counts = array(bucket, "counts");
      for (int i = 0; i < names.size(); i++) {
        long each = counts.get(i) instanceof JsonNumber(double value) ? (long) value : 0;
        named += each;
        cells.add(each == 0 ? "" : "%,d".formatted(each));
      }
      cells.add(count == named ? "" : "%,d".formatted(count - named));
      table.row(cells.toArray(String[]::new));
    }
    table.print(out, style, Integer.MAX_VALUE);
    out.println(style.dim("%,d entries".formatted(integer(histogram, "total"))));
  }

  private static String bar(long count, long most) {
    if (most == 0 || count == 0) {
      return "";
    }
    int eighths = (int) Math.max(1, Math.round(8.0 * BAR * count / most));
    return "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
  }

  private static List<JsonValue> array(JsonValue of, String name) throws IOException {
    if (of instanceof JsonObject object && object.get(name) instanceof JsonArray array) {
      return array.elements();
    }
    throw unexpected(name);
  }

  private static long integer(@Nullable JsonValue of, String name) throws IOException {
    if (of instanceof JsonObject object && object.get(name) instanceof JsonNumber(double value)) {
      return (long) value;
    }
    throw unexpected(name);
  }

  private static IOException unexpected(String name) {
    return new IOException(
        "the daemon sent a response without " + name + "; are both the same version?");
  }
}
