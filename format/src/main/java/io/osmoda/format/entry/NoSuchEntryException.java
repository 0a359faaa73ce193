package io.osmoda.format.entry;

/** An entry, a session or a trace was asked for that the ledger does not have, or not yet. */
public final class NoSuchEntryException extends RequestRefusedException {
  private static final long serialVersionUID = 1L;

  public NoSuchEntryException(String message) {
    super(message);
  }
}
