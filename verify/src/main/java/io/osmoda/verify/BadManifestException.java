package io.osmoda.verify;

/** A manifest is not as the format says; the message says where. */
public final class BadManifestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean ofOtherFormat;

  BadManifestException(String message) {
    this(message, false);
  }

  BadManifestException(String message, boolean ofOtherFormat) {
    super(message);
    this.ofOtherFormat = ofOtherFormat;
  }

  /** Whether it is of a format that this software does not know. */
  boolean isOfOtherFormat() {
    return ofOtherFormat;
  }
}
