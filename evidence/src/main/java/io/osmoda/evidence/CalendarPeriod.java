package io.osmoda.evidence;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/** Periods of the calendar in UTC, by which evidence is collected. */
public enum CalendarPeriod {
  /** From Monday to Monday. */
  WEEK,
  /** From the first of a month to the first of the next. */
  MONTH;

  /** Where the period begins in which a moment lies. */
  Instant start(Instant moment) {
    LocalDate day = moment.atZone(ZoneOffset.UTC).toLocalDate();
    return midnight(
        switch (this) {
          case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
          case MONTH -> day.withDayOfMonth(1);
        });
  }

  /** Where the period ends in which a moment lies; a beginning lies in the period it begins. */
  Instant end(Instant moment) {
    LocalDate first = start(moment).atZone(ZoneOffset.UTC).toLocalDate();
    return midnight(
        switch (this) {
          case WEEK -> first.plusWeeks(1);
          case MONTH -> first.plusMonths(1);
        });
  }

  private static Instant midnight(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** The word in the configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
