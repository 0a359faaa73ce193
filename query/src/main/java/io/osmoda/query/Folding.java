package io.osmoda.query;

import java.text.Normalizer;
import java.util.Locale;

/**
 * Text as it is compared by words and by {@code ~}: as people read it, whatever case, width or
 * order of combining marks it was written with. The index and a scan both go by this.
 */
final class Folding {
  private Folding() {}

  /**
   * The text in compatibility form (NFKC) and in one case, by full folding: {@code STRASSE} is
   * {@code straße}, a final sigma a sigma, a full-width letter a letter. Characters that only steer
   * how text is shown are left out.
   */
  static String fold(String text) {
    if (isAscii(text)) {
      return text.toLowerCase(Locale.ROOT);
    }
    String apart = Normalizer.normalize(text, Normalizer.Form.NFKD);
    // Down, up by the full mapping, and down again each by itself: a sigma knows no end of a word.
    return Normalizer.normalize(
        eachLower(eachLower(apart).toUpperCase(Locale.ROOT)), Normalizer.Form.NFKC);
  }

  private static String eachLower(String text) {
    StringBuilder lower = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (!isIgnored(point)) {
        lower.appendCodePoint(Character.toLowerCase(point));
      }
    }
    return lower.toString();
  }

  /** Soft hyphens, joiners, marks of direction, variation selectors. */
  private static boolean isIgnored(int point) {
    return Character.getType(point) == Character.FORMAT
        || (point >= 0xfe00 && point <= 0xfe0f)
        || (point >= 0xe0100 && point <= 0xe01ef)
        || point == 0x034f;
  }

  static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 128) {
        return false;
      }
    }
    return true;
  }

  /** Whether a character is a letter or digit, or a mark that belongs to the one before it. */
  static boolean isInWord(int point, boolean goesOn) {
    return Character.isLetterOrDigit(point) || (goesOn && isMark(point));
  }

  static boolean isMark(int point) {
    int type = Character.getType(point);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }
}
