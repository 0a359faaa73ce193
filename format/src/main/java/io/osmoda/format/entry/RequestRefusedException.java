package io.osmoda.format.entry;

/**
 * What a caller asked for cannot be done as asked: it is malformed, contradicts itself, or the
 * ledger does not allow it. The message says what is wrong and is for the caller to read. A fault
 * of our own is any other unchecked exception, an {@link IllegalArgumentException} among them.
 */
public class RequestRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RequestRefusedException(String message) {
    super(message);
  }

  public RequestRefusedException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What is wrong, for the caller. */
  public final String told() {
    return String.valueOf(getMessage());
  }
}
