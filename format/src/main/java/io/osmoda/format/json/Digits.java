package io.osmoda.format.json;

/** Numbers and hashes as text, in the one spelling that the format allows. */
public final class Digits {
  private Digits() {}

  /** Whether the text is exactly so many lower-case hex digits. */
  public static boolean isHex(String text, int digits) {
    if (text.length() != digits) {
      return false;
    }
    for (int i = 0; i < digits; i++) {
      char c = text.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  /** Decimal without leading zeros, at most 16 digits. */
  public static boolean isDecimal(String text) {
    if (text.isEmpty() || text.length() > 16 || (text.length() > 1 && text.charAt(0) == '0')) {
      return false;
    }
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
