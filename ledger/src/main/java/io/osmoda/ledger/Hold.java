package io.osmoda.ledger;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;

/**
 * A legal hold that is in force: until it is released nothing that it covers is redacted.
 * Immutable.
 *
 * @param seq the {@code hold_set} entry that set it, which is its name
 * @param timestamp when
 * @param by the actor who set it
 * @param reason why, such as a case's number
 */
public record Hold(
    long seq, Hash entryHash, String timestamp, String by, HoldScope scope, String reason) {
  static Hold of(Entry entry) {
    String reason = entry.reason();
    return new Hold(
        entry.seq(),
        entry.entryHash(),
        entry.timestamp(),
        entry.actor(),
        HoldScope.ofTarget(entry.target()),
        reason == null ? "" : reason);
  }

  /** Whether it covers that entry. */
  public boolean covers(Entry entry) {
    return scope.covers(entry);
  }

  /** For programs. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .put("seq", seq)
        .put("timestamp", timestamp)
        .put("by", by)
        .put("covers", scope.toString())
        .putIfPresent("from", scope.from() == null ? null : scope.from().toString())
        .putIfPresent("to", scope.to() == null ? null : scope.to().toString())
        .putIfPresent("actor", scope.actor())
        .put("reason", reason)
        .build();
  }
}
