package io.osmoda.format.log;

/** Bytes that are no signed note, or a note that is no checkpoint; the message says why. */
public final class BadNoteException extends Exception {
  private static final long serialVersionUID = 1L;

  public BadNoteException(String message) {
    super(message);
  }
}
