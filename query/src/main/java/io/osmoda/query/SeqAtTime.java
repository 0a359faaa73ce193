package io.osmoda.query;

import io.osmoda.ledger.LedgerReader;
import java.io.IOException;

/** Finds where a time begins in a ledger. */
public final class SeqAtTime {
  private SeqAtTime() {}

  /**
   * The first entry below {@code end} that is not before a time, by bisection: timestamps never
   * decrease. {@code end} if there is none.
   *
   * @param stamp in the form of an entry's timestamp
   * @throws IOException if an entry cannot be read, or is not what was sealed
   */
  public static long firstAtOrAfter(LedgerReader reader, String stamp, long end)
      throws IOException {
    long low = 0;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (reader.entry(middle).timestamp().compareTo(stamp) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
