package io.osmoda.cli;

import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What {@code GET /api/v1/summary} answers, on a page for people. Used once. */
final class SummaryText {
  private static final int MAX_NAME = 48;
  private static final int MAX_WHAT = 72;
  private static final int WIDTH_OF_FILES = 160;

  private final PrintStream out;
  private final Style style;
  private final Rendering rendering;
  private final int width;

  SummaryText(Shell shell, Style style, Rendering rendering) {
    this.out = shell.out();
    this.style = style;
    this.rendering = rendering;
    this.width =
        shell.terminal().out() ? Terminal.width(shell.variable("COLUMNS")) : WIDTH_OF_FILES;
  }

  void print(JsonObject summary) {
    head(summary);
    outcomes("Actors", object(summary, "actors"), "actor", "ENTRIES");
    outcomes("Calls that ended, by tool", object(summary, "tools"), "tool", "CALLS");
    slowest(objects(summary, "slowest"));
    JsonObject failed = object(summary, "failed");
    steps("Failed and denied", counts(object(failed, "by_status")), objects(failed, "newest"));
    unfinished(object(summary, "unfinished"), instant(summary, "at"));
    JsonObject seen = object(summary, "first_seen");
    boolean isFromFirst = summary.get("from_first") == JsonBoolean.TRUE;
    firstSeen("Tools never seen before", object(seen, "tools"), "tool", isFromFirst);
    firstSeen("Targets never seen before", object(seen, "targets"), "target", isFromFirst);
    JsonObject gaps = object(summary, "gaps");
    steps("Gaps and capture points", counts(object(gaps, "by_action")), objects(gaps, "newest"));
    silences(object(summary, "silences"));
  }

  private void head(JsonObject summary) {
    Instant from = instant(summary, "from");
    Instant to = instant(summary, "to");
    line(
        "period",
        (from.equals(Instant.EPOCH) ? "the beginning" : rendering.time(from))
            + " to "
            + rendering.time(to)
            + (from.equals(Instant.EPOCH)
                ? ""
                : " (" + Times.brief(Duration.between(from, to)) + ")"));
    String actor = summary.string("actor");
    if (actor != null) {
      line("actor", Table.printable(actor));
    }
    line(
        "entries",
        style.bold(count(number(summary, "entries")))
            + ", and "
            + count(number(summary, "reads"))
            + " from reading the ledger");
    side(summary, "agent", "agents' side");
    side(summary, "machine", "machine");
    side(summary, "ledger", "ledger");
  }

  private void side(JsonObject summary, String side, String label) {
    List<String> sources = new ArrayList<>();
    for (JsonObject source : objects(summary, "sources")) {
      if (side.equals(source.string("side"))) {
        sources.add(source.string("source") + " " + count(number(source, "count")));
      }
    }
    line(
        label,
        count(number(object(summary, "sides"), side))
            + (sources.isEmpty() ? "" : "  " + style.dim(String.join(", ", sources))));
  }

  private void line(String label, String value) {
    out.println("  " + style.dim("%-13s".formatted(label)) + value);
  }

  private void title(String title, String said) {
    out.println();
    out.println(style.bold(title) + (said.isEmpty() ? "" : ": " + said));
  }

  private void outcomes(String title, JsonObject listed, String member, String counted) {
    List<JsonObject> rows = objects(listed, "rows");
    title(title, rows.isEmpty() ? "none" : "");
    if (rows.isEmpty()) {
      return;
    }
    List<String> order =
        Arrays.stream(Status.values())
            .map(Status::text)
            .filter(
                status -> rows.stream().anyMatch(r -> number(object(r, "by_status"), status) > 0))
            .toList();
    List<Table.Column> columns = new ArrayList<>();
    columns.add(Table.Column.left(member.toUpperCase(Locale.ROOT)));
    columns.add(Table.Column.right(counted));
    order.forEach(status -> columns.add(Table.Column.right(status.toUpperCase(Locale.ROOT))));
    Table table = new Table("  ", columns.toArray(Table.Column[]::new));
    for (JsonObject row : rows) {
      List<String> cells = new ArrayList<>();
      String name = row.string(member);
      cells.add(name == null ? "(no " + member + ")" : Table.clip(name, MAX_NAME));
      cells.add(count(number(row, "count")));
      for (String status : order) {
        long times = number(object(row, "by_status"), status);
        cells.add(times == 0 ? "" : count(times));
      }
      table.row(cells.toArray(String[]::new));
    }
    table.print(out, style, width);
    boolean isCut = listed.get("cut") == JsonBoolean.TRUE;
    more(number(listed, "total") - rows.size(), isCut);
  }

  private void more(long more, boolean isCut) {
    if (more > 0 || isCut) {
      out.println("  " + style.dim("… and " + (isCut ? "at least " : "") + count(more) + " more"));
    }
  }

  private Table stepTable(Table.Column... first) {
    List<Table.Column> columns = new ArrayList<>(List.of(first));
    columns.add(Table.Column.right("SEQ"));
    columns.add(Table.Column.left("TIME", style::dim));
    columns.add(Table.Column.left("ACTOR"));
    columns.add(Table.Column.left("STATUS", style::status));
    columns.add(Table.Column.left("WHAT"));
    return new Table("  ", columns.toArray(Table.Column[]::new));
  }

  private void step(Table table, JsonObject step, String... first) {
    List<String> cells = new ArrayList<>(List.of(first));
    cells.add(Long.toString(number(step, "seq")));
    cells.add(rendering.time(instant(step, "timestamp")));
    cells.add(Table.clip(text(step, "actor"), MAX_NAME));
    cells.add(text(step, "status"));
    cells.add(Table.clip(what(step), MAX_WHAT));
    table.row(cells.toArray(String[]::new));
  }

  private static String what(JsonObject step) {
    StringBuilder what = new StringBuilder(text(step, "action"));
    for (String member : List.of("tool", "target")) {
      String value = step.string(member);
      if (value != null) {
        what.append(' ').append(value);
      }
    }
    return what.toString();
  }

  private void slowest(List<JsonObject> steps) {
    title("Slowest", steps.isEmpty() ? "no durations" : "");
    Table table = stepTable(Table.Column.right("DURATION"));
    steps.forEach(step -> step(table, step, Times.took(number(step, "duration_ns"))));
    table.print(out, style, width);
  }

  private void steps(String title, String counts, List<JsonObject> steps) {
    title(title, steps.isEmpty() ? "none" : counts + "; the newest");
    Table table = stepTable();
    steps.forEach(step -> step(table, step));
    table.print(out, style, width);
  }

  private void unfinished(JsonObject unfinished, Instant at) {
    List<JsonObject> steps = objects(unfinished, "oldest");
    long begun = number(unfinished, "begun");
    long looked = number(unfinished, "looked_at");
    String of =
        looked < begun
            ? " of the newest " + count(looked) + " started calls (truncated)"
            : " of " + count(begun) + " started calls";
    title(
        "Started, never finished",
        steps.isEmpty() && looked == begun
            ? "none"
            : style.warning(count(number(unfinished, "count"))) + of + "; the oldest");
    Table table = stepTable(Table.Column.right("AGE"));
    for (JsonObject step : steps) {
      Duration age = Duration.between(instant(step, "timestamp"), at);
      step(table, step, Times.brief(age.isNegative() ? Duration.ZERO : age));
    }
    table.print(out, style, width);
  }

  private void firstSeen(String title, JsonObject seen, String member, boolean isFromFirst) {
    List<JsonObject> first = objects(seen, "first");
    boolean isCut = seen.get("cut") == JsonBoolean.TRUE;
    title(
        title,
        first.isEmpty()
            ? isCut ? "none among the most frequent; too many to examine all" : "none"
            : count(number(seen, "count"))
                + (isCut ? " of the most frequent; too many to examine all" : "")
                + (isFromFirst ? " (the ledger starts in this period)" : ""));
    Table table =
        new Table(
            "  ",
            Table.Column.right("SEQ"),
            Table.Column.left("TIME", style::dim),
            Table.Column.left("ACTOR"),
            Table.Column.left(member.toUpperCase(Locale.ROOT)));
    for (JsonObject step : first) {
      table.row(
          Long.toString(number(step, "seq")),
          rendering.time(instant(step, "timestamp")),
          Table.clip(text(step, "actor"), MAX_NAME),
          text(step, member));
    }
    table.print(out, style, width);
    more(number(seen, "count") - first.size(), false);
  }

  private void silences(JsonObject silences) {
    List<JsonObject> longest = objects(silences, "longest");
    title(
        "More than an hour without any entry",
        longest.isEmpty() ? "never" : count(number(silences, "count")) + " times");
    Table table =
        new Table(
            "  ",
            Table.Column.left("FROM", style::dim),
            Table.Column.left("TO", style::dim),
            Table.Column.right("LENGTH"));
    for (JsonObject silence : longest) {
      Instant from = instant(silence, "from");
      Instant to = instant(silence, "to");
      table.row(rendering.time(from), rendering.time(to), Times.brief(Duration.between(from, to)));
    }
    table.print(out, style, width);
    more(number(silences, "count") - longest.size(), false);
  }

  private static String counts(JsonObject counts) {
    List<String> each = new ArrayList<>();
    counts.members().keySet().forEach(name -> each.add(count(number(counts, name)) + " " + name));
    return String.join(", ", each);
  }

  private static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static long number(JsonObject object, String member) {
    return object.get(member) instanceof JsonNumber(double value) ? (long) value : 0;
  }

  private static String text(JsonObject object, String member) {
    String text = object.string(member);
    return text == null ? "" : text;
  }

  private static Instant instant(JsonObject object, String member) {
    return Instant.parse(text(object, member));
  }

  private static JsonObject object(JsonObject object, String member) {
    return object.get(member) instanceof JsonObject found ? found : JsonObject.EMPTY;
  }

  private static List<JsonObject> objects(JsonObject object, String member) {
    List<JsonObject> objects = new ArrayList<>();
    if (object.get(member) instanceof JsonArray(List<JsonValue> elements)) {
      for (JsonValue element : elements) {
        if (element instanceof JsonObject each) {
          objects.add(each);
        }
      }
    }
    return objects;
  }
}
