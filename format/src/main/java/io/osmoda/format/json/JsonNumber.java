package io.osmoda.format.json;

/**
 * A JSON number: a finite double, as RFC 8785 has it. {@code -0.0} is kept as {@code 0.0}, since
 * their canonical forms are one.
 */
public record JsonNumber(double value) implements JsonValue {
  /** The largest integer that every I-JSON reader keeps: 2^53 - 1. */
  public static final long MAX_SAFE_INTEGER = 9_007_199_254_740_991L;

  public JsonNumber {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no " + value);
    }
    value = value + 0.0; // -0.0 + 0.0 is 0.0
  }

  /** An integer within ±(2^53-1); outside it, values would be changed in silence. */
  public static JsonNumber of(long value) {
    if (value < -MAX_SAFE_INTEGER || value > MAX_SAFE_INTEGER) {
      throw new IllegalArgumentException(
          value + " is beyond 2^53-1 and would lose digits; write it as a string");
    }
    return new JsonNumber(value);
  }
}
