package io.osmoda.cli;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.query.Condition;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.WhereException;
import io.osmoda.query.WhereParser;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which entries a reading verb shows. */
final class FilterOptions {
  /** Characters of a condition shown on each side of a mistake. */
  private static final int CONTEXT = 36;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Only entries at or after this time: " + Times.FORMS + ".")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Only entries before this time.")
  @Nullable String to;

  @Mixin MemberOptions members = new MemberOptions();

  @Option(
      names = "--agent",
      paramLabel = "NAME",
      description = "Same as --actor agent:NAME. Repeatable.")
  List<String> agents = List.of();

  @Option(
      names = "--touched",
      paramLabel = "PATH",
      description =
          "Only entries whose target or arguments name this file, folder or URL, or anything below"
              + " it. Results are not searched.")
  @Nullable String touched;

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description =
          "Only entries containing all these words, in any case. * and ? match letters of a word,"
              + " \"two words\" in quotes a phrase.")
  @Nullable String text;

  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      description =
          "Only entries that meet this condition, for example 'tool:http_request AND"
              + " payload.status>=500'. Fields: an entry's members, text, touched and payload.NAME."
              + " Operators: : = != < <= > >=, IN (…), AND, OR, NOT and parentheses; ~ finds part"
              + " of a text, but reads every entry for it. * matches any characters and ? one.")
  @Nullable String where;

  @Option(
      names = "--reads",
      description =
          "Also show entries that record reads of the ledger (ledger_query). Tables hide them"
              + " unless you ask for them; counts and --json always include them.")
  boolean reads;

  /** Whether a table leaves this entry out. */
  boolean isLeftOut(Entry entry) {
    return !showsReads() && entry.action().equals("ledger_query");
  }

  /** Whether tables show the entries that reading the ledger makes. */
  boolean showsReads() {
    return reads
        || !(members.actions.isEmpty()
            && members.sources.isEmpty()
            && members.actors.isEmpty()
            && agents.isEmpty());
  }

  private @Nullable Condition condition(Instant now, ZoneId zone) {
    Condition condition = Condition.all();
    if (where != null) {
      try {
        condition = WhereParser.parse(where, now, zone);
      } catch (WhereException e) {
        throw new CliException("--where: " + e.getMessage(), pointer(e));
      }
    }
    if (touched != null) {
      try {
        condition = condition.and(WhereParser.touched(touched));
      } catch (WhereException e) {
        throw new CliException("--touched: " + e.getMessage(), e.hint());
      }
    }
    return condition;
  }

  /** The text is read here too, so that a mistake in it is shown where it is. */
  private void checkText() {
    if (text != null && !text.isEmpty()) {
      try {
        WhereParser.text(text);
      } catch (WhereException e) {
        throw new CliException("--text: " + e.getMessage(), pointer(e));
      }
    }
  }

  private Map<String, List<String>> memberValues() {
    Map<String, List<String>> values = members.values();
    List<String> actors = new ArrayList<>(members.actors);
    for (String agent : agents) {
      if (agent.isBlank()) {
        throw new CliException("--agent: a name is missing", null);
      }
      actors.add(agent.indexOf(':') < 0 ? "agent:" + agent : agent);
    }
    values.put("actor", actors);
    return values;
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
    Instant first = from == null ? null : Times.parse("--from", from, now, zone);
    Instant end = to == null ? null : Times.parse("--to", to, now, zone);
    if (first != null && end != null && !first.isBefore(end)) {
      throw new CliException(
          "--from %s is not before --to %s".formatted(from, to), "Swap them, or drop one.");
    }
    checkText();
    try {
      return new EntryFilter(first, end, memberValues(), text, condition(now, zone));
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }
}
