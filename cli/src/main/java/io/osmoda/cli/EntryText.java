package io.osmoda.cli;

import io.osmoda.evidence.Assurance;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One entry, whole, for people. */
final class EntryText {
  private static final int LABEL = 14;

  private EntryText() {}

  static String of(Entry entry, Style style, Rendering rendering) {
    List<String> lines = new ArrayList<>();
    lines.add(
        style.bold("Entry " + entry.seq())
            + "  "
            + style.bold(entry.action())
            + "  "
            + style.status(entry.status()));
    line(lines, style, "time", rendering.time(entry.instant()));
    if (entry.occurredAt() != null) {
      text(lines, style, "occurred at", entry.occurredAt());
    }
    text(lines, style, "actor", entry.actor());
    if (entry.tool() != null) {
      text(lines, style, "tool", entry.tool());
    }
    if (entry.target() != null) {
      text(lines, style, "target", entry.target());
    }
    line(lines, style, "source", entry.source() + " (" + Assurance.of(entry.source()) + ")");
    if (entry.session() != null) {
      text(lines, style, "session", entry.session());
    }
    if (entry.trace() != null) {
      line(lines, style, "trace", entry.trace().traceId() + " span " + entry.trace().spanId());
    }
    for (CauseReference cause : entry.causedBy()) {
      line(
          lines,
          style,
          "caused by",
          cause.origin() + "#" + cause.seq() + "  " + style.dim(cause.entryHash().hex()));
    }
    if (entry.reason() != null) {
      text(lines, style, "reason", entry.reason());
    }
    JsonObject payload = entry.payload();
    line(
        lines,
        style,
        "payload",
        payload == null
            ? style.warning("removed by redaction; its hash remains")
            : JsonText.indented(payload, "  " + " ".repeat(LABEL), style));
    line(lines, style, "payload hash", style.dim(entry.payloadHash().hex()));
    line(lines, style, "previous hash", style.dim(entry.prevHash().hex()));
    line(lines, style, "entry hash", style.dim(entry.entryHash().hex()));
    return String.join("\n", lines) + "\n";
  }

  /** A line whose value others wrote. */
  private static void text(List<String> lines, Style style, String label, String value) {
    String indent = "\n  " + " ".repeat(LABEL);
    line(
        lines,
        style,
        label,
        value.lines().map(Table::printable).collect(Collectors.joining(indent)));
  }

  private static void line(List<String> lines, Style style, String label, String value) {
    lines.add("  " + style.dim(label) + " ".repeat(LABEL - label.length()) + value);
  }
}
