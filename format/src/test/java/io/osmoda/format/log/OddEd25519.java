package io.osmoda.format.log;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ed25519 signatures that no honest signer makes, and on which libraries differ: keys and points of
 * small or mixed order, numbers beyond their range. Of plain arithmetic and public secrets; for
 * tests only.
 */
public final class OddEd25519 {
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger L =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  private static final BigInteger D =
      BigInteger.valueOf(-121_665).multiply(BigInteger.valueOf(121_666).modInverse(P)).mod(P);
  private static final BigInteger SECRET = new BigInteger("123456789012345678901234567890");
  private static final BigInteger NONCE = new BigInteger("987654321098765432109876543210");

  private static final Point IDENTITY = new Point(BigInteger.ZERO, BigInteger.ONE);
  private static final Point BASE =
      new Point(
          new BigInteger(
              "15112221349535400772501151409588531511454012693041857206046113283949847762202"),
          new BigInteger(
              "46316835694926478169428394003475163141307993866256225615783033603165251855960"));

  /** Of order 8: with y it is on the curve, and adding it to anything adds torsion. */
  private static final Point TORSION =
      new Point(
          new BigInteger(
              "14399317868200118260347934320527232580618823971194345261214217575416788799818"),
          new BigInteger(
              "55188659117513257062467267217118295137698188065244968500265048394206261417927"));

  private OddEd25519() {}

  private record Point(BigInteger x, BigInteger y) {
    Point plus(Point other) {
      BigInteger product = D.multiply(x).multiply(other.x).multiply(y).multiply(other.y).mod(P);
      BigInteger upper = x.multiply(other.y).add(y.multiply(other.x));
      BigInteger right = y.multiply(other.y).add(x.multiply(other.x));
      return new Point(
          upper.multiply(BigInteger.ONE.add(product).modInverse(P)).mod(P),
          right.multiply(BigInteger.ONE.subtract(product).modInverse(P)).mod(P));
    }

    Point times(BigInteger factor) {
      Point sum = IDENTITY;
      for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
        sum = sum.plus(sum);
        sum = factor.testBit(bit) ? sum.plus(this) : sum;
      }
      return sum;
    }

    byte[] bytes() {
      byte[] bytes = littleEndian(y);
      bytes[31] |= (byte) (x.testBit(0) ? 0x80 : 0);
      return bytes;
    }
  }

  /** A key, and what claims to be its signature; {@code isGood} by the rule of section 3. */
  public static final class Signed {
    private final byte[] key;
    private final byte[] signature;
    private final boolean isGood;

    private Signed(byte[] key, byte[] signature, boolean isGood) {
      this.key = key.clone();
      this.signature = signature.clone();
      this.isGood = isGood;
    }

    public byte[] key() {
      return key.clone();
    }

    byte[] signature() {
      return signature.clone();
    }

    public boolean isGood() {
      return isGood;
    }
  }

  /** All of them over one message, by what is odd. */
  public static Map<String, Signed> of(String text) {
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    Map<String, Signed> all = new LinkedHashMap<>();
    byte[] key = BASE.times(SECRET).bytes();
    byte[] honest = signature(key, BASE.times(NONCE).bytes(), NONCE, SECRET, message);
    all.put("nothing odd", new Signed(key, honest, true));
    BigInteger s = fromLittleEndian(Arrays.copyOfRange(honest, 32, 64));
    byte[] larger = honest.clone();
    System.arraycopy(littleEndian(s.add(L)), 0, larger, 32, 32);
    all.put("S beyond the order", new Signed(key, larger, false));
    byte[] twisted = BASE.times(NONCE).plus(TORSION).bytes();
    all.put(
        "R with torsion, which a cofactor hides",
        new Signed(key, signature(key, twisted, NONCE, SECRET, message), false));
    all.put(
        "R the identity",
        new Signed(
            key,
            signature(key, IDENTITY.bytes(), BigInteger.ZERO, SECRET, message),
            true)); // it gives the key away, and RFC 8032 has nothing against it
    for (byte[] spelled :
        List.of(littleEndian(P.add(BigInteger.ONE)), withSign(IDENTITY.bytes()))) {
      all.put(
          "R the identity, spelled " + (spelled[0] & 0xff),
          new Signed(key, signature(key, spelled, BigInteger.ZERO, SECRET, message), false));
    }
    byte[] mixed = BASE.times(SECRET).plus(TORSION).bytes();
    for (boolean isMultiple : new boolean[] {true, false}) {
      BigInteger nonce = NONCE;
      while (challenge(BASE.times(nonce).bytes(), mixed, message)
              .mod(BigInteger.valueOf(8))
              .equals(BigInteger.ZERO)
          != isMultiple) {
        nonce = nonce.add(BigInteger.ONE);
      }
      all.put(
          "a key with torsion, which " + (isMultiple ? "vanishes" : "only a cofactor hides"),
          new Signed(
              mixed,
              signature(mixed, BASE.times(nonce).bytes(), nonce, SECRET, message),
              isMultiple));
    }
    return all;
  }

  /** Every spelling of a key of order 8 or less, and others that are no key's only one. */
  public static Map<String, byte[]> badKeys() {
    Map<String, byte[]> keys = new LinkedHashMap<>();
    Point point = IDENTITY;
    for (int i = 0; i < 8; i++) {
      keys.put("small order " + i, point.bytes());
      point = point.plus(TORSION);
    }
    for (int i = 0; i < 19; i++) {
      keys.put("y of p + " + i, littleEndian(P.add(BigInteger.valueOf(i))));
      keys.put("y of p + " + i + " and sign", withSign(littleEndian(P.add(BigInteger.valueOf(i)))));
    }
    keys.put("the identity with a sign", withSign(IDENTITY.bytes()));
    keys.put("order 2 with a sign", withSign(littleEndian(P.subtract(BigInteger.ONE))));
    keys.put("y of 2, no point", littleEndian(BigInteger.TWO));
    return keys;
  }

  /** The vkey of such a key, whether it is a good one or not. */
  public static String vkey(String name, byte[] key) {
    byte[] typed = new byte[1 + key.length];
    typed[0] = 1;
    System.arraycopy(key, 0, typed, 1, key.length);
    return "%s+%08x+%s".formatted(name, id(name, key), StrictBase64.encode(typed));
  }

  /** A note whose one signature line is this one. */
  public static byte[] note(String text, String name, Signed signed) {
    SignedNote.SignatureLine line =
        new SignedNote.SignatureLine(name, id(name, signed.key()), signed.signature());
    return new SignedNote(text, List.of(line)).toBytes();
  }

  private static int id(String name, byte[] key) {
    MessageDigest digest = Digests.sha256();
    digest.update((name + "\n\u0001").getBytes(StandardCharsets.UTF_8));
    byte[] hash = digest.digest(key);
    return new BigInteger(1, Arrays.copyOf(hash, 4)).intValue();
  }

  private static byte[] signature(
      byte[] key, byte[] r, BigInteger nonce, BigInteger secret, byte[] message) {
    byte[] signature = Arrays.copyOf(r, 64);
    BigInteger s = nonce.add(challenge(r, key, message).multiply(secret)).mod(L);
    System.arraycopy(littleEndian(s), 0, signature, 32, 32);
    return signature;
  }

  private static BigInteger challenge(byte[] r, byte[] key, byte[] message) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-512");
      digest.update(r);
      digest.update(key);
      return fromLittleEndian(digest.digest(message)).mod(L);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] withSign(byte[] point) {
    byte[] signed = point.clone();
    signed[31] |= (byte) 0x80;
    return signed;
  }

  private static byte[] littleEndian(BigInteger number) {
    byte[] big = number.toByteArray();
    byte[] little = new byte[32];
    for (int i = 0; i < big.length && i < little.length; i++) {
      little[i] = big[big.length - 1 - i];
    }
    return little;
  }

  private static BigInteger fromLittleEndian(byte[] little) {
    byte[] big = new byte[little.length];
    for (int i = 0; i < little.length; i++) {
      big[i] = little[little.length - 1 - i];
    }
    return new BigInteger(1, big);
  }
}
