package io.osmoda.daemon;

import io.osmoda.evidence.BadConfigurationException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.LedgerStatus;
import io.osmoda.query.IndexStatus;
import java.io.IOException;

/** A ledger's status as JSON, the same from the API and from a command. */
final class StatusJson {
  private StatusJson() {}

  /** Tells where the collecting of evidence stands. */
  interface Collecting {
    JsonObject tell() throws IOException;
  }

  /**
   * How a ledger, its index, reviews and evidence stand.
   *
   * @param desk reports reviews, or what is wrong with the configuration
   */
  static JsonObject.Builder of(
      LedgerStatus status, IndexStatus index, AuditDesk desk, Collecting collecting)
      throws IOException {
    JsonObject.Builder json = of(status).put("index", index.toJson());
    try {
      JsonObject state = desk.reviewState();
      if (state != null) {
        json.put("review", state);
      }
      if (desk.configuration().evidence() != null) {
        json.put("evidence", evidence(collecting));
      }
      return json;
    } catch (BadConfigurationException e) {
      return json.put("configuration_problem", String.valueOf(e.getMessage()));
    }
  }

  private static JsonObject evidence(Collecting collecting) {
    try {
      return collecting.tell();
    } catch (IOException e) {
      return JsonObject.builder().put("problem", Failures.describe(e)).build();
    }
  }

  private static JsonObject.Builder of(LedgerStatus status) {
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
