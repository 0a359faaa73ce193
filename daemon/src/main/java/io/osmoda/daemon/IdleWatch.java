package io.osmoda.daemon;

import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks after a daemon that has nothing to do: gives its memory back after work, and ends it where
 * it is to end when idle. A daemon thread of its own.
 */
final class IdleWatch implements Runnable {
  /** Quiet after which memory is given back: longer than the pauses of a busy agent. */
  private static final Duration MEMORY_AFTER = Duration.ofSeconds(10);

  private static final long LONGEST_SLEEP_MILLIS = 1_000;
  private static final long SHORTEST_SLEEP_MILLIS = 10;

  private final @Nullable Duration exitAfter;
  private final IntSupplier connections;
  private final LongSupplier lastActivity;
  private final Runnable exit;

  /**
   * @param exitAfter time without a connection after which the daemon ends, null for never
   * @param connections connections that are open now
   * @param lastActivity when a request last began or ended, {@link System#nanoTime}
   * @param exit ends the daemon
   */
  IdleWatch(
      @Nullable Duration exitAfter,
      IntSupplier connections,
      LongSupplier lastActivity,
      Runnable exit) {
    this.exitAfter = exitAfter;
    this.connections = connections;
    this.lastActivity = lastActivity;
    this.exit = exit;
  }

  /** Begins to watch; interrupting the thread ends it. */
  Thread start() {
    return Thread.ofPlatform().daemon().name("idle-watch").start(this);
  }

  @Override
  public void run() {
    long sleep =
        exitAfter == null
            ? LONGEST_SLEEP_MILLIS
            : Math.clamp(exitAfter.toMillis() / 10, SHORTEST_SLEEP_MILLIS, LONGEST_SLEEP_MILLIS);
    long lastConnected = System.nanoTime();
    long collectedFor = lastActivity.getAsLong();
    try {
      while (true) {
        Thread.sleep(sleep);
        long now = System.nanoTime();
        long active = lastActivity.getAsLong();
        if (active != collectedFor && now - active > MEMORY_AFTER.toNanos()) {
          // The serial collector shrinks its heap after a full collection and at no other time.
          System.gc();
          collectedFor = active;
        }
        if (connections.getAsInt() > 0) {
          lastConnected = now;
        } else if (exitAfter != null
            && now - Math.max(lastConnected, active) > exitAfter.toNanos()) {
          exit.run();
          return;
        }
      }
    } catch (InterruptedException e) {
      // the daemon stops
    }
  }
}
