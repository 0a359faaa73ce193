package io.osmoda.ledger;

/** A wall clock that a test sets, beside a monotonic clock that it advances. */
final class SettableTime implements TimeSource {
  static final long SECOND = 1_000_000_000L;
  static final long HOUR = 3_600 * SECOND;
  static final long DAY = 24 * HOUR;

  private long wall = 1_772_374_980L * SECOND; // 2026-03-01T14:23:00Z
  private long monotonic = 5;

  synchronized void pass(long nanos) {
    wall += nanos;
    monotonic += nanos;
  }

  synchronized void step(long nanos) {
    wall += nanos;
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
