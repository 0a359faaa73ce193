package io.osmoda.evidence;

/** A framework's file is none; the message says which, where and what is wrong. */
public final class BadFrameworkException extends Exception {
  private static final long serialVersionUID = 1L;

  BadFrameworkException(String message) {
    super(message);
  }

  BadFrameworkException(String message, Throwable cause) {
    super(message, cause);
  }
}
