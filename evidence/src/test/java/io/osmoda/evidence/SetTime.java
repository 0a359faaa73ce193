package io.osmoda.evidence;

import io.osmoda.ledger.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** A wall clock that a test sets, beside a monotonic clock that it advances. */
final class SetTime implements TimeSource {
  private long wall;
  private long monotonic = 5;

  SetTime(Instant start) {
    wall = start.getEpochSecond() * 1_000_000_000L + start.getNano();
  }

  synchronized void pass(Duration span) {
    wall += span.toNanos();
    monotonic += span.toNanos();
  }

  synchronized void step(Duration span) {
    wall += span.toNanos();
  }

  synchronized Instant now() {
    return Instant.ofEpochSecond(wall / 1_000_000_000L, wall % 1_000_000_000L);
  }

  /** Passes time until then. */
  void passTo(Instant moment) {
    pass(Duration.between(now(), moment));
  }

  @Override
  public synchronized long wallNanos() {
    return wall;
  }

  @Override
  public synchronized long monotonicNanos() {
    return monotonic;
  }
}
