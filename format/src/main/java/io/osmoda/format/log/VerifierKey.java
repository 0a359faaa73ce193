package io.osmoda.format.log;

import io.osmoda.format.json.Digits;
import io.osmoda.format.json.Shown;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A public key with its name, written as a C2SP vkey {@code NAME+KEYID+BASE64}. Compared by name
 * and key. Immutable and thread-safe.
 */
public final class VerifierKey {
  /** The kinds of signature that the ledger's notes carry, and their byte in a vkey. */
  public enum Type {
    /** By a log, over the note's text. */
    ED25519(0x01, "Ed25519", "302a300506032b6570032100", 32, 64),
    /** By a witness, over a time and the note's text (cosignature/v1). */
    ED25519_COSIGNATURE(0x04, "Ed25519", "302a300506032b6570032100", 32, 8 + 64),
    /** By a log or a witness, over origin, size and root (subtree/v1). */
    ML_DSA_44(0x06, "ML-DSA-44", "30820532300b06096086480165030403110382052100", 1312, 8 + 2420);

    private final byte code;
    private final String algorithm;
    private final String x509Prefix; // hex
    private final int keyLength;
    private final int signatureLength;

    Type(int code, String algorithm, String x509Prefix, int keyLength, int signatureLength) {
      this.code = (byte) code;
      this.algorithm = algorithm;
      this.x509Prefix = x509Prefix;
      this.keyLength = keyLength;
      this.signatureLength = signatureLength;
    }

    public String algorithm() {
      return algorithm;
    }

    private static @Nullable Type of(byte code) {
      for (Type type : values()) {
        if (type.code == code) {
          return type;
        }
      }
      return null;
    }
  }

  private static final byte[] SUBTREE_LABEL = "subtree/v1\n\0".getBytes(StandardCharsets.US_ASCII);

  private final String name;
  private final Type type;
  private final byte[] raw;
  private final int id;
  private final PublicKey key;

  private VerifierKey(String name, Type type, byte[] raw, PublicKey key) {
    this.name = name;
    this.type = type;
    this.raw = raw;
    this.id = keyId(name, type.code, raw);
    this.key = key;
  }

  /**
   * A key by its raw bytes.
   *
   * @throws BadKeyException if the name or the bytes cannot be those of such a key
   */
  public static VerifierKey of(String name, Type type, byte[] raw) throws BadKeyException {
    if (!SignedNote.isKeyName(name)) {
      throw new BadKeyException("a key's name is not empty and has no space and no plus");
    }
    if (raw.length != type.keyLength) {
      throw new BadKeyException(
          "an " + type.algorithm + " key has " + type.keyLength + " bytes, not " + raw.length);
    }
    if (type != Type.ML_DSA_44 && !Ed25519Points.isCanonical(raw, 0)) {
      throw new BadKeyException("not an Ed25519 key: its bytes are no point's canonical form");
    }
    if (type != Type.ML_DSA_44 && Ed25519Points.isOfSmallOrder(raw)) {
      throw new BadKeyException(
          "an Ed25519 key of small order, under which anybody can sign: use another key");
    }
    byte[] prefix = HexFormat.of().parseHex(type.x509Prefix);
    byte[] x509 = Arrays.copyOf(prefix, prefix.length + raw.length);
    System.arraycopy(raw, 0, x509, prefix.length, raw.length);
    try {
      PublicKey key =
          KeyFactory.getInstance(type.algorithm).generatePublic(new X509EncodedKeySpec(x509));
      Signature.getInstance(type.algorithm).initVerify(key); // refuses what is no point
      return new VerifierKey(name, type, raw.clone(), key);
    } catch (GeneralSecurityException e) {
      throw new BadKeyException("not an " + type.algorithm + " key: " + e.getMessage());
    }
  }

  /** A key by its JDK form. */
  public static VerifierKey of(String name, Type type, PublicKey key) throws BadKeyException {
    byte[] x509 = key.getEncoded();
    int prefix = type.x509Prefix.length() / 2;
    if (x509.length < prefix
        || !HexFormat.of().formatHex(x509, 0, prefix).equals(type.x509Prefix)) {
      throw new BadKeyException("not an " + type.algorithm + " key in X.509 form");
    }
    return of(name, type, Arrays.copyOfRange(x509, prefix, x509.length));
  }

  /**
   * Parses a vkey and checks its key ID.
   *
   * @throws BadKeyException if it is malformed, its ID is not that of its key, or its kind is none
   *     of {@link Type}
   */
  public static VerifierKey parse(String vkey) throws BadKeyException {
    int first = vkey.indexOf('+');
    int second = vkey.indexOf('+', first + 1);
    if (first < 0 || second < 0) {
      throw new BadKeyException("a vkey reads NAME+KEYID+BASE64: " + Shown.quoted(vkey));
    }
    String name = vkey.substring(0, first);
    String hexId = vkey.substring(first + 1, second);
    byte[] typed = StrictBase64.decode(vkey.substring(second + 1));
    if (!Digits.isHex(hexId, 2 * Integer.BYTES) || typed == null || typed.length < 2) {
      throw new BadKeyException(
          "a vkey reads NAME+KEYID+BASE64, KEYID being 8 lower-case hex digits and BASE64 strict: "
              + Shown.quoted(vkey));
    }
    Type type = Type.of(typed[0]);
    if (type == null) {
      throw new BadKeyException(
          "unknown kind of key 0x%02x; known are 0x01, 0x04 (Ed25519) and 0x06 (ML-DSA-44): %s"
              .formatted(typed[0], Shown.quoted(vkey)));
    }
    VerifierKey key = of(name, type, Arrays.copyOfRange(typed, 1, typed.length));
    if (!key.hexId().equals(hexId)) {
      throw new BadKeyException(
          "the key ID is " + hexId + ", but that of this name and key is " + key.hexId());
    }
    return key;
  }

  private static int keyId(String name, byte code, byte[] raw) {
    MessageDigest digest = Digests.sha256();
    digest.update(bytes(name));
    digest.update((byte) '\n');
    digest.update(code);
    return ByteBuffer.wrap(digest.digest(raw)).getInt();
  }

  public String name() {
    return name;
  }

  public Type type() {
    return type;
  }

  /** The key ID, big-endian. */
  public int id() {
    return id;
  }

  private String hexId() {
    return HexFormat.of().toHexDigits(id);
  }

  PublicKey key() {
    return key;
  }

  /** Whether both wrap one public key, whatever their names and kinds. */
  boolean sameKey(VerifierKey other) {
    return type.algorithm.equals(other.type.algorithm) && Arrays.equals(raw, other.raw);
  }

  /** Whether a signature line names this key; the line need not be genuine for that. */
  public boolean isNamedBy(SignedNote.SignatureLine line) {
    return line.keyId() == id && line.name().equals(name);
  }

  /** What the line says about the time of signing, seconds since 1970; 0 where it says nothing. */
  public long timestamp(SignedNote.SignatureLine line) {
    return type == Type.ED25519 || line.signature().length != type.signatureLength
        ? 0
        : ByteBuffer.wrap(line.signature()).getLong();
  }

  /**
   * Whether a line that names this key is its signature over a checkpoint. A log's ML-DSA-44
   * signature has the time 0 (section 3); see {@link #timestamp}.
   */
  public boolean verifies(SignedNote.SignatureLine line, Checkpoint checkpoint) {
    long time = timestamp(line);
    if (time < 0) {
      return false; // times end at 2^63-1
    }
    return switch (type) {
      case ED25519 -> verifies(line, 0, bytes(checkpoint.text()));
      case ED25519_COSIGNATURE ->
          verifies(
              line, Long.BYTES, bytes("cosignature/v1\ntime " + time + "\n" + checkpoint.text()));
      case ML_DSA_44 -> verifies(line, Long.BYTES, subtreeMessage(name, time, checkpoint));
    };
  }

  /** Whether a line that names this key, of type 0x01, is its signature over any note's text. */
  public boolean verifies(SignedNote.SignatureLine line, String text) {
    return type == Type.ED25519 && verifies(line, 0, bytes(text));
  }

  private boolean verifies(SignedNote.SignatureLine line, int from, byte[] message) {
    byte[] blob = line.signature();
    if (!isNamedBy(line) || blob.length != type.signatureLength) {
      return false;
    }
    if (type != Type.ML_DSA_44 && !Ed25519Points.isCanonical(blob, from)) {
      return false; // R has one spelling; the JDK holds S against the group's order
    }
    try {
      Signature signature = Signature.getInstance(type.algorithm);
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(blob, from, blob.length - from);
    } catch (GeneralSecurityException e) {
      return false; // a malformed signature is one that does not verify
    }
  }

  /** The C2SP {@code subtree/v1} message for a whole tree. */
  public static byte[] subtreeMessage(String cosigner, long time, Checkpoint checkpoint) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(SUBTREE_LABEL);
    writeShort(message, cosigner);
    message.writeBytes(longBytes(time));
    writeShort(message, checkpoint.origin());
    message.writeBytes(longBytes(0));
    message.writeBytes(longBytes(checkpoint.size()));
    message.writeBytes(checkpoint.root().raw());
    return message.toByteArray();
  }

  private static void writeShort(ByteArrayOutputStream message, String text) {
    byte[] bytes = bytes(text);
    message.write(bytes.length);
    message.writeBytes(bytes);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] longBytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VerifierKey that
        && type == that.type
        && name.equals(that.name)
        && Arrays.equals(raw, that.raw);
  }

  @Override
  public int hashCode() {
    return id;
  }

  /** The vkey. */
  @Override
  public String toString() {
    byte[] typed = new byte[1 + raw.length];
    typed[0] = type.code;
    System.arraycopy(raw, 0, typed, 1, raw.length);
    return name + "+" + hexId() + "+" + StrictBase64.encode(typed);
  }
}
