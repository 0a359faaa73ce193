package io.osmoda.ledger;

/** The ledger's bytes do not hold what was sealed; it refuses to open for writing. */
public final class LedgerDamagedException extends LedgerException {
  private static final long serialVersionUID = 1L;

  LedgerDamagedException(String message) {
    super(message);
  }

  LedgerDamagedException(String message, Throwable cause) {
    super(message, cause);
  }
}
