package io.osmoda.format.json;

import java.util.List;

/** A JSON array; the elements in order. */
public record JsonArray(List<JsonValue> elements) implements JsonValue {
  public JsonArray {
    elements = List.copyOf(elements);
  }

  /** An array of the given values. */
  public static JsonArray of(JsonValue... elements) {
    return new JsonArray(List.of(elements));
  }
}
