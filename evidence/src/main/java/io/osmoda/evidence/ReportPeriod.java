package io.osmoda.evidence;

import java.time.Duration;
import java.time.Instant;

/**
 * The time that a report is about. Immutable.
 *
 * @param from inclusive
 * @param to exclusive, at least one nanosecond later
 * @param isAsked whether it was asked for; else it reaches from the first entry to the last
 */
record ReportPeriod(Instant from, Instant to, boolean isAsked) {
  ReportPeriod {
    if (!from.isBefore(to)) {
      to = from.plusNanos(1);
    }
  }

  /** How far into the period a moment lies: 0 is its begin, 1 its end, nothing is outside. */
  double place(Instant moment) {
    double length = seconds(Duration.between(from, to));
    return Math.clamp(seconds(Duration.between(from, moment)) / length, 0, 1);
  }

  /** The part of the period that a span of time takes, from 0 to 1. */
  double share(Duration span) {
    return seconds(span) / seconds(Duration.between(from, to));
  }

  Instant clip(Instant moment) {
    return moment.isBefore(from) ? from : moment.isAfter(to) ? to : moment;
  }

  private static double seconds(Duration span) {
    return span.getSeconds() + span.getNano() / 1e9;
  }
}
