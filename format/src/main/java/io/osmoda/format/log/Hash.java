package io.osmoda.format.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A SHA-256 value: 32 bytes, compared by content. Immutable and thread-safe.
 *
 * <p>Written in lower-case hex inside entries (section 1 of the ledger format) and in padded base64
 * inside notes and proofs (section 3).
 */
public final class Hash {
  /** Length of a hash in bytes. */
  public static final int LENGTH = 32;

  /** The 32 zero bytes that stand as {@code prev_hash} in entry 0. */
  public static final Hash ZERO = new Hash(new byte[LENGTH]);

  private static final HexFormat HEX = HexFormat.of();
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;

  private Hash(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies 32 bytes; any other length is an {@link IllegalArgumentException}. */
  public static Hash of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /** Copies {@code length} bytes from {@code offset}; {@code length} must be 32. */
  public static Hash of(byte[] bytes, int offset, int length) {
    if (length != LENGTH) {
      throw new IllegalArgumentException("a hash has 32 bytes, not " + length);
    }
    return new Hash(Arrays.copyOfRange(bytes, offset, offset + LENGTH));
  }

  /** Takes over an array that nobody else will write to. */
  public static Hash wrap(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a hash has 32 bytes, not " + bytes.length);
    }
    return new Hash(bytes);
  }

  /** Parses 64 lower-case hex digits; anything else is an {@link IllegalArgumentException}. */
  public static Hash fromHex(String hex) {
    if (hex.length() != 2 * LENGTH) {
      throw new IllegalArgumentException("a hash has 64 hex digits, not " + hex.length());
    }
    for (int i = 0; i < hex.length(); i++) {
      char c = hex.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        throw new IllegalArgumentException(
            "character " + i + " of a hash is not a lower-case hex digit");
      }
    }
    return new Hash(HEX.parseHex(hex));
  }

  /** The 64 lower-case hex digits. */
  public String hex() {
    return HEX.formatHex(bytes);
  }

  /** Standard padded base64, 44 characters. */
  public String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** A copy of the 32 bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** Copies the 32 bytes into {@code target} at {@code offset}. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, LENGTH);
  }

  /** The bytes themselves, for digests inside this package; never to be written to. */
  public byte[] raw() {
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Hash that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return (int) INTS.get(bytes, 0);
  }

  @Override
  public String toString() {
    return hex();
  }
}
