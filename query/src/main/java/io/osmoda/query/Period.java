package io.osmoda.query;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A year, quarter, month or day, as reports are made for.
 *
 * @param from its beginning
 * @param to the beginning of the next
 */
public record Period(Instant from, Instant to) {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{4})(?:-(?:[Qq]([1-4])|(0[1-9]|1[0-2])))?");

  /**
   * The period of {@code 2026}, {@code 2026-Q3} or {@code 2026-03}; null for any other text.
   *
   * @param zone in which it begins and ends
   */
  public static @Nullable Period parse(String text, ZoneId zone) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return null;
    }
    int year = Integer.parseInt(form.group(1));
    String quarter = form.group(2);
    String month = form.group(3);
    int first =
        quarter != null
            ? 3 * Integer.parseInt(quarter) - 2
            : month != null ? Integer.parseInt(month) : 1;
    int months = quarter != null ? 3 : month != null ? 1 : 12;
    LocalDate begin = LocalDate.of(year, first, 1);
    return new Period(start(begin, zone), start(begin.plusMonths(months), zone));
  }

  /** A day. */
  public static Period of(LocalDate day, ZoneId zone) {
    return new Period(start(day, zone), start(day.plusDays(1), zone));
  }

  private static Instant start(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant();
  }
}
