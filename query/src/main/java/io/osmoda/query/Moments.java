package io.osmoda.query;

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
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Times and spans of time as people write them. */
public final class Moments {
  /** What {@link #parse} takes, for messages and help. */
  public static final String FORMS =
      "15m, 1h, 2d, 1w or PT36H ago; now; today; yesterday; 2026-03-01; 2026-03-01T14:23;"
          + " 2026-03-01T14:23:07Z; 2026, 2026-Q3 or 2026-03 for its beginning";

  /** What {@link #span} takes. */
  public static final String SPAN_FORMS = "90s, 15m, 1h, 2d, 1w, PT1H30M or P1D";

  private static final Pattern AGE = Pattern.compile("-?([0-9]{1,9})([smhdw])( ago)?");
  private static final Pattern ISO_SPAN =
      Pattern.compile("-?P[0-9TWDHMS.]+", Pattern.CASE_INSENSITIVE);
  private static final DateTimeFormatter WITH_OFFSET =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .appendPattern("[XXX][XX][X]")
          .toFormatter(Locale.ROOT);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Moments() {}

  /** The instant in the form of an entry's timestamp, whose order as text is that of time. */
  public static String stamp(Instant instant) {
    return STAMP.format(instant);
  }

  /**
   * Parses a moment: {@code now}, {@code today}, {@code yesterday}, an age such as {@code 90s},
   * {@code 15m}, {@code 1h}, {@code 2d}, {@code 1w} or {@code PT36H}, a date, a time of today, a
   * date and time, or that with an offset, and a year, quarter or month for its beginning. Without
   * an offset the zone counts.
   *
   * @throws DateTimeException if it is none of these, out of range, or a time that the zone's
   *     clocks never showed or showed twice; the message says so
   */
  public static Instant parse(String text, Instant now, ZoneId zone) {
    String trimmed = text.trim();
    try {
      LocalDate today = now.atZone(zone).toLocalDate();
      return switch (trimmed) {
        case "now" -> now;
        case "today" -> today.atStartOfDay(zone).toInstant();
        case "yesterday" -> today.minusDays(1).atStartOfDay(zone).toInstant();
        default -> parse(trimmed, now, today, zone);
      };
    } catch (DateTimeParseException e) {
      throw new DateTimeException("not a time: '" + text + "'", e);
    } catch (ClockChangeException e) {
      throw e;
    } catch (DateTimeException | ArithmeticException e) {
      throw new DateTimeException("time out of range: '" + text + "'", e);
    }
  }

  private static Instant parse(String text, Instant now, LocalDate today, ZoneId zone) {
    if (AGE.matcher(text).matches() || ISO_SPAN.matcher(text).matches()) {
      return now.minus(span(text.replaceFirst("^-", "").replaceFirst(" ago$", "")));
    }
    String iso = text.replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) (\\d)", "$1T$2");
    if (iso.matches(".*T.*([Zz]|[+-][0-9:]{2,6})")) {
      return OffsetDateTime.parse(iso, WITH_OFFSET).toInstant();
    }
    if (iso.contains("T")) {
      return at(LocalDateTime.parse(iso), zone);
    }
    if (iso.contains(":")) {
      return at(LocalTime.parse(iso).atDate(today), zone);
    }
    Period period = Period.parse(iso, zone);
    return period != null ? period.from() : LocalDate.parse(iso).atStartOfDay(zone).toInstant();
  }

  /** A time that was once on that zone's clocks: where they are set, some never are, some twice. */
  private static Instant at(LocalDateTime time, ZoneId zone) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time);
    if (offsets.size() == 1) {
      return time.toInstant(offsets.getFirst());
    }
    if (offsets.isEmpty()) {
      ZoneOffsetTransition change = zone.getRules().getTransition(time);
      throw new ClockChangeException(
          "%s never was in %s: the clocks went from %s to %s"
              .formatted(time, zone, change.getDateTimeBefore(), change.getDateTimeAfter()));
    }
    throw new ClockChangeException(
        "%s was twice in %s: write %s%s for the first, %s%s for the second"
            .formatted(time, zone, time, offsets.getFirst(), time, offsets.getLast()));
  }

  /** A time of the day that the clocks were set over or back to. */
  private static final class ClockChangeException extends DateTimeException {
    private static final long serialVersionUID = 1;

    ClockChangeException(String message) {
      super(message);
    }
  }

  /**
   * Parses a span such as {@code 90s}, {@code 15m}, {@code 1h}, {@code 2d}, {@code 1w}, {@code
   * PT1H30M} or {@code P1D}; a day has 24 hours.
   *
   * @throws DateTimeException if it is none, or not longer than nothing
   */
  public static Duration span(String text) {
    Duration span = positive(text);
    if (span.isZero() || span.isNegative()) {
      throw new DateTimeException("a span of time must be positive: '" + text + "'");
    }
    return span;
  }

  private static Duration positive(String text) {
    var age = AGE.matcher(text);
    if (age.matches() && text.charAt(0) != '-' && age.group(3) == null) {
      long count = Long.parseLong(age.group(1));
      return switch (age.group(2).charAt(0)) {
        case 's' -> Duration.ofSeconds(count);
        case 'm' -> Duration.ofMinutes(count);
        case 'h' -> Duration.ofHours(count);
        case 'd' -> Duration.ofDays(count);
        default -> Duration.ofDays(7 * count);
      };
    }
    try {
      String iso = text.toUpperCase(Locale.ROOT);
      return iso.matches("P[0-9]{1,9}W")
          ? Duration.ofDays(7 * Long.parseLong(iso.substring(1, iso.length() - 1)))
          : Duration.parse(text);
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new DateTimeException("not a span of time: '" + text + "'", e);
    }
  }
}
