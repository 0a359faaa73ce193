package io.osmoda.format.json;

/** Input that is not JSON as the ledger format accepts it (section 1), with where and why. */
public final class JsonException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int position;
  private final String reason;

  JsonException(int position, String reason) {
    super("at byte " + position + ": " + reason);
    this.position = position;
    this.reason = reason;
  }

  /** Offset in bytes from the start of the input, 0-based. */
  public int position() {
    return position;
  }

  /** What is wrong there, without the position. */
  public String reason() {
    return reason;
  }
}
