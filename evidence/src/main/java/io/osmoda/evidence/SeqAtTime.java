package io.osmoda.evidence;

import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.Moments;
import java.io.IOException;
import java.time.Instant;

/** Finds where a time begins in a ledger. */
final class SeqAtTime {
  private SeqAtTime() {}

  /**
   * The first entry below {@code end} that is not before a time, by bisection: timestamps never
   * decrease. {@code end} where there is none.
   */
  static long firstAtOrAfter(LedgerReader reader, Instant time, long end) throws IOException {
    String wanted = Moments.stamp(time);
    long low = 0;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (reader.entry(middle).timestamp().compareTo(wanted) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
