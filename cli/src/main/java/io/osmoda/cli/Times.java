package io.osmoda.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Times as people write and read them. */
final class Times {
  /** What {@link #parse} takes, for messages and help. */
  static final String FORMS =
      "15m, 1h, 2d or 1w ago; 2026-03-01; 2026-03-01T14:23; 2026-03-01T14:23:07Z";

  private static final DateTimeFormatter WITH_OFFSET =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .appendPattern("[XXX][XX][X]")
          .toFormatter(Locale.ROOT);
  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
  private static final DateTimeFormatter SHOWN_ZONE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSxxx", Locale.ROOT);

  private Times() {}

  /**
   * Parses a moment: {@code now}, an age such as {@code 90s}, {@code 15m}, {@code 1h}, {@code 2d},
   * {@code 1w}, a date, a date and time, or either with an offset. Without an offset the zone
   * counts.
   *
   * @throws CliException if it is none of these
   */
  static Instant parse(String text, Instant now, ZoneId zone) {
    String trimmed = text.trim();
    if (trimmed.equals("now")) {
      return now;
    }
    try {
      if (trimmed.matches("[0-9]{1,9}[smhdw]")) {
        return now.minus(duration(trimmed));
      }
      String iso = trimmed.replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) (\\d)", "$1T$2");
      if (iso.matches(".*T.*([Zz]|[+-][0-9:]{2,6})")) {
        return OffsetDateTime.parse(iso, WITH_OFFSET).toInstant();
      }
      if (iso.contains("T")) {
        return LocalDateTime.parse(iso).atZone(zone).toInstant();
      }
      if (iso.contains(":")) {
        return LocalTime.parse(iso).atDate(now.atZone(zone).toLocalDate()).atZone(zone).toInstant();
      }
      return LocalDate.parse(iso).atStartOfDay(zone).toInstant();
    } catch (DateTimeParseException e) {
      throw new CliException("not a time: '" + text + "'", "Write one of: " + FORMS + ".");
    } catch (DateTimeException | ArithmeticException e) {
      throw new CliException("a time out of range: '" + text + "'", "Write one of: " + FORMS + ".");
    }
  }

  /**
   * Parses a span such as {@code 90s}, {@code 15m}, {@code 1h}, {@code 2d} or {@code 1w}.
   *
   * @throws CliException if it is none
   */
  static Duration duration(String text) {
    if (!text.matches("[0-9]{1,9}[smhdw]")) {
      throw new CliException("not a span of time: '" + text + "'", "Write 90s, 15m, 1h, 2d or 1w.");
    }
    long count = Long.parseLong(text.substring(0, text.length() - 1));
    return switch (text.charAt(text.length() - 1)) {
      case 's' -> Duration.ofSeconds(count);
      case 'm' -> Duration.ofMinutes(count);
      case 'h' -> Duration.ofHours(count);
      case 'd' -> Duration.ofDays(count);
      default -> Duration.ofDays(7 * count);
    };
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
}
