package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.LedgerReader;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries by ascending numbers, without a new start where the next is near. Not thread-safe.
 */
final class EntryFetcher implements Closeable {
  /** Reading over so many entries costs about as much as a new start. */
  private static final int NEAR = 64;

  private final LedgerReader ledger;
  private @Nullable EntryCursor cursor;
  private long next;

  EntryFetcher(LedgerReader ledger) {
    this.ledger = ledger;
  }

  /**
   * The entry of that number, which is greater than the one before.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  Entry fetch(long seq) throws IOException {
    EntryCursor open = cursor;
    if (open == null || seq < next || seq - next > NEAR) {
      close();
      open = ledger.read(seq, Long.MAX_VALUE);
      cursor = open;
      next = seq;
    }
    Entry entry = null;
    while (next <= seq) {
      entry = open.next();
      if (entry == null) {
        throw new IndexOutOfBoundsException("there is no entry " + next);
      }
      next++;
    }
    if (entry == null) {
      throw new IllegalArgumentException("entry " + seq + " was passed already");
    }
    return entry;
  }

  @Override
  public void close() throws IOException {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }
}
