package io.osmoda.bench;

/**
 * What was done in which time.
 *
 * @param entries entries that were acknowledged
 * @param nanos from the first append to the last acknowledgement
 */
record Pace(long entries, long nanos) {
  double perSecond() {
    return entries * 1e9 / nanos;
  }
}
