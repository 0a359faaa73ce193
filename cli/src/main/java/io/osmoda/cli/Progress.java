package io.osmoda.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A bar on standard error for work that takes more than two seconds on a terminal; silent
 * otherwise. Thread-safe.
 */
final class Progress implements AutoCloseable {
  static final long QUIET_NANOS = 2_000_000_000L;

  private static final long REDRAW_NANOS = 100_000_000L;
  private static final int BAR = 30;

  /** What is counted. */
  enum Unit {
    ENTRIES {
      @Override
      String show(double count) {
        return String.format(Locale.ROOT, "%,.0f", count);
      }
    },
    BYTES {
      @Override
      String show(double count) {
        return count < 1e9
            ? String.format(Locale.ROOT, "%.0f MB", count / 1e6)
            : String.format(Locale.ROOT, "%.2f GB", count / 1e9);
      }
    };

    abstract String show(double count);
  }

  private final Unit unit;
  private final PrintStream err;
  private final boolean shown;
  private final String what;
  private final LongSupplier nanoTime;
  private final long start;
  private long drawnAt;
  private boolean drawn;

  Progress(Shell shell, String what, Unit unit) {
    this(shell.err(), shell.terminal().err(), what, unit, System::nanoTime);
  }

  Progress(PrintStream err, boolean shown, String what, Unit unit, LongSupplier nanoTime) {
    this.unit = unit;
    this.err = err;
    this.shown = shown;
    this.what = what;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.drawnAt = start;
  }

  /** Tells how far the work is; {@code total} 0 where that is unknown. */
  synchronized void at(long done, long total) {
    long now = nanoTime.getAsLong();
    if (!shown || now - start < QUIET_NANOS || (drawn && now - drawnAt < REDRAW_NANOS)) {
      return;
    }
    drawn = true;
    drawnAt = now;
    double seconds = (now - start) / 1e9;
    String rate = unit.show(done / seconds) + "/s";
    if (total <= 0) {
      err.print("\r\u001b[K" + what + "  " + unit.show((double) done) + "  " + rate);
    } else {
      double part = Math.min(1, (double) done / total);
      int full = (int) Math.round(part * BAR);
      long left = part == 0 ? 0 : Math.round(seconds / part - seconds);
      err.print(
          "\r\u001b[K%s  %s%s %3d %%  %s of %s  %s  %s left"
              .formatted(
                  what,
                  "█".repeat(full),
                  "░".repeat(BAR - full),
                  (int) (part * 100),
                  unit.show((double) done),
                  unit.show((double) total),
                  rate,
                  Times.brief(left)));
    }
    err.flush();
  }

  /** Takes the bar off the screen. */
  @Override
  public synchronized void close() {
    if (drawn) {
      err.print("\r\u001b[K");
      err.flush();
    }
  }
}
