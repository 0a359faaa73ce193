package io.osmoda.verify;

import java.util.Locale;

/** What a verification comes to (section 8). */
public enum Verdict {
  INTACT,
  TAMPERED,
  UNVERIFIABLE;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word as the format writes it. */
  public String text() {
    return text;
  }
}
