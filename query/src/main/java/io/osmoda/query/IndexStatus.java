package io.osmoda.query;

import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far the index follows the ledger.
 *
 * @param entries entries that it knows
 * @param missing entries that it lacks, which searches read instead
 * @param lag how long ago the oldest entry was sealed that the newest partition lacks; zero where
 *     it lacks none
 * @param problem why it does not go on at present; null where it does
 */
public record IndexStatus(long entries, long missing, Duration lag, @Nullable String problem) {
  /** As {@code status} gives it. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .put("entries", JsonNumber.of(entries))
        .put("missing", JsonNumber.of(missing))
        .put("lag_seconds", new JsonNumber(lag.toMillis() / 1_000.0))
        .putIfPresent("problem", problem)
        .build();
  }
}
