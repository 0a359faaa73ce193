package io.osmoda.agents;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the run's start is on record. Until it is, a frame that has to be recorded waits for
 * that, however long the ledger takes to be reached; after that it has its own patience.
 * Thread-safe.
 */
final class StartGate {
  private final CompletableFuture<Void> onRecord;
  private final LongSupplier nanos;
  private final long begun;
  private final Duration longest;
  private volatile long passed;

  /**
   * @param onRecord completes when the start is on record, or exceptionally when it is not
   * @param longest how long that may take
   */
  StartGate(CompletableFuture<Void> onRecord, Duration longest, LongSupplier nanos) {
    this.onRecord = onRecord;
    this.longest = longest;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
    this.passed = begun;
  }

  /**
   * Waits until the start is on record or known not to be.
   *
   * @return since when a frame's patience counts that was read at {@code read}
   */
  long await(long read) {
    if (!onRecord.isDone()) {
      try {
        onRecord.get(left(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException e) {
        // its frames' own entries fail for the same reason, and tell it
      }
      passed = nanos.getAsLong();
    }
    return passed - read > 0 ? passed : read;
  }

  /** Waits for the same, or until the server has ended. */
  void awaitOrEnd(Process server) throws InterruptedException {
    if (onRecord.isDone()) {
      return;
    }
    try {
      CompletableFuture.anyOf(onRecord, server.onExit()).get(left(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // failure() tells
    }
  }

  /** Why the start is not on record; null where it is, or may still come to be. */
  @Nullable Throwable failure() {
    if (onRecord.isCompletedExceptionally()) {
      return onRecord.exceptionNow();
    }
    return !onRecord.isDone() && left() == 0
        ? new TimeoutException("no receipt from the ledger in time")
        : null;
  }

  private long left() {
    return Math.max(0, longest.toNanos() - (nanos.getAsLong() - begun));
  }
}
