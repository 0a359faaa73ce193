package io.osmoda.format.json;

/** A JSON string. A lone surrogate is refused when the value is written, not here. */
public record JsonString(String value) implements JsonValue {}
