package io.osmoda.agents;

import io.osmoda.format.entry.RequestRefusedException;
import java.util.Locale;

/** How much of what is passed on is written into entries. */
public enum CaptureMode {
  /** The content, with known secret shapes masked and oversized parts cut. */
  FULL,
  /** Size and SHA-256 of the content. */
  DIGEST,
  /** The size alone. */
  NONE;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word for it: {@code full}, {@code digest} or {@code none}. */
  public String text() {
    return text;
  }

  /** The mode of that word; {@link RequestRefusedException} if there is none. */
  public static CaptureMode parse(String text) {
    for (CaptureMode mode : values()) {
      if (mode.text.equals(text)) {
        return mode;
      }
    }
    throw new RequestRefusedException(
        "a capture mode must be full, digest or none, not \"" + text + "\"");
  }
}
