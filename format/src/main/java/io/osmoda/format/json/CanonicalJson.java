package io.osmoda.format.json;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

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

  private static final Scratch<JsonCanonicalizer> TEXT = new Scratch<>(JsonCanonicalizer::new);
  private static final Scratch<CanonicalWriter> WRITER = new Scratch<>(CanonicalWriter::new);

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
    JsonCanonicalizer text = TEXT.take();
    JsonValue value = text.parse(utf8, offset, length, maxDepth);
    TEXT.giveBack(text); // not after a refusal, which leaves it in the middle of something
    return value;
  }

  /**
   * A value of which one object stayed text.
   *
   * @param value the value, where an empty object stands in the place of the part
   * @param part null where the value has no such part, or it is no object
   */
  public record Parted(JsonValue value, @Nullable CanonicalObject part) {}

  /**
   * As {@link #parse(byte[], int, int, int)}, but of the outermost object's member {@code name}, if
   * that is an object, the canonical form is kept and nothing is built.
   */
  public static Parted parseApart(byte[] utf8, int offset, int length, int maxDepth, String name)
      throws JsonException {
    Objects.checkFromIndexSize(offset, length, utf8.length);
    JsonCanonicalizer text = TEXT.take();
    Parted value = text.parseApart(utf8, offset, length, maxDepth, name);
    TEXT.giveBack(text);
    return value;
  }

  /**
   * The canonical form of the one value that fills the input: always an array of its own, also
   * where the input is canonical already.
   */
  public static byte[] canonicalize(byte[] utf8) throws JsonException {
    JsonCanonicalizer text = TEXT.take();
    byte[] canonical = text.canonicalize(utf8, 0, utf8.length, MAX_DEPTH);
    TEXT.giveBack(text);
    return canonical;
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
    CanonicalWriter writer = WRITER.take();
    byte[] canonical = writer.write(value, maxDepth);
    WRITER.giveBack(writer);
    return canonical;
  }
}
