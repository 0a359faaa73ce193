package io.osmoda.query;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** How long a search may take, and whether anybody still waits for it. Thread-safe as its parts. */
public final class Deadline {
  private final LongSupplier nanoTime;
  private final long end;
  private final BooleanSupplier isGone;

  private Deadline(LongSupplier nanoTime, long end, BooleanSupplier isGone) {
    this.nanoTime = nanoTime;
    this.end = end;
    this.isGone = isGone;
  }

  /**
   * A deadline from now on.
   *
   * @param nanoTime a clock as {@link System#nanoTime}
   * @param isGone whether whoever asked has left
   */
  public static Deadline in(Duration time, LongSupplier nanoTime, BooleanSupplier isGone) {
    return new Deadline(nanoTime, nanoTime.getAsLong() + time.toNanos(), isGone);
  }

  /** As long as it takes. */
  public static Deadline none() {
    return in(Duration.ofDays(36_500), System::nanoTime, () -> false);
  }

  /** Whether the time is over, or nobody waits. */
  boolean isOver() {
    return nanoTime.getAsLong() - end > 0 || isGone.getAsBoolean();
  }

  /**
   * Goes on only while there is time.
   *
   * @throws SearchTimeoutException if it is over
   */
  void require() throws SearchTimeoutException {
    if (isOver()) {
      throw new SearchTimeoutException();
    }
  }
}
