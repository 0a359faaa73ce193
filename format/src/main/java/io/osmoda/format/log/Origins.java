package io.osmoda.format.log;

/** Names of logs (section 3). */
public final class Origins {
  /** Longest origin, characters. */
  public static final int MAX_LENGTH = 255;

  private Origins() {}

  /** {@code [a-z0-9][a-z0-9._/:-]{0,254}} (section 3). */
  public static boolean isOrigin(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!alphanumeric && (i == 0 || "._/:-".indexOf(c) < 0)) {
        return false;
      }
    }
    return true;
  }
}
