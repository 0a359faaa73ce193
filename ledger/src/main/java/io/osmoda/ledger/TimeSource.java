package io.osmoda.ledger;

import java.time.Instant;

/** Where the ledger reads time; handed in so that tests can set clocks wrong. Thread-safe. */
public interface TimeSource {
  /** The machine's own clocks. */
  TimeSource SYSTEM =
      new TimeSource() {
        @Override
        public long wallNanos() {
          Instant now = Instant.now();
          return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        }

        @Override
        public long monotonicNanos() {
          return System.nanoTime();
        }
      };

  /** Nanoseconds since 1970-01-01T00:00:00Z by the wall clock, which may be set. */
  long wallNanos();

  /** Nanoseconds by a clock that only goes forward; only differences have a meaning. */
  long monotonicNanos();
}
