package io.osmoda.format.entry;

import io.osmoda.format.json.Shown;
import java.util.Locale;

/** The outcome an entry tells (section 1). */
public enum Status {
  OK,
  ERROR,
  DENIED,
  PENDING,
  TIMEOUT,
  CANCELLED,
  CRASHED,
  UNKNOWN;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word as it stands in an entry. */
  public String text() {
    return text;
  }

  /** The status of that word; {@link DraftRefusedException} if there is none. */
  public static Status parse(String text) {
    for (Status status : values()) {
      if (status.text.equals(text)) {
        return status;
      }
    }
    throw new DraftRefusedException(
        "status",
        "must be one of ok, error, denied, pending, timeout, cancelled, crashed, unknown: "
            + Shown.quoted(text));
  }
}
