package io.osmoda.ledger;

/** There is no ledger at the path. */
public final class LedgerNotFoundException extends LedgerException {
  private static final long serialVersionUID = 1L;

  LedgerNotFoundException(String message) {
    super(message);
  }

  LedgerNotFoundException(String message, Throwable cause) {
    super(message, cause);
  }
}
