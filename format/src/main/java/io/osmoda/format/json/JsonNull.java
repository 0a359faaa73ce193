package io.osmoda.format.json;

/** {@code null}. */
public enum JsonNull implements JsonValue {
  NULL
}
