package io.osmoda.format.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object; members in the order given (canonical order is made when it is written). */
public record JsonObject(Map<String, JsonValue> members) implements JsonValue {
  /** {@code {}}. */
  public static final JsonObject EMPTY = new JsonObject(Map.of());

  public JsonObject {
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  public @Nullable JsonValue get(String name) {
    return members.get(name);
  }

  /** The member's text, or null where it is absent or no string. */
  public @Nullable String string(String name) {
    return members.get(name) instanceof JsonString s ? s.value() : null;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Collects members; not thread-safe. A name that is set twice keeps the last value. */
  public static final class Builder {
    private final Map<String, JsonValue> members = new LinkedHashMap<>();

    private Builder() {}

    public Builder put(String name, JsonValue value) {
      members.put(name, value);
      return this;
    }

    public Builder put(String name, String value) {
      return put(name, new JsonString(value));
    }

    public Builder put(String name, long value) {
      return put(name, JsonNumber.of(value));
    }

    public Builder put(String name, double value) {
      return put(name, new JsonNumber(value));
    }

    public Builder put(String name, boolean value) {
      return put(name, JsonBoolean.of(value));
    }

    /** Sets the member unless the value is null. */
    public Builder putIfPresent(String name, @Nullable String value) {
      return value == null ? this : put(name, value);
    }

    public JsonObject build() {
      return new JsonObject(members);
    }
  }
}
