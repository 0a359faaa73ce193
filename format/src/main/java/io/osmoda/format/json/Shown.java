package io.osmoda.format.json;

/** Text of others as messages repeat it. */
public final class Shown {
  /** Characters of a refused text that a message repeats. */
  private static final int MAX_SHOWN = 80;

  private Shown() {}

  /**
   * The text for a message: in quotes, cut to a readable length, with control characters and lone
   * surrogates spelled out, so that the message can go to a terminal, a log and into JSON.
   */
  public static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    int shown = 0;
    for (int i = 0; i < text.length(); shown++) {
      if (shown == MAX_SHOWN) {
        return quoted.append("…\"").toString();
      }
      int point = text.codePointAt(i);
      if (Character.isISOControl(point) || (point >= 0xd800 && point <= 0xdfff)) {
        quoted.append("\\u%04x".formatted(point));
      } else {
        quoted.appendCodePoint(point);
      }
      i += Character.charCount(point);
    }
    return quoted.append('"').toString();
  }
}
