package io.osmoda.cli;

import io.osmoda.query.Moments;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which time a report or export is about. */
final class TimeOptions {
  private static final String PERIOD = "--period";
  private static final String BETWEEN = "..";

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Start of the period: " + Times.FORMS + ".")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "End of the period (exclusive).")
  @Nullable String to;

  @Option(
      names = "--period",
      paramLabel = "PERIOD",
      description =
          "The period in one option: a year, quarter or month in UTC (2026, 2026-Q3, 2026-03), the"
              + " last 15m, 1h, 2d or 1w, or FROM..TO, where either end may be omitted.")
  @Nullable String period;

  /** The time between two moments, either of which may be open. */
  record Span(@Nullable Instant from, @Nullable Instant to) {}

  Span span(Instant now) {
    if (period != null) {
      if (from != null || to != null) {
        throw new CliException("--period sets both ends", "Drop --from and --to.");
      }
      return span(period, now, ZoneOffset.UTC);
    }
    Instant first = from == null ? null : Times.parse("--from", from, now, ZoneOffset.UTC);
    Instant end = to == null ? null : Times.parse("--to", to, now, ZoneOffset.UTC);
    if (first != null && end != null && !first.isBefore(end)) {
      throw new CliException(
          "--from %s is not before --to %s".formatted(from, to), "Swap them, or drop one.");
    }
    return new Span(first, end);
  }

  /**
   * Reads what stands behind {@code --period}.
   *
   * @param zone of times in FROM..TO without an offset
   * @throws CliException if it is no period, or ends before it begins
   */
  static Span span(String period, Instant now, ZoneId zone) {
    Period named = Period.parse(period);
    if (named != null) {
      return new Span(named.from(), named.to());
    }
    int between = period.indexOf(BETWEEN);
    if (between >= 0) {
      String begin = period.substring(0, between);
      String end = period.substring(between + BETWEEN.length());
      Instant first = begin.isBlank() ? null : Times.parse(PERIOD, begin, now, zone);
      Instant last = end.isBlank() ? null : Times.parse(PERIOD, end, now, zone);
      if (first != null && last != null && !first.isBefore(last)) {
        throw new CliException("--period %s ends before it starts".formatted(period), null);
      }
      return new Span(first, last);
    }
    try {
      return new Span(now.minus(Moments.span(period)), null);
    } catch (DateTimeException e) {
      throw new CliException(
          PERIOD + ": '" + period + "' is not a period",
          "Use a year, quarter or month (2026, 2026-Q3, 2026-03), "
              + Moments.SPAN_FORMS
              + ", or FROM..TO.");
    }
  }
}
