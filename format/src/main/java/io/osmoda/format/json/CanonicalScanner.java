package io.osmoda.format.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Checks in place that bytes are JSON in the canonical form of RFC 8785, as the ledger format
 * accepts it (section 1): valid UTF-8, keys in the order of their UTF-16 code units and so without
 * duplicates, the one spelling of each string and number, nesting of at most {@link
 * CanonicalJson#MAX_DEPTH}. It accepts exactly the bytes that {@link CanonicalJson#canonicalize}
 * gives back unchanged, but builds nothing. Reusable, not thread-safe.
 *
 * <p>A refusal names the first place that is not canonical; whether the bytes are JSON in another
 * spelling or no JSON at all is for {@link CanonicalJson#parse} to say.
 */
public final class CanonicalScanner {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long TOP_BITS = 0x8080808080808080L;
  private static final long SPACES = 0x20 * ONES;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;

  /** Zeros after the point, past which RFC 8785 writes an exponent. */
  private static final int MAX_LEADING_ZEROS = 5;

  private final int[] keyStart = new int[CanonicalJson.MAX_DEPTH];
  private final int[] keyEnd = new int[CanonicalJson.MAX_DEPTH];
  private final byte[] number = new byte[JsonNumbers.MAX_LENGTH];
  private int position;
  private String reason = "";

  /** Whether {@code length} bytes from {@code offset} are one value in canonical form. */
  public boolean accepts(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int after = value(bytes, offset, end);
    if (after >= 0 && after < end) {
      refuse(after, "there is more after the value");
      return false;
    }
    return after == end;
  }

  /** Where the last refusal was, as an index into the array. */
  public int position() {
    return position;
  }

  /** What the last refusal was about. */
  public String reason() {
    return reason;
  }

  /**
   * Scans the value that begins at {@code at}.
   *
   * @return the index after it, or -1 if it is refused
   */
  public int value(byte[] bytes, int at, int end) {
    int depth = 0;
    long objects = 0; // bit d - 1 tells that level d is an object
    int i = at;
    while (true) {
      if (i >= end) {
        return refuse(i, "a value is missing");
      }
      switch (bytes[i]) {
        case '"' -> i = string(bytes, i + 1, end);
        case '{' -> {
          if (depth == CanonicalJson.MAX_DEPTH) {
            return refuse(i, "nesting deeper than " + CanonicalJson.MAX_DEPTH);
          }
          if (i + 1 < end && bytes[i + 1] == '}') {
            i += 2;
          } else {
            objects |= 1L << depth;
            keyStart[depth] = -1;
            i = key(bytes, i + 1, end, depth++);
            if (i < 0) {
              return i;
            }
            continue;
          }
        }
        case '[' -> {
          if (depth == CanonicalJson.MAX_DEPTH) {
            return refuse(i, "nesting deeper than " + CanonicalJson.MAX_DEPTH);
          }
          if (i + 1 < end && bytes[i + 1] == ']') {
            i += 2;
          } else {
            objects &= ~(1L << depth++);
            i++;
            continue;
          }
        }
        case 't' -> i = word(bytes, i, end, "true");
        case 'f' -> i = word(bytes, i, end, "false");
        case 'n' -> i = word(bytes, i, end, "null");
        default -> i = number(bytes, i, end);
      }
      if (i < 0) {
        return i;
      }
      // A value has ended before i: close what ends with it, up to the next comma.
      while (true) {
        if (depth == 0) {
          return i;
        }
        boolean inObject = (objects >>> (depth - 1) & 1) != 0;
        if (i >= end) {
          return refuse(i, inObject ? "an object is not closed" : "an array is not closed");
        }
        if (bytes[i] == ',') {
          if (inObject) {
            i = key(bytes, i + 1, end, depth - 1);
            if (i < 0) {
              return i;
            }
          } else {
            i++;
          }
          break;
        }
        if (bytes[i] != (inObject ? '}' : ']')) {
          return refuse(i, inObject ? "expected , or } here" : "expected , or ] here");
        }
        depth--;
        i++;
      }
    }
  }

  /**
   * Scans a string after its opening quote.
   *
   * @return the index after the closing quote, or -1 if it is refused
   */
  int string(byte[] bytes, int at, int end) {
    int i = at;
    while (true) {
      while (i <= bytes.length - Long.BYTES) {
        long word = (long) LONGS.get(bytes, i);
        long quote = word ^ QUOTES;
        long backslash = word ^ BACKSLASHES;
        // Top bits mark the bytes below 0x20, quotes, backslashes and non-ASCII; a borrow can only
        // spoil bytes above the first that is marked.
        long marks =
            (((word - SPACES) & ~word)
                    | ((quote - ONES) & ~quote)
                    | ((backslash - ONES) & ~backslash)
                    | word)
                & TOP_BITS;
        if (marks != 0) {
          i += Long.numberOfTrailingZeros(marks) >>> 3;
          break;
        }
        i += Long.BYTES;
      }
      if (i >= end) {
        return refuse(end, "a string is not closed");
      }
      int c = bytes[i];
      if (c == '"') {
        return i + 1;
      } else if (c == '\\') {
        i = escape(bytes, i, end);
      } else if (c < 0) {
        i = character(bytes, i, end);
      } else if (c < 0x20) {
        return refuse(i, "a control character stands unescaped in a string");
      } else {
        i++; // the last few bytes of the array
      }
      if (i < 0) {
        return i;
      }
    }
  }

  /**
   * Scans the text of an entry's member after its opening quote: a string of 1…max bytes of UTF-8,
   * counted without escapes, and with control characters only where they are allowed.
   *
   * @return the index after the closing quote, or -1 if it is refused
   */
  public int text(byte[] bytes, int at, int end, int max, boolean controlsAllowed) {
    int i = at;
    int escapes = 0; // bytes by which the spelling is longer than the text
    while (true) {
      if (i >= end) {
        return refuse(end, "a string is not closed");
      }
      int c = bytes[i];
      if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) {
        i++;
      } else if (c == '"') {
        break;
      } else if (c == '\\') {
        int after = escape(bytes, i, end);
        if (after < 0) {
          return after;
        }
        if (!controlsAllowed && bytes[i + 1] != '"' && bytes[i + 1] != '\\') {
          return refuse(i, "holds a control character");
        }
        escapes += after - i - 1;
        i = after;
      } else if (c < 0) {
        int after = character(bytes, i, end);
        if (after < 0) {
          return after;
        }
        if (!controlsAllowed && c == (byte) 0xc2 && (bytes[i + 1] & 0xff) < 0xa0) {
          return refuse(i, "holds a control character");
        }
        i = after;
      } else if (c == 0x7f && controlsAllowed) {
        i++;
      } else if (c == 0x7f) {
        return refuse(i, "holds a control character");
      } else {
        return refuse(i, "a control character stands unescaped in a string");
      }
    }
    int length = i - at - escapes;
    if (length == 0 || length > max) {
      return refuse(at, "must have 1 to " + max + " bytes, has " + length);
    }
    return i + 1;
  }

  private int key(byte[] bytes, int at, int end, int level) {
    if (at >= end || bytes[at] != '"') {
      return refuse(at, "expected a member's name here");
    }
    int after = string(bytes, at + 1, end);
    if (after < 0) {
      return after;
    }
    int before = keyStart[level];
    if (before >= 0) {
      int order = compareKeys(bytes, before, keyEnd[level], at + 1, after - 1);
      if (order >= 0) {
        return refuse(
            at, order == 0 ? "the member's name stands twice" : "the members are out of order");
      }
    }
    keyStart[level] = at + 1;
    keyEnd[level] = after - 1;
    if (after >= end || bytes[after] != ':') {
      return refuse(after, "expected : here");
    }
    return after + 1;
  }

  /** Compares two canonically spelled keys of one array by their UTF-16 code units. */
  private static int compareKeys(byte[] bytes, int a, int aEnd, int b, int bEnd) {
    int i = a;
    int j = b;
    while (i < aEnd && j < bEnd) {
      byte x = bytes[i];
      byte y = bytes[j];
      if (x != '\\' && x == y) {
        i++;
        j++;
        continue;
      }
      int left = x == '\\' ? unescape(bytes, i) : rank(x);
      int right = y == '\\' ? unescape(bytes, j) : rank(y);
      if (left != right) {
        return left - right;
      }
      i += x == '\\' ? escapeLength(bytes, i) : 1;
      j += y == '\\' ? escapeLength(bytes, j) : 1;
    }
    return Integer.compare(aEnd - i, bEnd - j);
  }

  /**
   * A byte of UTF-8 such that ranks order as UTF-16 does: there the characters past U+FFFF (lead
   * bytes F0…F4) are surrogates and come before U+E000…U+FFFF (lead bytes EE and EF).
   */
  private static int rank(byte unit) {
    int u = unit & 0xff;
    return u == 0xee || u == 0xef ? u + 0x10 : u;
  }

  private static int escapeLength(byte[] bytes, int at) {
    return bytes[at + 1] == 'u' ? 6 : 2;
  }

  private static int unescape(byte[] bytes, int at) {
    return switch (bytes[at + 1]) {
      case 'b' -> '\b';
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'f' -> '\f';
      case 'r' -> '\r';
      case 'u' -> Character.digit(bytes[at + 4], 16) << 4 | Character.digit(bytes[at + 5], 16);
      default -> bytes[at + 1]; // a quote or a backslash
    };
  }

  /** Scans an escape, which must be the shortest that there is for a character that needs one. */
  private int escape(byte[] bytes, int at, int end) {
    if (at + 1 >= end) {
      return refuse(at, "a string is not closed");
    }
    int kind = bytes[at + 1];
    if (kind == '"'
        || kind == '\\'
        || kind == 'b'
        || kind == 't'
        || kind == 'n'
        || kind == 'f'
        || kind == 'r') {
      return at + 2;
    }
    if (kind == 'u' && at + 6 <= end && bytes[at + 2] == '0' && bytes[at + 3] == '0') {
      int high = bytes[at + 4] - '0';
      int low = bytes[at + 5];
      boolean hex = (low >= '0' && low <= '9') || (low >= 'a' && low <= 'f');
      boolean shorter =
          high == 0 && (low == '8' || low == '9' || low == 'a' || low == 'c' || low == 'd');
      if ((high == 0 || high == 1) && hex && !shorter) {
        return at + 6;
      }
    }
    return refuse(at, "an escape that canonical form does not use");
  }

  /** Scans one character of two to four bytes. */
  private int character(byte[] bytes, int at, int end) {
    int lead = bytes[at] & 0xff;
    int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || at + length > end) {
      return refuse(at, "not UTF-8");
    }
    int second = bytes[at + 1] & 0xff;
    int lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) {
      return refuse(at, "not UTF-8");
    }
    for (int i = 2; i < length; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return refuse(at, "not UTF-8");
      }
    }
    return at + length;
  }

  private int word(byte[] bytes, int at, int end, String word) {
    int after = at + word.length();
    if (after > end) {
      return refuse(at, "no JSON value");
    }
    for (int i = 0; i < word.length(); i++) {
      if (bytes[at + i] != word.charAt(i)) {
        return refuse(at, "no JSON value");
      }
    }
    return after;
  }

  private int number(byte[] bytes, int at, int end) {
    boolean negative = bytes[at] == '-';
    int first = negative ? at + 1 : at;
    int i = digits(bytes, first, end);
    int whole = i - first;
    if (whole == 0) {
      return refuse(at, "no JSON value");
    }
    boolean zero = bytes[first] == '0';
    if (zero && whole > 1) {
      return refuse(at, "a number with a leading zero");
    }
    int next = i < end ? bytes[i] : 0;
    if (next != '.' && next != 'e' && next != 'E') {
      if (whole <= JsonNumbers.EXACT_DIGITS) {
        return negative && zero ? refuse(at, "a negative zero") : i;
      }
      return shortest(bytes, at, i);
    }
    if (next == '.') {
      int fraction = i + 1;
      i = digits(bytes, fraction, end);
      int decimals = i - fraction;
      if (decimals == 0) {
        return refuse(at, "a number without digits after its point");
      }
      next = i < end ? bytes[i] : 0;
      if (next != 'e' && next != 'E') {
        if (bytes[i - 1] == '0') {
          return refuse(at, "a number with a zero at its end");
        }
        if (!zero) {
          return whole + decimals <= JsonNumbers.EXACT_DIGITS ? i : shortest(bytes, at, i);
        }
        int leading = 0;
        while (bytes[fraction + leading] == '0') {
          leading++;
        }
        return leading <= MAX_LEADING_ZEROS && decimals - leading <= JsonNumbers.EXACT_DIGITS
            ? i
            : shortest(bytes, at, i);
      }
    }
    i++; // the e
    if (i < end && (bytes[i] == '+' || bytes[i] == '-')) {
      i++;
    }
    int exponent = i;
    i = digits(bytes, exponent, end);
    if (i == exponent) {
      return refuse(at, "a number without digits in its exponent");
    }
    return shortest(bytes, at, i);
  }

  private static int digits(byte[] bytes, int at, int end) {
    int i = at;
    while (i < end && bytes[i] >= '0' && bytes[i] <= '9') {
      i++;
    }
    return i;
  }

  /** The long way, for the few numbers that only conversion can judge. */
  private int shortest(byte[] bytes, int at, int end) {
    if (end - at > JsonNumbers.MAX_LENGTH) {
      return refuse(at, "a number with more digits than canonical form has");
    }
    double value = Double.parseDouble(new String(bytes, at, end - at, StandardCharsets.US_ASCII));
    if (!Double.isFinite(value)) {
      return refuse(at, "a number too large for a double");
    }
    int length = JsonNumbers.write(value, number, 0);
    return Arrays.equals(number, 0, length, bytes, at, end)
        ? end
        : refuse(at, "a number in another spelling than the canonical one");
  }

  private int refuse(int at, String why) {
    position = at;
    reason = why;
    return -1;
  }
}
