package io.osmoda.daemon;

import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.JsonValue;
import io.osmoda.ledger.LedgerStatus;

/** A ledger's status as JSON, the same from the API and from a command. */
final class StatusJson {
  private StatusJson() {}

  static JsonObject.Builder of(LedgerStatus status) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("origin", status.origin())
            .put("size", status.size())
            .put("anchored", status.anchored())
            .put("newest_timestamp", status.newestTimestamp())
            .put("anchored_timestamp", status.anchoredTimestamp())
            .put("segments", status.segments())
            .put("backlog_bytes", status.backlogBytes())
            .put("clock_held", status.clockHeld())
            .putIfPresent("stopped_because", status.stoppedBecause());
    if (status.clockHeld()) {
      json.put("clock_ahead_seconds", status.clockAheadNanos() / 1e9);
    }
    JsonValue sources = status.sources().get("sources");
    if (sources != null) {
      json.put("sources", sources);
    }
    return json;
  }
}
