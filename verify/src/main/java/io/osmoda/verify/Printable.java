package io.osmoda.verify;

/** Text of others as it may be shown on a terminal: on one line, and steering nothing. */
public final class Printable {
  private Printable() {}

  /** The text with {@code ·} for each character that would steer a terminal. */
  public static String of(String text) {
    StringBuilder shown = null;
    for (int i = 0; i < text.length(); i++) {
      if (steers(text.charAt(i))) {
        if (shown == null) {
          shown = new StringBuilder(text);
        }
        shown.setCharAt(i, '·');
      }
    }
    return shown == null ? text : shown.toString();
  }

  /** Control characters, line separators and those that turn the direction of writing. */
  public static boolean steers(char c) {
    return c < 0x20
        || (c >= 0x7f && c <= 0x9f)
        || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }
}
