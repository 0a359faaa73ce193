package io.osmoda.ledger;

import io.osmoda.format.entry.LedgerException;

/** The key folder is missing, unreadable, or its permissions are too open. */
public final class KeyFolderException extends LedgerException {
  private static final long serialVersionUID = 1L;

  KeyFolderException(String message) {
    super(message);
  }

  KeyFolderException(String message, Throwable cause) {
    super(message, cause);
  }
}
