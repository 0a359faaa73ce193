package io.osmoda.format.log;

/** A text that is no verifier key, or one of a kind that is not known; the message says why. */
public final class BadKeyException extends Exception {
  private static final long serialVersionUID = 1L;

  BadKeyException(String message) {
    super(message);
  }
}
