package io.osmoda.bench;

import org.jspecify.annotations.Nullable;

/**
 * One measured figure.
 *
 * @param ratio how many times as much the ledger does, or null where nothing is compared; for a
 *     figure of the ledger itself its share of the run's base
 * @param target what was asked for, or null
 * @param met whether the target was met; null if there is none
 */
record Figure(
    String what,
    String unit,
    Series series,
    @Nullable Double ratio,
    @Nullable String target,
    @Nullable Boolean met) {

  static Figure plain(String what, String unit, Series series) {
    return new Figure(what, unit, series, null, null, null);
  }

  static Figure compared(String what, String unit, Series series, double ratio) {
    return new Figure(what, unit, series, ratio, null, null);
  }

  Figure target(String words, boolean isMet) {
    return new Figure(what, unit, series, ratio, words, isMet);
  }
}
