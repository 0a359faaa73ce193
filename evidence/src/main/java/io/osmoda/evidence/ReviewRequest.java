package io.osmoda.evidence;

import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a person says of a review. Immutable.
 *
 * @param from earliest timestamp, inclusive; null for where the reviews so far end
 * @param to latest timestamp, exclusive; null for now
 * @param note what was looked at and found; not blank
 * @param outcome what came of it; null where the person does not say
 * @param framework for which framework; null for none
 * @param control for which control of it; null for none
 */
public record ReviewRequest(
    @Nullable Instant from,
    @Nullable Instant to,
    String note,
    @Nullable Outcome outcome,
    @Nullable String framework,
    @Nullable String control) {
  private static final List<String> MEMBERS =
      List.of("from", "to", "note", "outcome", "framework", "control");

  /** What came of a review. */
  public enum Outcome {
    NOTHING_UNUSUAL,
    FOLLOW_UP,
    INCIDENT;

    /** The word in the entry. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The outcome of that word.
     *
     * @throws RequestRefusedException if there is none
     */
    public static Outcome parse(String word) {
      for (Outcome outcome : values()) {
        if (outcome.toString().equals(word.replace('-', '_'))) {
          return outcome;
        }
      }
      throw new RequestRefusedException(
          "an outcome must be nothing_unusual, follow_up or incident, not \"" + word + '"');
    }
  }

  /**
   * Checks what is said.
   *
   * @throws RequestRefusedException if it is no review; says why
   */
  public ReviewRequest {
    if (note.isBlank()) {
      throw new RequestRefusedException(
          "a review needs a note: what you looked at and what you found");
    }
    if (from != null && to != null && !from.isBefore(to)) {
      throw new RequestRefusedException("the period starts at " + from + ", not before " + to);
    }
    if (control != null && framework == null) {
      throw new RequestRefusedException("a control needs its framework");
    }
  }

  /** For the daemon. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .putIfPresent("from", from == null ? null : from.toString())
        .putIfPresent("to", to == null ? null : to.toString())
        .put("note", note)
        .putIfPresent("outcome", outcome == null ? null : outcome.toString())
        .putIfPresent("framework", framework)
        .putIfPresent("control", control)
        .build();
  }

  /**
   * Reads a request.
   *
   * @throws RequestRefusedException if it is none; says why
   */
  public static ReviewRequest parse(JsonObject json) {
    Requests.onlyTexts("a review", json, MEMBERS);
    String outcome = json.string("outcome");
    return new ReviewRequest(
        ExportRequest.instant(json, "from"),
        ExportRequest.instant(json, "to"),
        Requests.text("a review", json, "note"),
        outcome == null ? null : Outcome.parse(outcome),
        json.string("framework"),
        json.string("control"));
  }
}
