package io.osmoda.format.log;

import java.util.HexFormat;
import java.util.Set;

/**
 * Which 32 bytes a verifier takes for a point of Ed25519 (section 3). RFC 8032 leaves room, and
 * libraries use it differently; what is refused here no honest signer makes.
 */
final class Ed25519Points {
  private static final int LENGTH = 32;
  private static final int SIGN = 0x80;

  /** The y coordinates of the points of small order, little-endian, in hex. */
  private static final Set<String> SMALL_ORDER =
      Set.of(
          "0000000000000000000000000000000000000000000000000000000000000000",
          "0100000000000000000000000000000000000000000000000000000000000000",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");

  /** Those of them whose x is zero: it has no sign. */
  private static final Set<String> X_IS_ZERO =
      Set.of(
          "0100000000000000000000000000000000000000000000000000000000000000",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

  private Ed25519Points() {}

  /** Whether the point has order 8 or less: anybody can sign under such a key. */
  static boolean isOfSmallOrder(byte[] point) {
    return SMALL_ORDER.contains(y(point, 0));
  }

  /** Whether the 32 bytes from an index on are the only spelling of a point, if they are any. */
  static boolean isCanonical(byte[] bytes, int from) {
    boolean hasSign = (bytes[from + LENGTH - 1] & SIGN) != 0;
    return !isFieldOverflow(bytes, from) && !(hasSign && X_IS_ZERO.contains(y(bytes, from)));
  }

  /** Whether y is 2^255-19 or more. */
  private static boolean isFieldOverflow(byte[] bytes, int from) {
    for (int i = 1; i < LENGTH - 1; i++) {
      if (bytes[from + i] != -1) {
        return false;
      }
    }
    return (bytes[from + LENGTH - 1] & ~SIGN & 0xff) == 0x7f && (bytes[from] & 0xff) >= 0xed;
  }

  private static String y(byte[] bytes, int from) {
    byte[] y = new byte[LENGTH];
    System.arraycopy(bytes, from, y, 0, LENGTH);
    y[LENGTH - 1] &= (byte) ~SIGN;
    return HexFormat.of().formatHex(y);
  }
}
