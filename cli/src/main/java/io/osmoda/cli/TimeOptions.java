package io.osmoda.cli;

import io.osmoda.query.Moments;
import io.osmoda.query.Period;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which time a report or export is about. */
final class TimeOptions {
  private static final String PERIOD = "--period";
  private static final String BETWEEN = "..";

  /** What {@code --period} takes, for help. */
  static final String PERIODS =
      "today, yesterday, a day, month, quarter or year in UTC (2026-03-01, 2026-03, 2026-Q3, 2026),"
          + " the last 15m, 1h, 2d or 1w, or FROM..TO, where either end may be omitted";

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
          "The period in one option: " + PERIODS + ". A period that is not over ends now.")
  @Nullable String period;

  /**
   * The time between two moments, either of which may be open.
   *
   * @param over when the period that was named is over, where it is not yet: the span ends now
   */
  record Span(@Nullable Instant from, @Nullable Instant to, @Nullable Instant over) {
    Span(@Nullable Instant from, @Nullable Instant to) {
      this(from, to, null);
    }

    /** Says on standard error that the period is not over, where it is not. */
    void tell(Shell shell, @Nullable String period) {
      if (over != null) {
        shell
            .err()
            .println(
                "osmoda: %s is not over until %s; this covers it until %s"
                    .formatted(period, over, to));
      }
    }
  }

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
   * @param zone of days and of times without an offset
   * @throws CliException if it is no period, ends before it begins, or is to come
   */
  static Span span(String period, Instant now, ZoneId zone) {
    Period named = named(period, now, zone);
    if (named != null) {
      if (!named.from().isBefore(now)) {
        throw new CliException(
            "--period: %s is in the future and has not begun yet".formatted(period),
            "It begins at " + named.from() + ".");
      }
      return named.to().isAfter(now)
          ? new Span(named.from(), now, named.to())
          : new Span(named.from(), named.to());
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
      return last != null && last.isAfter(now) && (first == null || first.isBefore(now))
          ? new Span(first, now, last)
          : new Span(first, last);
    }
    try {
      return new Span(now.minus(Moments.span(period)), null);
    } catch (DateTimeException e) {
      throw new CliException(
          PERIOD + ": '" + period + "' is not a period",
          "Use today, yesterday, a day, month, quarter or year (2026-03-01, 2026-03, 2026-Q3,"
              + " 2026), "
              + Moments.SPAN_FORMS
              + ", or FROM..TO.");
    }
  }

  private static @Nullable Period named(String period, Instant now, ZoneId zone) {
    LocalDate today = now.atZone(zone).toLocalDate();
    return switch (period) {
      case "today" -> Period.of(today, zone);
      case "yesterday" -> Period.of(today.minusDays(1), zone);
      default -> {
        Period named = Period.parse(period, zone);
        if (named != null || !period.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
          yield named;
        }
        try {
          yield Period.of(LocalDate.parse(period), zone);
        } catch (DateTimeException e) {
          throw new CliException("--period: there is no day " + period, null);
        }
      }
    };
  }
}
