package io.osmoda.cli;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;

/** JSON as the commands print it. */
final class JsonText {
  private static final String INDENT = "  ";

  private JsonText() {}

  /** One line in canonical form, for programs. */
  static String line(JsonValue value) {
    try {
      return new String(CanonicalJson.write(value), StandardCharsets.UTF_8);
    } catch (JsonException e) {
      throw new IllegalArgumentException("produced a value that JSON cannot represent", e);
    }
  }

  /** Indented, members in the order given, for people: nothing in it can steer a terminal. */
  static String indented(JsonValue value, String margin, Style style) {
    StringBuilder text = new StringBuilder();
    write(value, margin, style, text);
    return text.toString();
  }

  private static void write(JsonValue value, String margin, Style style, StringBuilder text) {
    switch (value) {
      case JsonObject object when !object.members().isEmpty() -> {
        text.append('{');
        Iterator<Map.Entry<String, JsonValue>> members = object.members().entrySet().iterator();
        while (members.hasNext()) {
          Map.Entry<String, JsonValue> member = members.next();
          text.append('\n').append(margin).append(INDENT);
          text.append(style.name(escaped(new JsonString(member.getKey())))).append(": ");
          write(member.getValue(), margin + INDENT, style, text);
          text.append(members.hasNext() ? "," : "");
        }
        text.append('\n').append(margin).append('}');
      }
      case JsonArray array when !array.elements().isEmpty() -> {
        text.append('[');
        Iterator<JsonValue> values = array.elements().iterator();
        while (values.hasNext()) {
          text.append('\n').append(margin).append(INDENT);
          write(values.next(), margin + INDENT, style, text);
          text.append(values.hasNext() ? "," : "");
        }
        text.append('\n').append(margin).append(']');
      }
      default -> text.append(escaped(value));
    }
  }

  /** Canonical form leaves U+007F and beyond as they are; some of those steer a terminal. */
  private static String escaped(JsonValue value) {
    String line = line(value);
    StringBuilder safe = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (Table.steers(c)) {
        safe.append(String.format("\\u%04x", (int) c));
      } else {
        safe.append(c);
      }
    }
    return safe.toString();
  }
}
