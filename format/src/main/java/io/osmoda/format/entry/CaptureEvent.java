package io.osmoda.format.entry;

import io.osmoda.format.json.JsonObject;

/**
 * What a capture source reports about itself.
 *
 * @param source the capture point, as in an entry's {@code source}: {@code mcp_proxy}, {@code hook}
 *     …
 * @param instance which one of them, such as the agent and server that a proxy stands between;
 *     becomes the entry's {@code target}, 1…1,024 bytes
 * @param details the entry's payload: mode, events, lost and so on; no personal data
 */
public record CaptureEvent(Kind kind, String source, String instance, JsonObject details) {
  /** What happened to the source. */
  public enum Kind {
    START("capture_start"),
    STOP("capture_stop"),
    GAP("capture_gap");

    private final String action;

    Kind(String action) {
      this.action = action;
    }

    /** The entry's action. */
    public String action() {
      return action;
    }
  }

  public CaptureEvent {
    DraftRules.checkName("source", source);
    DraftRules.checkText("target", instance, DraftRules.MAX_TARGET);
  }
}
