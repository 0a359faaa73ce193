package io.osmoda.evidence;

import io.osmoda.ledger.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test lets go on; for the ledger and for what looks at its time. */
final class PassingTime implements TimeSource, InstantSource {
  private Instant now;
  private long monotonic;

  PassingTime(Instant start) {
    this.now = start;
  }

  synchronized void passTo(Instant then) {
    monotonic += Duration.between(now, then).toNanos();
    now = then;
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public synchronized long wallNanos() {
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  @Override
  public synchronized long monotonicNanos() {
    return monotonic;
  }
}
