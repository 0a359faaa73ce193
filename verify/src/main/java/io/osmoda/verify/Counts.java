package io.osmoda.verify;

import io.osmoda.format.json.JsonObject;

/**
 * How much a bundle holds (section 6). Immutable.
 *
 * @param entries lines
 * @param matching lines in time and filter
 * @param redacted matching lines without payload that a redaction explains
 * @param skeletons lines without payload
 */
public record Counts(long entries, long matching, long redacted, long skeletons) {
  /** As it stands in a manifest. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .put("entries", entries)
        .put("matching", matching)
        .put("redacted", redacted)
        .put("skeletons", skeletons)
        .build();
  }
}
