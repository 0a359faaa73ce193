package io.osmoda.query;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonValue;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Numbers as a payload writes them (RFC 8785). */
final class Numbers {
  private Numbers() {}

  static String text(double value) {
    long whole = (long) value;
    if (whole == value && Math.abs(whole) < 1L << 53) {
      return Long.toString(whole);
    }
    try {
      return new String(CanonicalJson.write(new JsonNumber(value)), StandardCharsets.UTF_8);
    } catch (JsonException e) {
      throw new IllegalStateException("a JsonNumber is finite", e);
    }
  }

  /** The number that a text writes, null where it writes none that a payload could hold. */
  static @Nullable Double parse(String text) {
    if (!text.matches("-?[0-9].*")) {
      return null;
    }
    try {
      JsonValue value = CanonicalJson.parse(text.getBytes(StandardCharsets.UTF_8));
      return value instanceof JsonNumber number ? (Double) number.value() : null;
    } catch (JsonException e) {
      return null; // not a number then, which is what was asked
    }
  }
}
