package io.osmoda.evidence;

import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.HoldScope;
import java.util.List;

/**
 * A legal hold that somebody wants.
 *
 * @param reason why, such as a case's number; recorded permanently
 */
public record HoldRequest(HoldScope scope, String reason) {
  private static final List<String> MEMBERS = List.of("reason", "from", "to", "actor");

  /**
   * Checks what is asked.
   *
   * @throws RequestRefusedException if there is no reason
   */
  public HoldRequest {
    requireReason("a hold", reason);
  }

  /**
   * Refuses an empty reason.
   *
   * @param what is asked for, with its article
   * @throws RequestRefusedException if it is blank
   */
  public static void requireReason(String what, String reason) {
    if (reason.isBlank()) {
      throw new RequestRefusedException(
          what + " needs a reason, such as a case number; it is recorded permanently");
    }
  }

  /** For the daemon. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .putIfPresent("from", scope.from() == null ? null : scope.from().toString())
        .putIfPresent("to", scope.to() == null ? null : scope.to().toString())
        .putIfPresent("actor", scope.actor())
        .put("reason", reason)
        .build();
  }

  /**
   * Reads a request.
   *
   * @throws RequestRefusedException if it is none; says why
   */
  public static HoldRequest parse(JsonObject json) {
    Requests.onlyTexts("a hold", json, MEMBERS);
    return new HoldRequest(
        new HoldScope(
            ExportRequest.instant(json, "from"),
            ExportRequest.instant(json, "to"),
            json.string("actor")),
        Requests.text("a hold", json, "reason"));
  }
}
