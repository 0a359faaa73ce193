package io.osmoda.format.log;

/** A file that is no trust policy; the message names the line and what is wrong with it. */
public final class BadPolicyException extends Exception {
  private static final long serialVersionUID = 1L;

  BadPolicyException(int line, String message) {
    super("line " + line + ": " + message);
  }

  BadPolicyException(String message) {
    super(message);
  }
}
