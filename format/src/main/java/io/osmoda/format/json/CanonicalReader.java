package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds values from text that is known to be canonical, and so checks nothing. */
final class CanonicalReader {
  private final byte[] text;
  private final int end;
  private int at;

  /** Reads the one value in {@code text[0, end)}. */
  CanonicalReader(byte[] text, int end) {
    this.text = text;
    this.end = end;
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
    do {
      at++;
      if (text[at] == '}') {
        break;
      }
      String name = string();
      at++;
      members.put(name, value());
    } while (text[at] == ',');
    at++;
    return new JsonObject(members);
  }

  private JsonArray array() {
    List<JsonValue> elements = new ArrayList<>();
    do {
      at++;
      if (text[at] == ']') {
        break;
      }
      elements.add(value());
    } while (text[at] == ',');
    at++;
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
