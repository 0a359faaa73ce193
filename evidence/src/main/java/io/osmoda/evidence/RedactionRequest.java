package io.osmoda.evidence;

import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose payloads are to go. Immutable.
 *
 * @param last inclusive
 * @param reason why; recorded permanently
 * @param payload details that are sealed with it, such as the basis
 * @param sooner why they go before the configured retention ends, which is sealed with it; null
 *     where that need not be said
 */
public record RedactionRequest(
    long first, long last, String reason, JsonObject payload, @Nullable String sooner) {
  private static final String SOONER = "before_retention_ends";
  private static final List<String> MEMBERS = List.of("first", "last", "reason", "payload", SOONER);

  /**
   * Checks what is asked.
   *
   * @throws RequestRefusedException if it is no redaction; says why
   */
  public RedactionRequest {
    if (first < 0 || last < first) {
      throw incomplete();
    }
    if (sooner != null && sooner.isBlank()) {
      throw new RequestRefusedException(
          "a reason is required to remove payloads before their retention ends; it is recorded");
    }
  }

  private static RequestRefusedException incomplete() {
    return new RequestRefusedException(
        "a redaction needs first and last, sequence numbers in that order, and a reason");
  }

  /** For the daemon. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .put("first", first)
        .put("last", last)
        .put("reason", reason)
        .put("payload", payload)
        .putIfPresent(SOONER, sooner)
        .build();
  }

  /**
   * Reads a request.
   *
   * @throws RequestRefusedException if it is none; says why
   */
  public static RedactionRequest parse(JsonObject json) {
    Requests.only("a redaction", json, MEMBERS);
    Long first = seq(json.get("first"));
    Long last = json.get("last") == null ? first : seq(json.get("last"));
    String reason = json.string("reason");
    if (first == null || last == null || reason == null) {
      throw incomplete();
    }
    return new RedactionRequest(
        first,
        last,
        reason,
        json.get("payload") instanceof JsonObject given ? given : JsonObject.EMPTY,
        json.get(SOONER) == null ? null : Requests.text("a redaction", json, SOONER));
  }

  private static @Nullable Long seq(@Nullable JsonValue value) {
    return value instanceof JsonNumber(double seq)
            && seq == Math.rint(seq)
            && seq >= 0
            && seq <= JsonNumber.MAX_SAFE_INTEGER
        ? (Long) (long) seq
        : null;
  }
}
