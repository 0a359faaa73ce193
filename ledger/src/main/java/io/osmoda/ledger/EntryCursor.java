package io.osmoda.ledger;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.LedgerDamagedException;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Entries one after another, each re-hashed as it is read and linked to the one before. Not
 * thread-safe; close it.
 */
public interface EntryCursor extends Closeable {
  /**
   * The next entry, or null after the last.
   *
   * @throws LedgerDamagedException if what stands there is not what was sealed; the message names
   *     the finding and the entry
   */
  @Nullable Entry next() throws IOException;
}
