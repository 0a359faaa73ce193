package io.osmoda.ledger;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The time that goes into entries (section 4): never backwards, and no sudden step forward unless
 * an operator confirms it. Used by the one sealer at a time; {@link #isHeld} and {@link #ahead} may
 * be asked by any thread.
 */
final class LedgerClock {
  static final long NANOS = 1_000_000_000L;

  /** A step forward beyond this, against the monotonic clock, is not followed. */
  static final long MAX_STEP = 60 * NANOS;

  /** At start, a clock further past the last entry than this is not followed. */
  static final long MAX_ABSENCE = 30 * 86_400 * NANOS;

  /** Steps backwards smaller than this are a clock being disciplined and not worth an entry. */
  static final long MIN_STEP_BACK = NANOS;

  private final TimeSource time;

  private final AtomicLong shown = new AtomicLong();
  private long last;
  private long lastWall;
  private long lastMonotonic;
  private volatile boolean held;
  private @Nullable Step step;

  /**
   * What the clock did.
   *
   * @param nanos by how much, signed
   * @param followed whether entries follow it
   */
  record Step(long nanos, boolean followed) {}

  /**
   * @param last the newest entry's timestamp in nanoseconds since 1970, or {@link Long#MIN_VALUE}
   *     if there is none
   */
  LedgerClock(TimeSource time, long last) {
    this.time = time;
    this.last = last;
    this.lastWall = time.wallNanos();
    this.lastMonotonic = time.monotonicNanos();
    if (last != Long.MIN_VALUE) {
      if (lastWall - last > MAX_ABSENCE) {
        held = true;
        step = new Step(lastWall - last, false);
      } else if (lastWall - last <= -MIN_STEP_BACK) {
        step = new Step(lastWall - last, true);
      }
    } else {
      this.last = lastWall;
    }
    show();
  }

  /** The timestamp of an entry sealed now, in nanoseconds since 1970. */
  long read() {
    long wall = time.wallNanos();
    long monotonic = time.monotonicNanos();
    long elapsed = Math.max(0, monotonic - lastMonotonic);
    long expected = lastWall + elapsed;
    if (held) {
      long advanced = last + elapsed;
      if (Math.abs(wall - advanced) <= MAX_STEP) {
        held = false; // somebody set the clock right
        step = new Step(wall - advanced, true);
        last = Math.max(last, wall);
      } else {
        last = advanced;
      }
    } else if (wall - expected > MAX_STEP) {
      held = true;
      step = new Step(wall - expected, false);
      last = last + elapsed;
    } else {
      if (expected - wall >= MIN_STEP_BACK) {
        step = new Step(wall - expected, true);
      }
      last = Math.max(last, wall);
    }
    lastWall = wall;
    lastMonotonic = monotonic;
    show();
    return last;
  }

  /** Lets other threads see the entries' time; cheaper than a volatile field for each entry. */
  private void show() {
    shown.setRelease(last);
  }

  /** What happened since last asked, to be sealed as {@code clock_step}. */
  @Nullable Step takeStep() {
    Step taken = step;
    step = null;
    return taken;
  }

  /** Whether the machine's clock stepped forward and entries do not follow it. */
  boolean isHeld() {
    return held;
  }

  /** By how many nanoseconds the machine's clock is ahead of the entries' time. */
  long ahead() {
    return time.wallNanos() - shown.getAcquire();
  }

  /** An operator says that the machine's clock is right: from now on it is followed. */
  long confirm() {
    long wall = time.wallNanos();
    long jump = wall - last;
    held = false;
    lastWall = wall;
    lastMonotonic = time.monotonicNanos();
    last = Math.max(last, wall);
    show();
    step = null;
    return jump;
  }
}
