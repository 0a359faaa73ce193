package io.osmoda.format.log;

import java.security.DigestException;
import java.security.MessageDigest;

/**
 * Joins short pieces before they are hashed: for SHA-256, several short updates cost more than a
 * copy and one long one. Reusable; not thread-safe.
 */
public final class HashPieces {
  private final byte[] joined = new byte[2_048];
  private int used;

  /** Adds bytes to what {@link #digest} hashes. */
  public void add(MessageDigest sha256, byte[] bytes, int from, int length) {
    if (used + length > joined.length) {
      sha256.update(joined, 0, used);
      used = 0;
      if (length > joined.length) {
        sha256.update(bytes, from, length);
        return;
      }
    }
    System.arraycopy(bytes, from, joined, used, length);
    used += length;
  }

  /** Puts the 32 bytes of the hash of all pieces at {@code at}, and starts over. */
  public void digest(MessageDigest sha256, byte[] target, int at) {
    sha256.update(joined, 0, used);
    used = 0;
    try {
      sha256.digest(target, at, Hash.LENGTH);
    } catch (DigestException e) {
      throw new IllegalStateException("the target has room for a hash", e);
    }
  }
}
