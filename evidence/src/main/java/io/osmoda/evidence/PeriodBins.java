package io.osmoda.evidence;

import io.osmoda.query.Moments;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How many entries each part of a period has. Entries come in the order of time, so that a count
 * costs one comparison of text. Not thread-safe.
 */
final class PeriodBins {
  /** Most bins of a period. */
  private static final int MOST = 100;

  private static final long[] STEPS = {
    1, 5, 15, 60, 300, 900, 3_600, 3 * 3_600, 86_400, 7 * 86_400, 28 * 86_400, 364 * 86_400
  };

  private final long step; // seconds
  private final List<Bin> bins = new ArrayList<>();
  private int at;

  /** One part of the period; the first and the last may reach out of it. */
  static final class Bin {
    private final Instant from;
    private final String end;
    private long inside;
    private long matching;

    private Bin(Instant from, Instant end) {
      this.from = from;
      this.end = Moments.stamp(end);
    }

    Instant from() {
      return from;
    }

    long inside() {
      return inside;
    }

    long matching() {
      return matching;
    }
  }

  PeriodBins(ReportPeriod period) {
    long seconds = Duration.between(period.from(), period.to()).toSeconds() + 1;
    int chosen = 0;
    while (chosen < STEPS.length - 1 && seconds / STEPS[chosen] > MOST) {
      chosen++;
    }
    step = STEPS[chosen] * Math.max(1, Math.ceilDiv(seconds, MOST * STEPS[chosen]));
    long start = Math.floorDiv(period.from().getEpochSecond(), step) * step;
    do {
      bins.add(new Bin(Instant.ofEpochSecond(start), Instant.ofEpochSecond(start + step)));
      start += step;
    } while (Instant.ofEpochSecond(start).isBefore(period.to()));
  }

  /** Counts an entry of the period, not earlier than the one before. */
  void add(String timestamp, boolean matches) {
    while (at < bins.size() - 1 && timestamp.compareTo(bins.get(at).end) >= 0) {
      at++;
    }
    Bin bin = bins.get(at);
    bin.inside++;
    if (matches) {
      bin.matching++;
    }
  }

  /** Seconds that a bin spans. */
  long step() {
    return step;
  }

  List<Bin> bins() {
    return bins;
  }
}
