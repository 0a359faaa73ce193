package io.osmoda.format.json;

import java.util.Arrays;

/** The canonical form of a JSON object, as only this package makes it. Immutable. */
public final class CanonicalObject {
  private final byte[] bytes;

  private CanonicalObject(byte[] bytes) {
    this.bytes = bytes;
  }

  static CanonicalObject copyOf(byte[] canonical, int from, int to) {
    return new CanonicalObject(Arrays.copyOfRange(canonical, from, to));
  }

  /** The bytes themselves; never to be written to. */
  public byte[] raw() {
    return bytes;
  }
}
