package io.osmoda.format.log;

/** Bytes that are no proof of the kind expected; the message says why. */
public final class BadProofException extends Exception {
  private static final long serialVersionUID = 1L;

  BadProofException(String message) {
    super(message);
  }
}
