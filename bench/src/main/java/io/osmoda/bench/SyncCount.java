package io.osmoda.bench;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.consumer.RecordingStream;

/**
 * Counts this process's syncs of segment files by the flight recorder's own event, so that nothing
 * in the ledger has to change for being measured.
 */
final class SyncCount implements AutoCloseable {
  private static final String EVENT = "jdk.FileForce";

  private final RecordingStream stream = new RecordingStream();
  private final AtomicLong count = new AtomicLong();

  SyncCount() {
    stream.enable(EVENT).withThreshold(Duration.ZERO).withoutStackTrace();
    stream.onEvent(
        EVENT,
        event -> {
          if (event.getString("path").endsWith(".ndjson")) {
            count.incrementAndGet();
          }
        });
    stream.startAsync();
  }

  /** Ends the counting. */
  long stop() {
    stream.stop();
    return count.get();
  }

  @Override
  public void close() {
    stream.close();
  }
}
