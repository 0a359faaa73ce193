package io.osmoda.cli;

import io.osmoda.query.Moments;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which time a report or export is about. */
final class TimeOptions {
  private static final String BETWEEN = "..";

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
      description =
          "Instead: a year, quarter or month in UTC (2026, 2026-Q3, 2026-03), the last 15m, 1h, 2d"
              + " or 1w, or FROM..TO, of which one may be left out.")
  @Nullable String period;

  /** The time between two moments, either of which may be open. */
  record Span(@Nullable Instant from, @Nullable Instant to) {}

  Span span(Instant now) {
    if (period != null) {
      if (from != null || to != null) {
        throw new CliException("--period says both ends", "Leave out --from and --to.");
      }
      return span(period, now);
    }
    return span(from, to, now);
  }

  private static Span span(String period, Instant now) {
    Period named = Period.parse(period);
    if (named != null) {
      return new Span(named.from(), named.to());
    }
    int between = period.indexOf(BETWEEN);
    if (between >= 0) {
      String begin = period.substring(0, between);
      String end = period.substring(between + BETWEEN.length());
      return span(begin.isBlank() ? null : begin, end.isBlank() ? null : end, now);
    }
    try {
      return new Span(now.minus(Moments.span(period)), null);
    } catch (DateTimeException e) {
      throw new CliException(
          "'" + period + "' is no period",
          "Write a year, quarter or month (2026, 2026-Q3, 2026-03), "
              + Moments.SPAN_FORMS
              + ", or FROM..TO.");
    }
  }

  private static Span span(@Nullable String from, @Nullable String to, Instant now) {
    Instant first = from == null ? null : Times.parse(from, now, ZoneOffset.UTC);
    Instant end = to == null ? null : Times.parse(to, now, ZoneOffset.UTC);
    if (first != null && end != null && !first.isBefore(end)) {
      throw new CliException(
          "%s is not before %s".formatted(from, to), "Swap them, or leave one out.");
    }
    return new Span(first, end);
  }
}
