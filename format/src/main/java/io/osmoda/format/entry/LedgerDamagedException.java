package io.osmoda.format.entry;

/** The ledger's bytes do not hold what was sealed; it refuses to open for writing. */
public final class LedgerDamagedException extends LedgerException {
  private static final long serialVersionUID = 1L;

  public LedgerDamagedException(String message) {
    super(message);
  }

  public LedgerDamagedException(String message, Throwable cause) {
    super(message, cause);
  }
}
