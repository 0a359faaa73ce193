package io.osmoda.format.json;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes values in canonical form. Reusable, not thread-safe. */
final class CanonicalWriter {
  private static final int INITIAL = 512;

  /** Scratch that is larger than this is let go after use. */
  private static final int KEEP = 1 << 16;

  /** A UTF-16 code unit takes at most six bytes: as {@code \}{@code u001f}. */
  private static final int BYTES_PER_CHAR = 6;

  private byte[] out = new byte[INITIAL];
  private int size;

  CanonicalWriter() {}

  /** The canonical form, in an array of its own. */
  byte[] write(JsonValue value, int depthLimit) throws JsonException {
    size = 0;
    try {
      write(value, 0, depthLimit);
      return Arrays.copyOf(out, size);
    } finally {
      if (out.length > KEEP) {
        out = new byte[INITIAL];
      }
    }
  }

  private void write(JsonValue value, int depth, int depthLimit) throws JsonException {
    switch (value) {
      case JsonObject object -> object(object.members(), enter(depth, depthLimit), depthLimit);
      case JsonArray array -> array(array.elements(), enter(depth, depthLimit), depthLimit);
      case JsonString string -> string(string.value());
      case JsonNumber number -> {
        reserve(JsonNumbers.MAX_LENGTH);
        size = JsonNumbers.write(number.value(), out, size);
      }
      case JsonBoolean bool -> word(bool == JsonBoolean.TRUE ? "true" : "false");
      case JsonNull nothing -> word("null");
    }
  }

  private int enter(int depth, int depthLimit) throws JsonException {
    if (depth == depthLimit) {
      throw new JsonException(size, "nested deeper than " + depthLimit + " levels");
    }
    return depth + 1;
  }

  private void object(Map<String, JsonValue> members, int depth, int depthLimit)
      throws JsonException {
    put('{');
    String[] names = members.keySet().toArray(String[]::new);
    Arrays.sort(names); // String's order is that of UTF-16 code units
    for (int i = 0; i < names.length; i++) {
      if (i > 0) {
        put(',');
      }
      string(names[i]);
      put(':');
      JsonValue value = members.get(names[i]);
      if (value == null) {
        throw new IllegalArgumentException("member without a value: " + names[i]);
      }
      write(value, depth, depthLimit);
    }
    put('}');
  }

  private void array(List<JsonValue> elements, int depth, int depthLimit) throws JsonException {
    put('[');
    for (int i = 0; i < elements.size(); i++) {
      if (i > 0) {
        put(',');
      }
      write(elements.get(i), depth, depthLimit);
    }
    put(']');
  }

  private void string(String text) throws JsonException {
    int length = text.length();
    reserve((long) BYTES_PER_CHAR * length + 2);
    byte[] target = out;
    int to = size;
    target[to++] = '"';
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x80 && c != '"' && c != '\\') {
        target[to++] = (byte) c;
      } else if (c < 0x80) {
        to += JsonCanonicalizer.escapeOf(c, target, to);
      } else if (!Character.isSurrogate(c)) {
        to = JsonCanonicalizer.writeUtf8(c, target, to);
      } else {
        char low = i + 1 < length ? text.charAt(i + 1) : 0;
        if (Character.isLowSurrogate(c) || !Character.isLowSurrogate(low)) {
          throw new JsonException(to, "lone surrogate U+%04X".formatted((int) c));
        }
        i++;
        to = JsonCanonicalizer.writeUtf8(Character.toCodePoint(c, low), target, to);
      }
    }
    target[to++] = '"';
    size = to;
  }

  private void word(String word) throws JsonException {
    reserve(word.length());
    for (int i = 0; i < word.length(); i++) {
      out[size++] = (byte) word.charAt(i);
    }
  }

  private void put(char c) throws JsonException {
    reserve(1);
    out[size++] = (byte) c;
  }

  private void reserve(long bytes) throws JsonException {
    long needed = size + bytes;
    if (needed > out.length) {
      if (needed > Integer.MAX_VALUE - 16) {
        throw new JsonException(size, "canonical form longer than 2 GiB");
      }
      long larger = Math.max(needed, Math.min(2L * out.length, Integer.MAX_VALUE - 16));
      out = Arrays.copyOf(out, (int) larger);
    }
  }
}
