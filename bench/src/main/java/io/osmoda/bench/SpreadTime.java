package io.osmoda.bench;

import io.osmoda.ledger.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that goes on by an equal step with each entry that is made, so that a ledger filled in
 * minutes looks like one of weeks. It begins as long ago as the entries take, and so ends at about
 * now. Thread-safe.
 */
final class SpreadTime implements TimeSource {
  private final long start;
  private final long step;
  private final AtomicLong entries = new AtomicLong();

  SpreadTime(Duration span, long entries) {
    this.step = Math.max(1, span.toNanos() / entries);
    this.start = TimeSource.SYSTEM.wallNanos() - span.toNanos();
  }

  /** An entry more was made. */
  void advance() {
    entries.incrementAndGet();
  }

  /** Where the clock stands. */
  Instant now() {
    long nanos = wallNanos();
    return Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
  }

  @Override
  public long wallNanos() {
    return start + monotonicNanos();
  }

  @Override
  public long monotonicNanos() {
    return step * entries.get();
  }
}
