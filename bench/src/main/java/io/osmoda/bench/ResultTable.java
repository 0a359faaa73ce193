package io.osmoda.bench;

import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The outcome of one run.
 *
 * @param name the run's name
 * @param title what is measured
 * @param ratioMeans what the first column says
 * @param notes what a reader must know to judge the figures
 */
record ResultTable(
    String name, String title, String ratioMeans, List<Figure> figures, List<String> notes) {
  private static final String[] HEADINGS = {
    "ratio", "what", "median", "min", "max", "unit", "target", ""
  };
  private static final int WHAT = 1;
  private static final int UNIT = 5;

  ResultTable {
    figures = List.copyOf(figures);
    notes = List.copyOf(notes);
  }

  /** What stands in the place of a run that cannot be done here. */
  static ResultTable skipped(Run run, String why) {
    return new ResultTable(run.name(), run.about(), "", List.of(), List.of("skipped: " + why));
  }

  /** The table for people: aligned, ratios first. */
  String text() {
    List<String[]> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (Figure figure : figures) {
      rows.add(
          new String[] {
            figure.ratio() == null ? "" : number(figure.ratio()),
            figure.what(),
            number(figure.series().median()),
            number(figure.series().min()),
            number(figure.series().max()),
            figure.unit(),
            figure.target() == null ? "" : figure.target(),
            figure.met() == null ? "" : figure.met() ? "met" : "NOT met"
          });
    }
    int[] widths = new int[HEADINGS.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    text.append(name).append(": ").append(title).append('\n');
    if (!ratioMeans.isEmpty()) {
      text.append("  ratio = ").append(ratioMeans).append('\n');
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        boolean isWords = i == WHAT || i >= UNIT;
        String padding = " ".repeat(widths[i] - row[i].length());
        line.append("  ").append(isWords ? row[i] + padding : padding + row[i]);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    notes.forEach(note -> text.append("  - ").append(note).append('\n'));
    return text.toString();
  }

  /** The same for programs. */
  JsonObject json() {
    List<JsonValue> rows = new ArrayList<>();
    for (Figure figure : figures) {
      List<JsonValue> values = new ArrayList<>();
      for (double value : figure.series().values()) {
        values.add(new JsonNumber(value));
      }
      JsonObject.Builder row =
          JsonObject.builder()
              .put("what", figure.what())
              .put("unit", figure.unit())
              .put("median", figure.series().median())
              .put("values", new JsonArray(values))
              .putIfPresent("target", figure.target());
      if (figure.ratio() != null) {
        row.put("ratio", figure.ratio());
      }
      if (figure.met() != null) {
        row.put("met", figure.met());
      }
      rows.add(row.build());
    }
    return JsonObject.builder()
        .put("run", name)
        .put("title", title)
        .put("ratio_means", ratioMeans)
        .put("figures", new JsonArray(rows))
        .put("notes", new JsonArray(notes.stream().<JsonValue>map(JsonString::new).toList()))
        .build();
  }

  /** Three digits that count, thousands apart. */
  static String number(double value) {
    double size = Math.abs(value);
    if (size >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
  }
}
