package io.osmoda.ledger;

/** A text that is no verifier key, or one of a kind that is not known; the message says why. */
final class BadKeyException extends Exception {
  private static final long serialVersionUID = 1L;

  BadKeyException(String message) {
    super(message);
  }
}
