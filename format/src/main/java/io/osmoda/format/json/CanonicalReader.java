package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds values from text that is known to be canonical, and so checks nothing. */
final class CanonicalReader {
  private final byte[] text;
  private final int end;
  private final @Nullable String apart;
  private @Nullable CanonicalObject part;
  private int at;
  private int depth;

  /** Reads the one value in {@code text[0, end)}. */
  CanonicalReader(byte[] text, int end) {
    this(text, end, null);
  }

  /**
   * The same, but the outermost object's member of that name, if it is an object, is not built: an
   * empty one stands in its place, and its text is the {@link #part}.
   */
  CanonicalReader(byte[] text, int end, @Nullable String apart) {
    this.text = text;
    this.end = end;
    this.apart = apart;
  }

  /** What was kept apart; null where it was not there or is no object. */
  @Nullable CanonicalObject part() {
    return part;
  }

  JsonValue value() {
    return switch (text[at]) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> new JsonString(string());
      case 't' -> {
        at += 4;
        yield JsonBoolean.TRUE;
      }
      case 'f' -> {
        at += 5;
        yield JsonBoolean.FALSE;
      }
      case 'n' -> {
        at += 4;
        yield JsonNull.NULL;
      }
      default -> number();
    };
  }

  private JsonObject object() {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    depth++;
    do {
      at++;
      if (text[at] == '}') {
        break;
      }
      String name = string();
      at++;
      if (depth == 1 && text[at] == '{' && name.equals(apart)) {
        int start = at;
        skipObject();
        part = CanonicalObject.copyOf(text, start, at);
        members.put(name, JsonObject.EMPTY);
      } else {
        members.put(name, value());
      }
    } while (text[at] == ',');
    at++;
    depth--;
    return new JsonObject(members);
  }

  private void skipObject() {
    int open = 0;
    do {
      switch (text[at]) {
        case '{' -> open++;
        case '}' -> open--;
        case '"' -> skipString();
        default -> {}
      }
      at++;
    } while (open > 0);
  }

  /** Goes to a string's closing quote. */
  private void skipString() {
    at++;
    while (text[at] != '"') {
      at += text[at] == '\\' ? 2 : 1;
    }
  }

  private JsonArray array() {
    List<JsonValue> elements = new ArrayList<>();
    depth++;
    do {
      at++;
      if (text[at] == ']') {
        break;
      }
      elements.add(value());
    } while (text[at] == ',');
    at++;
    depth--;
    return new JsonArray(elements);
  }

  private String string() {
    int start = ++at;
    while (text[at] != '"' && text[at] != '\\') {
      at++;
    }
    String head = new String(text, start, at - start, UTF_8);
    if (text[at] == '"') {
      at++;
      return head;
    }
    StringBuilder whole = new StringBuilder(head);
    while (text[at] != '"') {
      if (text[at] == '\\') {
        whole.append(escape());
      } else {
        int from = at;
        while (text[at] != '"' && text[at] != '\\') {
          at++;
        }
        whole.append(new String(text, from, at - from, UTF_8));
      }
    }
    at++;
    return whole.toString();
  }

  private char escape() {
    byte letter = text[at + 1];
    at += 2;
    return switch (letter) {
      case 'b' -> '\b';
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'f' -> '\f';
      case 'r' -> '\r';
      case 'u' -> {
        at += 4;
        yield (char) (Character.digit(text[at - 2], 16) << 4 | Character.digit(text[at - 1], 16));
      }
      default -> (char) letter;
    };
  }

  private JsonNumber number() {
    int start = at;
    while (at < end && isNumberByte(text[at])) {
      at++;
    }
    return new JsonNumber(JsonNumbers.read(text, start, at));
  }

  private static boolean isNumberByte(byte b) {
    return (b >= '0' && b <= '9') || b == '-' || b == '+' || b == '.' || b == 'e';
  }
}
