package io.osmoda.format.json;

import java.util.Objects;

/**
 * RFC 8785 canonical JSON with the ledger format's rules of what is accepted (section 1). All
 * methods are static, stateless and thread-safe, and none keeps or returns an array that was handed
 * in.
 *
 * <p>Refused, with position and reason: anything outside RFC 8259's grammar, duplicate member names
 * (after unescaping), lone surrogates, invalid UTF-8, a byte order mark, nesting deeper than {@link
 * #MAX_DEPTH}, numbers that overflow a double or vanish in it, and integer literals beyond
 * ±(2^53-1) that are not themselves the canonical form of their double.
 */
public final class CanonicalJson {
  /** Deepest nesting accepted; the outermost object or array is level 1. */
  public static final int MAX_DEPTH = 64;

  private static final ThreadLocal<JsonCanonicalizer> TEXT =
      ThreadLocal.withInitial(JsonCanonicalizer::new);
  private static final ThreadLocal<CanonicalWriter> WRITER =
      ThreadLocal.withInitial(CanonicalWriter::new);

  private CanonicalJson() {}

  /** Parses one JSON value that fills the whole input. */
  public static JsonValue parse(byte[] utf8) throws JsonException {
    return parse(utf8, 0, utf8.length);
  }

  /**
   * Parses one JSON value that fills {@code length} bytes from {@code offset}. An object's members
   * come in canonical order.
   *
   * @throws JsonException if the input is refused; its position counts from {@code offset}
   */
  public static JsonValue parse(byte[] utf8, int offset, int length) throws JsonException {
    return parse(utf8, offset, length, MAX_DEPTH);
  }

  /**
   * As {@link #parse(byte[], int, int)}, with another limit of nesting: a payload may take all of
   * {@link #MAX_DEPTH}, so an entry or a draft that holds one is a level deeper.
   */
  public static JsonValue parse(byte[] utf8, int offset, int length, int maxDepth)
      throws JsonException {
    Objects.checkFromIndexSize(offset, length, utf8.length);
    return TEXT.get().parse(utf8, offset, length, maxDepth);
  }

  /**
   * The canonical form of the one value that fills the input: always an array of its own, also
   * where the input is canonical already.
   */
  public static byte[] canonicalize(byte[] utf8) throws JsonException {
    return TEXT.get().canonicalize(utf8, 0, utf8.length, MAX_DEPTH);
  }

  /**
   * Writes a value in canonical form.
   *
   * @throws JsonException if a string holds a lone surrogate or nesting is deeper than {@link
   *     #MAX_DEPTH}; the position is that in the output
   */
  public static byte[] write(JsonValue value) throws JsonException {
    return write(value, MAX_DEPTH);
  }

  /** As {@link #write(JsonValue)}, with another limit of nesting. */
  public static byte[] write(JsonValue value, int maxDepth) throws JsonException {
    return WRITER.get().write(value, maxDepth);
  }
}
