package io.osmoda.cli;

import io.osmoda.query.Moments;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as people write and read them. */
final class Times {
  /** What {@link #parse} takes, for messages and help. */
  static final String FORMS = Moments.FORMS;

  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
  private static final DateTimeFormatter SHOWN_ZONE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSxxx", Locale.ROOT);

  private Times() {}

  /**
   * Parses a moment, as {@link Moments#parse} does.
   *
   * @param option that it was given with, for messages
   * @throws CliException if it is none
   */
  static Instant parse(String option, String text, Instant now, ZoneId zone) {
    try {
      return Moments.parse(text, now, zone);
    } catch (DateTimeException e) {
      throw new CliException(option + ": " + e.getMessage(), "Use one of: " + FORMS + ".");
    }
  }

  /**
   * Parses a span, as {@link Moments#span} does.
   *
   * @param option that it was given with, for messages
   * @throws CliException if it is none
   */
  static Duration duration(String option, String text) {
    try {
      return Moments.span(text);
    } catch (DateTimeException e) {
      throw new CliException(
          option + ": " + e.getMessage(), "Use one of: " + Moments.SPAN_FORMS + ".");
    }
  }

  /**
   * A moment to the millisecond: {@code 2026-03-01 14:23:07.847Z}, or in local time with offset.
   */
  static String show(Instant instant, ZoneId zone) {
    return zone.equals(ZoneOffset.UTC)
        ? SHOWN.format(instant.atZone(zone)) + "Z"
        : SHOWN_ZONE.format(instant.atZone(zone));
  }

  /** A span for people, at most two units: {@code 3 d 4 h}, {@code 12 s}. */
  static String brief(Duration span) {
    return span.compareTo(Duration.ofSeconds(1)) < 0 && !span.isNegative()
        ? span.toMillis() + " ms"
        : brief(span.toSeconds());
  }

  static String brief(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    if (seconds < 86_400) {
      return seconds / 3_600 + " h " + seconds % 3_600 / 60 + " min";
    }
    return seconds / 86_400 + " d " + seconds % 86_400 / 3_600 + " h";
  }

  /** How long something took, for people: {@code 12 µs}, {@code 3.4 ms}, {@code 2.51 s}. */
  static String took(long nanos) {
    if (nanos < 1_000) {
      return nanos + " ns";
    }
    if (nanos < 1_000_000) {
      return nanos / 1_000 + " µs";
    }
    if (nanos < 10_000_000) {
      return String.format(Locale.ROOT, "%.1f ms", Math.floor(nanos / 1e5) / 10);
    }
    if (nanos < 1_000_000_000) {
      return nanos / 1_000_000 + " ms";
    }
    return nanos < 60_000_000_000L
        ? String.format(Locale.ROOT, "%.2f s", Math.floor(nanos / 1e7) / 100)
        : brief(nanos / 1_000_000_000);
  }
}
