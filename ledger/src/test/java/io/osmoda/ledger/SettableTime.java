package io.osmoda.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A wall clock that a test sets, beside a monotonic clock that it advances: for the ledger and for
 * what looks at its time. The ledger asks an operator to confirm steps forward that only the wall
 * clock makes. Thread-safe.
 */
public final class SettableTime implements TimeSource, InstantSource {
  static final long SECOND = 1_000_000_000L;
  static final long HOUR = 3_600 * SECOND;
  static final long DAY = 24 * HOUR;

  private long wall;
  private long monotonic = 5;

  public SettableTime(Instant start) {
    wall = start.getEpochSecond() * SECOND + start.getNano();
  }

  SettableTime() {
    this(Instant.parse("2026-03-01T14:23:00Z"));
  }

  /** Lets time pass. */
  public void pass(Duration span) {
    pass(span.toNanos());
  }

  synchronized void pass(long nanos) {
    wall += nanos;
    monotonic += nanos;
  }

  /** Lets time pass until then. */
  public synchronized void passTo(Instant then) {
    pass(Duration.between(instant(), then));
  }

  /** Sets the wall clock forward or back, while no time passes. */
  public void step(Duration span) {
    step(span.toNanos());
  }

  synchronized void step(long nanos) {
    wall += nanos;
  }

  @Override
  public synchronized Instant instant() {
    return Instant.ofEpochSecond(Math.floorDiv(wall, SECOND), Math.floorMod(wall, SECOND));
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
