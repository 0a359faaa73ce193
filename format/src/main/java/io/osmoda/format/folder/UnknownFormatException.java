package io.osmoda.format.folder;

import io.osmoda.format.entry.LedgerException;

/** The ledger has a format that this software does not know: unverifiable. */
public final class UnknownFormatException extends LedgerException {
  private static final long serialVersionUID = 1L;

  public UnknownFormatException(String message) {
    super(message);
  }

  public UnknownFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
