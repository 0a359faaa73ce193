package io.osmoda.ledger;

import java.io.IOException;

/** A ledger that cannot do what it was asked; the message says what, where and what to do. */
public abstract sealed class LedgerException extends IOException
    permits LedgerNotFoundException,
        LedgerExistsException,
        LedgerLockedException,
        LedgerDamagedException,
        LedgerStoppedException,
        LedgerReadOnlyException,
        UnknownFormatException,
        KeyFolderException {
  private static final long serialVersionUID = 1L;

  LedgerException(String message) {
    super(message);
  }

  LedgerException(String message, Throwable cause) {
    super(message, cause);
  }
}
