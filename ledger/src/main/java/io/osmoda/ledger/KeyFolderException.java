package io.osmoda.ledger;

import io.osmoda.format.entry.LedgerException;

/** The key folder is missing, unreadable, or its permissions are too open. */
public final class KeyFolderException extends LedgerException {
  private static final long serialVersionUID = 1L;

  private final boolean ofAnotherLedger;

  KeyFolderException(String message) {
    this(message, false);
  }

  KeyFolderException(String message, boolean ofAnotherLedger) {
    super(message);
    this.ofAnotherLedger = ofAnotherLedger;
  }

  KeyFolderException(String message, Throwable cause) {
    super(message, cause);
    this.ofAnotherLedger = false;
  }

  /** Whether the keys are good, but not those of this ledger. */
  public boolean isOfAnotherLedger() {
    return ofAnotherLedger;
  }
}
