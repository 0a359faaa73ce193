package io.osmoda.query;

import io.osmoda.format.json.JsonObject;
import java.time.Duration;
import java.time.Instant;

/** A stretch of time in which no entry was sealed. */
public record Silence(Instant from, Instant to) {
  Duration length() {
    return Duration.between(from, to);
  }

  JsonObject toJson() {
    return JsonObject.builder()
        .put("from", from.toString())
        .put("to", to.toString())
        .put("seconds", length().toMillis() / 1_000.0)
        .build();
  }
}
