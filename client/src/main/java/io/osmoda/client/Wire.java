package io.osmoda.client;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.json.JsonObject;

/** What client and daemon must spell alike. */
public final class Wire {
  /** Media type of one JSON value. */
  public static final String JSON = "application/json";

  /** Media type of JSON values, one a line. */
  public static final String NDJSON = "application/x-ndjson";

  /** Media type of a live stream. */
  public static final String EVENT_STREAM = "text/event-stream";

  /** The comment in a live stream after which all that comes is new. */
  public static final String CAUGHT_UP = "caught up";

  /** Names the capture client: 32 hex digits of its own choosing. */
  public static final String CLIENT_HEADER = "Osmoda-Client";

  /** Names the session that the daemon gave the client. */
  public static final String SESSION_HEADER = "Osmoda-Session";

  /** With a batch that was sent before: the newest sequence number that the client knows. */
  public static final String RESUME_HEADER = "Osmoda-Resume-After";

  /** A background daemon's exit code where another process holds the ledger (EX_TEMPFAIL). */
  public static final int EXIT_LOCKED = 75;

  static final int KIB = 1_024;
  static final int MIB = 1_024 * KIB;

  private Wire() {}

  /** A capture event as it stands in a batch. */
  public static JsonObject json(CaptureEvent event) {
    return JsonObject.builder()
        .put("kind", event.kind().action())
        .put("source", event.source())
        .put("instance", event.instance())
        .put("details", event.details())
        .build();
  }
}
