package io.osmoda.format.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Lower-case hex in byte arrays, eight digits at a time and without allocation. Stateless. */
public final class HexBytes {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long TOP_BITS = 0x8080808080808080L;
  private static final short[] DIGIT_PAIRS = digitPairs();

  private HexBytes() {}

  /** Whether {@code digits} bytes (a multiple of eight) are all {@code 0-9a-f}. */
  public static boolean isHex(byte[] bytes, int at, int digits) {
    long good = TOP_BITS;
    for (int i = at, end = at + digits; i < end; i += 8) {
      long word = (long) LONGS.get(bytes, i);
      // With no top bit set, an addition below 0x80 in each byte never carries into the next.
      long low = word & ~TOP_BITS;
      long digit = (low + 0x5050505050505050L) & ~(low + 0x4646464646464646L);
      long letter = (low + 0x1f1f1f1f1f1f1f1fL) & ~(low + 0x1919191919191919L);
      good &= (digit | letter) & ~word;
    }
    return good == TOP_BITS;
  }

  /** Whether all of {@code digits} bytes (a multiple of eight) are {@code '0'}. */
  public static boolean isZero(byte[] bytes, int at, int digits) {
    long difference = 0;
    for (int i = at, end = at + digits; i < end; i += 8) {
      difference |= (long) LONGS.get(bytes, i) ^ 0x3030303030303030L;
    }
    return difference == 0;
  }

  /** Decodes {@code digits} valid digits (a multiple of eight). */
  public static void decode(byte[] bytes, int at, int digits, byte[] target, int targetAt) {
    for (int i = 0; i < digits / 2; i++) {
      int high = nibble(bytes[at + 2 * i]);
      target[targetAt + i] = (byte) ((high << 4) | nibble(bytes[at + 2 * i + 1]));
    }
  }

  /** Writes the 64 digits of a 32-byte hash. */
  public static void encode(byte[] hash, int hashAt, byte[] target, int targetAt) {
    encode(hash, hashAt, Hash.LENGTH, target, targetAt);
  }

  /** Writes two digits for each of {@code length} bytes. */
  public static void encode(byte[] source, int from, int length, byte[] target, int targetAt) {
    for (int i = 0; i < length; i++) {
      SHORTS.set(target, targetAt + 2 * i, DIGIT_PAIRS[source[from + i] & 0xff]);
    }
  }

  /** Whether 64 bytes are the digits of a 32-byte hash. */
  public static boolean isHexOf(byte[] hash, int hashAt, byte[] bytes, int at) {
    int difference = 0;
    for (int i = 0; i < Hash.LENGTH; i++) {
      difference |= (short) SHORTS.get(bytes, at + 2 * i) ^ DIGIT_PAIRS[hash[hashAt + i] & 0xff];
    }
    return difference == 0;
  }

  private static int nibble(byte digit) {
    return (digit & 0x0f) + 9 * (digit >> 6); // letters are 0x61…0x66: bit 6 is theirs alone
  }

  private static short[] digitPairs() {
    short[] pairs = new short[256];
    for (int i = 0; i < 256; i++) {
      int high = Character.forDigit(i >> 4, 16);
      int low = Character.forDigit(i & 15, 16);
      pairs[i] = (short) (high | (low << 8));
    }
    return pairs;
  }
}
