package io.osmoda.format.log;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, the only hash of the format. */
public final class Digests {
  private Digests() {}

  /** A digest to feed. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The hash of some bytes. */
  public static Hash of(byte[] bytes) {
    return Hash.of(sha256().digest(bytes));
  }
}
