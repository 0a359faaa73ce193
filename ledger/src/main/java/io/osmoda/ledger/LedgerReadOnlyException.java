package io.osmoda.ledger;

import io.osmoda.format.entry.LedgerException;

/** The folder cannot be written to, so nothing can be sealed. */
public final class LedgerReadOnlyException extends LedgerException {
  private static final long serialVersionUID = 1L;

  LedgerReadOnlyException(String message) {
    super(message);
  }

  LedgerReadOnlyException(String message, Throwable cause) {
    super(message, cause);
  }
}
