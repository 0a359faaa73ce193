package io.osmoda.agents;

import io.osmoda.format.entry.RequestRefusedException;
import java.util.Locale;

/** What the proxy does with a message whose entry the ledger does not take. */
public enum FailureMode {
  /** It is not passed on, and the sender of a request gets a JSON-RPC error that says so. */
  DENY,
  /** It is passed on, counted, and told in a {@code capture_gap}. */
  ALLOW;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word for it: {@code deny} or {@code allow}. */
  public String text() {
    return text;
  }

  /** The mode of that word; {@link RequestRefusedException} if there is none. */
  public static FailureMode parse(String text) {
    for (FailureMode mode : values()) {
      if (mode.text.equals(text)) {
        return mode;
      }
    }
    throw new RequestRefusedException(
        "the failure mode must be deny or allow, not \"" + text + "\"");
  }
}
