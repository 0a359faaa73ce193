package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Numbers in canonical form: ECMAScript's Number::toString, as RFC 8785 section 3.2.2.3 has it. All
 * methods are static, stateless and thread-safe.
 */
final class JsonNumbers {
  /** The longest form is a sign, {@code 0.00000} and 17 digits. */
  static final int MAX_LENGTH = 25;

  /**
   * Decimals of up to this many significant digits and of normal doubles map to different doubles.
   * So a decimal that short is the shortest one of its double, and the only one of its length.
   */
  static final int EXACT_DIGITS = 15;

  private static final long EXACT_LIMIT = 1_000_000_000_000_000L;

  /** Fraction digits that are tried before the general algorithm: durations, rates, prices. */
  private static final int SHORT_FRACTION = 6;

  /** The powers of ten that a double holds exactly. */
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private JsonNumbers() {}

  /**
   * Writes a finite double.
   *
   * @param target has room for {@link #MAX_LENGTH} bytes from {@code at}
   * @return the position after the last byte written
   */
  static int write(double value, byte[] target, int at) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no " + value);
    }
    if (value == 0) {
      target[at] = '0'; // also for -0
      return at + 1;
    }
    boolean negative = value < 0;
    double magnitude = Math.abs(value);
    if (magnitude <= JsonNumber.MAX_SAFE_INTEGER) {
      long integer = (long) magnitude;
      if (integer == magnitude) {
        int digits = countDigits(integer);
        return layOut(negative, integer, digits, digits, target, at);
      }
      for (int fraction = 1; fraction <= SHORT_FRACTION; fraction++) {
        double scaled = Math.rint(magnitude * POWERS[fraction]);
        if (scaled >= EXACT_LIMIT) {
          break;
        }
        // The quotient of two exact doubles is rounded as the decimal itself would be.
        if (scaled != 0 && scaled / POWERS[fraction] == magnitude) {
          int digits = countDigits((long) scaled);
          return layOut(negative, (long) scaled, digits, digits - fraction, target, at);
        }
      }
    }
    return writeShortest(negative, magnitude, target, at);
  }

  /**
   * Java finds the same digits as ECMAScript, but lays them out in another way, and always wants
   * two of them: where one is enough, which happens only among the smallest subnormals, the two it
   * picks may be others (4.9E-324 for 5e-324).
   */
  private static int writeShortest(boolean negative, double magnitude, byte[] target, int at) {
    if (magnitude <= 20 * Double.MIN_VALUE) {
      long units = Double.doubleToRawLongBits(magnitude);
      int digit =
          switch ((int) units) {
            case 1 -> 5;
            case 2 -> 1;
            case 10 -> 5;
            case 12 -> 6;
            case 14 -> 7;
            case 16 -> 8;
            case 18 -> 9;
            case 20 -> 1;
            default -> 0;
          };
      if (digit != 0) {
        int point = units == 1 ? -323 : units == 20 ? -321 : -322;
        return layOut(negative, digit, 1, point, target, at);
      }
    }
    String text = Double.toString(magnitude);
    long digits = 0;
    int exponent = 0;
    boolean afterPoint = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        afterPoint = true;
      } else if (c == 'E') {
        exponent += Integer.parseInt(text, i + 1, text.length(), 10);
        break;
      } else {
        digits = digits * 10 + (c - '0');
        exponent -= afterPoint ? 1 : 0;
      }
    }
    return writeDecimal(negative, digits, exponent, target, at);
  }

  /**
   * Lays out {@code digits * 10^exponent}, where the digits but for trailing zeros are the shortest
   * of their double. {@code digits} is positive and below 10^18.
   */
  static int writeDecimal(boolean negative, long digits, int exponent, byte[] target, int at) {
    long significant = digits;
    int scale = exponent;
    for (long next = significant / 10; next * 10 == significant; next = significant / 10) {
      significant = next;
      scale++;
    }
    int count = countDigits(significant);
    return layOut(negative, significant, count, count + scale, target, at);
  }

  /**
   * The layout of ECMAScript: {@code count} digits, the decimal point standing {@code point} places
   * after the first digit's left side.
   */
  private static int layOut(
      boolean negative, long digits, int count, int point, byte[] target, int at) {
    int to = at;
    if (negative) {
      target[to++] = '-';
    }
    if (count <= point && point <= 21) {
      to = writeDigits(digits, count, target, to);
      for (int i = count; i < point; i++) {
        target[to++] = '0';
      }
      return to;
    }
    if (0 < point && point <= 21) {
      writeDigits(digits, count, target, to + 1);
      System.arraycopy(target, to + 1, target, to, point);
      target[to + point] = '.';
      return to + 1 + count;
    }
    if (-6 < point && point <= 0) {
      target[to++] = '0';
      target[to++] = '.';
      for (int i = point; i < 0; i++) {
        target[to++] = '0';
      }
      return writeDigits(digits, count, target, to);
    }
    if (count == 1) {
      target[to++] = (byte) ('0' + digits);
    } else {
      writeDigits(digits, count, target, to + 1);
      target[to] = target[to + 1];
      target[to + 1] = '.';
      to += 1 + count;
    }
    int exponent = point - 1;
    target[to++] = 'e';
    target[to++] = (byte) (exponent < 0 ? '-' : '+');
    exponent = Math.abs(exponent);
    return writeDigits(exponent, countDigits(exponent), target, to);
  }

  private static int writeDigits(long digits, int count, byte[] target, int at) {
    long rest = digits;
    for (int i = at + count - 1; i >= at; i--) {
      long next = rest / 10;
      target[i] = (byte) ('0' + (rest - next * 10));
      rest = next;
    }
    return at + count;
  }

  private static int countDigits(long value) {
    int count = 1;
    for (long limit = 10; count < 18 && value >= limit; limit *= 10) {
      count++;
    }
    return count;
  }

  /** The double that the number in {@code text[start, end)}, which is in JSON's grammar, names. */
  static double read(byte[] text, int start, int end) {
    int at = start;
    boolean negative = text[at] == '-';
    if (negative) {
      at++;
    }
    long digits = 0;
    int scale = 0;
    boolean afterPoint = false;
    boolean simple = end - at <= EXACT_DIGITS + 1;
    for (; simple && at < end; at++) {
      byte b = text[at];
      if (b == '.') {
        afterPoint = true;
      } else if (b >= '0' && b <= '9') {
        digits = digits * 10 + (b - '0');
        scale += afterPoint ? 1 : 0;
      } else {
        simple = false;
      }
    }
    if (simple && digits < EXACT_LIMIT) {
      double magnitude = digits / POWERS[scale];
      return negative && digits != 0 ? -magnitude : magnitude;
    }
    return parse(text, start, end);
  }

  /** As {@link #read}, without a short way; may be infinite, or zero where the text is not. */
  static double parse(byte[] text, int start, int end) {
    return Double.parseDouble(new String(text, start, end - start, ISO_8859_1));
  }
}
