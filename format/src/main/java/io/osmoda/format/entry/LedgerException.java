package io.osmoda.format.entry;

import java.io.IOException;

/** A ledger that cannot do what it was asked; the message says what, where and what to do. */
public abstract class LedgerException extends IOException {
  private static final long serialVersionUID = 1L;

  protected LedgerException(String message) {
    super(message);
  }

  protected LedgerException(String message, Throwable cause) {
    super(message, cause);
  }
}
