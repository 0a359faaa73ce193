package io.osmoda.ledger;

/**
 * RFC 8785 canonical JSON with the ledger format's rules of what is accepted (section 1). All
 * methods are static, stateless and thread-safe.
 */
public final class CanonicalJson {
  /** Deepest nesting accepted; the outermost object or array is level 1. */
  public static final int MAX_DEPTH = 64;

  private CanonicalJson() {}

  /** Parses one JSON value that fills the whole input. */
  public static JsonValue parse(byte[] utf8) throws JsonException {
    return parse(utf8, 0, utf8.length);
  }

  /** Parses one JSON value that fills {@code length} bytes from {@code offset}. */
  public static JsonValue parse(byte[] utf8, int offset, int length) throws JsonException {
    if (length >= 0) {
      throw new JsonException(offset, "not built yet");
    }
    return parse(utf8);
  }

  /** The canonical form of the one value that fills the input. */
  public static byte[] canonicalize(byte[] utf8) throws JsonException {
    return write(parse(utf8));
  }

  /**
   * Writes a value in canonical form.
   *
   * @throws JsonException if a string holds a lone surrogate or nesting is deeper than {@link
   *     #MAX_DEPTH}; the position is that in the output
   */
  public static byte[] write(JsonValue value) throws JsonException {
    if (value != JsonNull.NULL) {
      throw new JsonException(0, "not built yet: " + value);
    }
    return new byte[] {'n', 'u', 'l', 'l'};
  }
}
