package io.osmoda.agents;

/**
 * Walks JSON text in place. The grammar is RFC 8259's to the letter, so that what this calls JSON
 * every peer calls JSON; what the ledger's own strict form refuses beyond that (doubled names,
 * large integers, lone surrogates) passes here. Does not recurse: depth costs a bit, not a stack
 * frame.
 */
final class JsonScan {
  private JsonScan() {}

  /** The first offset from {@code at} that is no white space, or {@code end}. */
  static int space(byte[] b, int at, int end) {
    int i = at;
    while (i < end && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r')) {
      i++;
    }
    return i;
  }

  /**
   * Skips the value that starts at {@code at}.
   *
   * @return the offset behind it, or {@code -1 - position} of the byte that is wrong
   */
  static int value(byte[] b, int at, int end) {
    long[] objects = new long[1];
    int depth = 0;
    int i = at;
    while (true) {
      i = space(b, i, end);
      if (i == end) {
        return -1 - i;
      }
      boolean opened = false;
      byte c = b[i];
      if (c == '{' || c == '[') {
        if (depth >>> 6 == objects.length) {
          objects = java.util.Arrays.copyOf(objects, objects.length * 2);
        }
        boolean object = c == '{';
        if (object) {
          objects[depth >>> 6] |= 1L << depth;
        } else {
          objects[depth >>> 6] &= ~(1L << depth);
        }
        depth++;
        i = space(b, i + 1, end);
        if (i == end) {
          return -1 - i;
        }
        opened = b[i] != (object ? '}' : ']');
        if (!opened) {
          depth--;
          i++;
        } else if (object) {
          i = name(b, i, end);
          if (i < 0) {
            return i;
          }
        }
      } else {
        i = scalar(b, i, end);
        if (i < 0) {
          return i;
        }
      }
      while (!opened) {
        if (depth == 0) {
          return i;
        }
        i = space(b, i, end);
        if (i == end) {
          return -1 - i;
        }
        boolean object = (objects[(depth - 1) >>> 6] & 1L << (depth - 1)) != 0;
        if (b[i] == ',') {
          i++;
          if (object) {
            i = name(b, space(b, i, end), end);
            if (i < 0) {
              return i;
            }
          }
          opened = true;
        } else if (b[i] == (object ? '}' : ']')) {
          depth--;
          i++;
        } else {
          return -1 - i;
        }
      }
    }
  }

  /** Skips a member's name and the colon behind it. */
  private static int name(byte[] b, int at, int end) {
    if (at == end || b[at] != '"') {
      return -1 - at;
    }
    int i = string(b, at, end);
    if (i < 0) {
      return i;
    }
    i = space(b, i, end);
    return i < end && b[i] == ':' ? i + 1 : -1 - i;
  }

  private static int scalar(byte[] b, int at, int end) {
    return switch (b[at]) {
      case '"' -> string(b, at, end);
      case 't' -> word(b, at, end, "true");
      case 'f' -> word(b, at, end, "false");
      case 'n' -> word(b, at, end, "null");
      default -> number(b, at, end);
    };
  }

  private static int word(byte[] b, int at, int end, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= end || b[at + i] != word.charAt(i)) {
        return -1 - at;
      }
    }
    return at + word.length();
  }

  /** Skips the string whose opening quote is at {@code at}. */
  static int string(byte[] b, int at, int end) {
    int i = at + 1;
    while (i < end) {
      byte c = b[i];
      if (c == '"') {
        return i + 1;
      }
      if (c == '\\') {
        if (i + 1 >= end) {
          return -1 - end;
        }
        switch (b[i + 1]) {
          case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> i += 2;
          case 'u' -> {
            if (i + 6 > end || hex(b, i + 2) < 0) {
              return -1 - i;
            }
            i += 6;
          }
          default -> {
            return -1 - i;
          }
        }
      } else if (c >= 0 && c < 0x20) {
        return -1 - i;
      } else {
        i++;
      }
    }
    return -1 - end;
  }

  /** The value of four hex digits, or -1. */
  static int hex(byte[] b, int at) {
    int value = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = Character.digit(b[i], 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static int number(byte[] b, int at, int end) {
    int i = at;
    if (b[i] == '-') {
      i++;
    }
    if (i < end && b[i] == '0') {
      i++;
    } else {
      int digits = digits(b, i, end);
      if (digits == i) {
        return -1 - i;
      }
      i = digits;
    }
    if (i < end && b[i] == '.') {
      int digits = digits(b, i + 1, end);
      if (digits == i + 1) {
        return -1 - digits;
      }
      i = digits;
    }
    if (i < end && (b[i] == 'e' || b[i] == 'E')) {
      i++;
      if (i < end && (b[i] == '+' || b[i] == '-')) {
        i++;
      }
      int digits = digits(b, i, end);
      if (digits == i) {
        return -1 - i;
      }
      i = digits;
    }
    return i;
  }

  private static int digits(byte[] b, int at, int end) {
    int i = at;
    while (i < end && b[i] >= '0' && b[i] <= '9') {
      i++;
    }
    return i;
  }
}
