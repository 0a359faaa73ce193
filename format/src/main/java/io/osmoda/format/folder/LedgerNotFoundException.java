package io.osmoda.format.folder;

import io.osmoda.format.entry.LedgerException;

/** There is no ledger at the path. */
public final class LedgerNotFoundException extends LedgerException {
  private static final long serialVersionUID = 1L;

  public LedgerNotFoundException(String message) {
    super(message);
  }

  public LedgerNotFoundException(String message, Throwable cause) {
    super(message, cause);
  }
}
