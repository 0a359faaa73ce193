package io.osmoda.ledger;

import io.osmoda.format.entry.LedgerException;

/** A ledger was to be made where something already is. */
public final class LedgerExistsException extends LedgerException {
  private static final long serialVersionUID = 1L;

  LedgerExistsException(String message) {
    super(message);
  }

  LedgerExistsException(String message, Throwable cause) {
    super(message, cause);
  }
}
