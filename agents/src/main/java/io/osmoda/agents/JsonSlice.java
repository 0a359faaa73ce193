package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One JSON value where it lies in a frame, checked by {@link JsonScan} but not copied. Immutable as
 * long as nobody writes to the frame.
 */
final class JsonSlice {
  private final byte[] bytes;
  private final int start;
  private final int end;

  private JsonSlice(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** A member of an object: its decoded name and its value. */
  record Member(String name, JsonSlice value) {}

  /**
   * The one value that fills [from, to) but for white space.
   *
   * @return null if there is none, or something else stands there
   */
  static @Nullable JsonSlice of(byte[] bytes, int from, int to) {
    int start = JsonScan.space(bytes, from, to);
    int end = start == to ? -1 : JsonScan.value(bytes, start, to);
    return end < 0 || JsonScan.space(bytes, end, to) != to
        ? null
        : new JsonSlice(bytes, start, end);
  }

  byte[] bytes() {
    return bytes;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  int length() {
    return end - start;
  }

  boolean isObject() {
    return bytes[start] == '{';
  }

  boolean isArray() {
    return bytes[start] == '[';
  }

  boolean isString() {
    return bytes[start] == '"';
  }

  boolean isNumber() {
    return bytes[start] == '-' || (bytes[start] >= '0' && bytes[start] <= '9');
  }

  boolean isNull() {
    return bytes[start] == 'n';
  }

  boolean isTrue() {
    return bytes[start] == 't';
  }

  /** The JSON text itself; malformed UTF-8 becomes U+FFFD. */
  String raw() {
    return new String(bytes, start, length(), UTF_8);
  }

  /** The decoded text of a string, null for any other value. */
  @Nullable String text() {
    return isString() ? decode(bytes, start + 1, end - 1) : null;
  }

  /** The members of an object in order, with names that stand twice; none for other values. */
  List<Member> members() {
    List<Member> members = new ArrayList<>();
    if (!isObject()) {
      return members;
    }
    int i = JsonScan.space(bytes, start + 1, end);
    while (bytes[i] != '}') {
      int nameEnd = JsonScan.string(bytes, i, end);
      String name = decode(bytes, i + 1, nameEnd - 1);
      int colon = JsonScan.space(bytes, nameEnd, end);
      int value = JsonScan.space(bytes, colon + 1, end);
      int valueEnd = JsonScan.value(bytes, value, end);
      members.add(new Member(name, new JsonSlice(bytes, value, valueEnd)));
      i = JsonScan.space(bytes, valueEnd, end);
      if (bytes[i] == ',') {
        i = JsonScan.space(bytes, i + 1, end);
      }
    }
    return members;
  }

  /** The elements of an array; none for other values. */
  List<JsonSlice> elements() {
    List<JsonSlice> elements = new ArrayList<>();
    if (!isArray()) {
      return elements;
    }
    int i = JsonScan.space(bytes, start + 1, end);
    while (bytes[i] != ']') {
      int valueEnd = JsonScan.value(bytes, i, end);
      elements.add(new JsonSlice(bytes, i, valueEnd));
      i = JsonScan.space(bytes, valueEnd, end);
      if (bytes[i] == ',') {
        i = JsonScan.space(bytes, i + 1, end);
      }
    }
    return elements;
  }

  /** The member of that name, the last where it stands twice (as most parsers have it). */
  @Nullable JsonSlice get(String name) {
    JsonSlice found = null;
    for (Member member : members()) {
      if (member.name().equals(name)) {
        found = member.value();
      }
    }
    return found;
  }

  /** The text of the string member of that name, else null. */
  @Nullable String text(String name) {
    JsonSlice value = get(name);
    return value == null ? null : value.text();
  }

  private static String decode(byte[] b, int from, int to) {
    int i = from;
    while (i < to && b[i] != '\\') {
      i++;
    }
    if (i == to) {
      return new String(b, from, to - from, UTF_8);
    }
    StringBuilder text = new StringBuilder(to - from);
    int plain = from;
    while (i < to) {
      if (b[i] != '\\') {
        i++;
        continue;
      }
      text.append(new String(b, plain, i - plain, UTF_8));
      if (b[i + 1] == 'u') {
        text.append((char) JsonScan.hex(b, i + 2));
        i += 6;
      } else {
        text.append(
            switch (b[i + 1]) {
              case 'b' -> '\b';
              case 'f' -> '\f';
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> (char) b[i + 1];
            });
        i += 2;
      }
      plain = i;
    }
    return text.append(new String(b, plain, to - plain, UTF_8)).toString();
  }
}
