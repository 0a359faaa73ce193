package io.osmoda.ledger;

/** The ledger has a format that this software does not know: unverifiable. */
public final class UnknownFormatException extends LedgerException {
  private static final long serialVersionUID = 1L;

  UnknownFormatException(String message) {
    super(message);
  }

  UnknownFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
