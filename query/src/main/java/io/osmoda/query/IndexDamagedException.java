package io.osmoda.query;

import io.osmoda.format.entry.LedgerException;
import java.io.IOException;

/**
 * A partition of the index cannot be read; it is derived, so whoever meets this does without it.
 */
final class IndexDamagedException extends IOException {
  private static final long serialVersionUID = 1;

  private final long first;

  private IndexDamagedException(long first, Exception cause) {
    super("the index of the segment that starts with entry " + first + " is damaged", cause);
    this.first = first;
  }

  /**
   * What a failure during the use of a partition is to be taken for: any that is not of the ledger,
   * of time, or of the caller's question can only come of the partition's files.
   */
  static IOException of(Partition partition, Exception failure) throws IOException {
    if (failure instanceof IOException known
        && (known instanceof LedgerException
            || known instanceof SearchTimeoutException
            || known instanceof IndexDamagedException)) {
      throw known;
    }
    return new IndexDamagedException(partition.first(), failure);
  }

  long first() {
    return first;
  }
}
