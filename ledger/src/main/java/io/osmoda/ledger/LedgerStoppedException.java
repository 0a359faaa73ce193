package io.osmoda.ledger;

import io.osmoda.format.entry.LedgerException;

/** The writer is closed, or stopped after a failed write (section 4). */
public final class LedgerStoppedException extends LedgerException {
  private static final long serialVersionUID = 1L;

  LedgerStoppedException(String message) {
    super(message);
  }

  LedgerStoppedException(String message, Throwable cause) {
    super(message, cause);
  }
}
