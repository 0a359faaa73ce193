package io.osmoda.cli;

import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Members of what the ledger answers, as people may see them. */
final class JsonFields {
  private JsonFields() {}

  /** The objects of a list; none where it is absent. */
  static List<JsonObject> objects(JsonObject json, String name) {
    List<JsonObject> objects = new ArrayList<>();
    if (json.get(name) instanceof JsonArray array) {
      for (JsonValue each : array.elements()) {
        if (each instanceof JsonObject object) {
          objects.add(object);
        }
      }
    }
    return objects;
  }

  /** A text without what would steer a terminal; empty where it is absent. */
  static String text(JsonObject json, String name) {
    String text = json.string(name);
    return text == null ? "" : Table.printable(text);
  }

  /** A whole number; -1 where it is absent. */
  static long whole(JsonObject json, String name) {
    return json.get(name) instanceof JsonNumber(var value) ? (long) value : -1;
  }

  /** A whole number for people; {@code -} where it is absent. */
  static String number(JsonObject json, String name) {
    return json.get(name) instanceof JsonNumber(var value)
        ? String.format(Locale.ROOT, "%,d", (long) value)
        : "-";
  }

  /** A timestamp to the second: {@code 2026-03-01 14:23:07Z}. */
  static String moment(String timestamp) {
    return timestamp.length() < 19 ? timestamp : timestamp.substring(0, 19).replace('T', ' ') + "Z";
  }
}
