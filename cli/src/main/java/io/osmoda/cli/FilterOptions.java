package io.osmoda.cli;

import io.osmoda.ledger.Entry;
import io.osmoda.query.Condition;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.WhereException;
import io.osmoda.query.WhereParser;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which entries a reading verb shows. */
final class FilterOptions {
  /** Characters of a condition shown on each side of a mistake. */
  private static final int CONTEXT = 36;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Only entries from then on: " + Times.FORMS + ".")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Only entries before then.")
  @Nullable String to;

  @Option(
      names = "--actor",
      paramLabel = "ACTOR",
      description =
          "Only this actor. This and the next six may be given several times (any of them counts) "
              + "and may end in *.")
  List<String> actors = List.of();

  @Option(names = "--action", paramLabel = "ACTION", description = "Only this action.")
  List<String> actions = List.of();

  @Option(names = "--tool", paramLabel = "TOOL", description = "Only this tool.")
  List<String> tools = List.of();

  @Option(names = "--target", paramLabel = "TARGET", description = "Only this target.")
  List<String> targets = List.of();

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description =
          "Only this outcome: ok, error, denied, pending, timeout, cancelled, crashed or unknown.")
  List<String> statuses = List.of();

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      description = "Only this capture point, such as mcp_proxy or api.")
  List<String> sources = List.of();

  @Option(names = "--session", paramLabel = "SESSION", description = "Only this session.")
  List<String> sessions = List.of();

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description =
          "Only entries that have all these words, in any case; word* is a beginning, and \"two"
              + " words\" in quotes stand one after the other.")
  @Nullable String text;

  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      description =
          "Only entries that satisfy this, such as 'tool:http_request AND payload.status>=500'."
              + " Fields are an entry's members, text and payload.NAME; operators : = != < <= >"
              + " >=, AND, OR, NOT and brackets; * ends a beginning. See docs/query.md.")
  @Nullable String where;

  @Option(
      names = "--reads",
      description =
          "Also show the entries that reading the ledger makes (ledger_query): tables leave them "
              + "out unless they are asked for. --json never does.")
  boolean reads;

  /** Whether a table leaves this entry out. */
  boolean isLeftOut(Entry entry) {
    return !showsReads() && entry.action().equals("ledger_query");
  }

  /** Whether tables show the entries that reading the ledger makes. */
  boolean showsReads() {
    return reads || !(actions.isEmpty() && sources.isEmpty() && actors.isEmpty());
  }

  private @Nullable Condition condition(Instant now, ZoneId zone) {
    if (where == null) {
      return null;
    }
    try {
      return WhereParser.parse(where, now, zone);
    } catch (WhereException e) {
      throw new CliException("--where: " + e.getMessage(), pointer(e));
    }
  }

  /** The part of the condition around the mistake, with a caret below it. */
  private static String pointer(WhereException e) {
    String line = Table.printable(e.where());
    int from = Math.max(0, e.column() - CONTEXT);
    int to = Math.min(line.length(), e.column() + CONTEXT);
    String before = (from > 0 ? "…" : "") + line.substring(from, e.column());
    String shown = before + line.substring(e.column(), to) + (to < line.length() ? "…" : "");
    String hint = e.hint() == null ? "" : "\n" + e.hint();
    return shown + "\n" + " ".repeat(Table.columnsOf(before)) + "^" + hint;
  }

  EntryFilter filter(Instant now, ZoneId zone) {
    Instant first = from == null ? null : Times.parse(from, now, zone);
    Instant end = to == null ? null : Times.parse(to, now, zone);
    if (first != null && end != null && !first.isBefore(end)) {
      throw new CliException(
          "--from %s is not before --to %s".formatted(from, to), "Swap them, or leave one out.");
    }
    Map<String, List<String>> members = new LinkedHashMap<>();
    members.put("actor", actors);
    members.put("action", actions);
    members.put("tool", tools);
    members.put("target", targets);
    members.put("status", statuses);
    members.put("source", sources);
    members.put("session", sessions);
    try {
      return new EntryFilter(first, end, members, text, condition(now, zone));
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }
}
