package io.osmoda.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which time a report or export is about. */
final class TimeOptions {
  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Entries from then on: " + Times.FORMS + ".")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Entries before then.")
  @Nullable String to;

  @Option(
      names = "--period",
      paramLabel = "PERIOD",
      description = "A year, quarter or month in UTC instead: 2026, 2026-Q3, 2026-03.")
  @Nullable String period;

  /** The time between two moments, either of which may be open. */
  record Span(@Nullable Instant from, @Nullable Instant to) {}

  Span span(Instant now) {
    if (period != null) {
      if (from != null || to != null) {
        throw new CliException("--period says both ends", "Leave out --from and --to.");
      }
      Period named = Period.parse(period);
      return new Span(named.from(), named.to());
    }
    Instant first = from == null ? null : Times.parse(from, now, ZoneOffset.UTC);
    Instant end = to == null ? null : Times.parse(to, now, ZoneOffset.UTC);
    if (first != null && end != null && !first.isBefore(end)) {
      throw new CliException(
          "--from %s is not before --to %s".formatted(from, to), "Swap them, or leave one out.");
    }
    return new Span(first, end);
  }
}
