package io.osmoda.ledger;

import io.osmoda.format.entry.LedgerException;

/** Another process writes to the ledger; the message names it. */
public final class LedgerLockedException extends LedgerException {
  private static final long serialVersionUID = 1L;

  LedgerLockedException(String message) {
    super(message);
  }

  LedgerLockedException(String message, Throwable cause) {
    super(message, cause);
  }
}
