package io.osmoda.ledger;

import io.osmoda.format.log.HexBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Grows the bytes of a line; strings are written as canonical JSON. Not thread-safe. */
final class LineBuilder {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes;
  private int size;

  LineBuilder(int capacity) {
    bytes = new byte[capacity];
  }

  int size() {
    return size;
  }

  /** The bytes, {@link #size} of them, and room behind; the builder is done with. */
  byte[] array() {
    return bytes;
  }

  private void reserve(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }

  LineBuilder ascii(String text) {
    reserve(text.length());
    copy(text, text.length());
    return this;
  }

  /** Copies the first characters, which are ASCII; there is room. */
  // Made for just this: it copies the low bytes, with no array in between.
  @SuppressWarnings("deprecation")
  private void copy(String text, int length) {
    text.getBytes(0, length, bytes, size);
    size += length;
  }

  LineBuilder raw(byte[] source) {
    reserve(source.length);
    System.arraycopy(source, 0, bytes, size, source.length);
    size += source.length;
    return this;
  }

  /** Leaves room for bytes that are filled in later; returns where it starts. */
  int gap(int length) {
    reserve(length);
    size += length;
    return size - length;
  }

  LineBuilder hex(byte[] source, int from, int length) {
    reserve(2 * length);
    HexBytes.encode(source, from, length, bytes, size);
    size += 2 * length;
    return this;
  }

  /** A JSON string with its quotes. The text was checked: no lone surrogates. */
  LineBuilder string(String text) {
    int plain = plainLength(text);
    reserve(text.length() + 2);
    bytes[size++] = '"';
    copy(text, plain);
    for (int i = plain; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPlain(c)) {
        reserve(2);
        bytes[size++] = (byte) c;
      } else if (c < 0x80) {
        escape(c);
      } else {
        int end = i + 1;
        while (end < text.length() && text.charAt(end) >= 0x80) {
          end++;
        }
        raw(text.substring(i, end).getBytes(StandardCharsets.UTF_8));
        i = end - 1;
      }
    }
    reserve(1);
    bytes[size++] = '"';
    return this;
  }

  /** How many characters at the start stand in a JSON string as they are. */
  private static int plainLength(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      if (!isPlain(text.charAt(i))) {
        return i;
      }
    }
    return length;
  }

  private static boolean isPlain(char c) {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
  }

  private void escape(char c) {
    switch (c) {
      case '"' -> ascii("\\\"");
      case '\\' -> ascii("\\\\");
      case '\b' -> ascii("\\b");
      case '\t' -> ascii("\\t");
      case '\n' -> ascii("\\n");
      case '\f' -> ascii("\\f");
      case '\r' -> ascii("\\r");
      default -> {
        ascii("\\u00");
        reserve(2);
        bytes[size++] = HEX[c >> 4];
        bytes[size++] = HEX[c & 0xf];
      }
    }
  }
}
