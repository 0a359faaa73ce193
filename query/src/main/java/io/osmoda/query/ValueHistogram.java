package io.osmoda.query;

import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many entries were sealed when, by the values of a member.
 *
 * @param times the same without the values
 * @param by the member
 * @param values the most frequent, most first; null for entries without one
 * @param counts for each bucket how many entries have each of the values
 */
public record ValueHistogram(
    Histogram times, Member by, List<@Nullable String> values, List<List<Long>> counts) {
  /** As the API gives it: a histogram whose buckets have {@code counts}, in the order of values. */
  public JsonObject toJson() {
    JsonObject.Builder json = JsonObject.builder();
    JsonObject plain = times.toJson();
    plain.members().forEach(json::put);
    JsonValue[] buckets = new JsonValue[counts.size()];
    for (int i = 0; i < buckets.length; i++) {
      JsonObject.Builder bucket = JsonObject.builder();
      times.buckets().get(i).toJson().members().forEach(bucket::put);
      buckets[i] =
          bucket
              .put(
                  "counts",
                  new JsonArray(counts.get(i).stream().<JsonValue>map(JsonNumber::of).toList()))
              .build();
    }
    JsonValue[] named =
        values.stream()
            .map(value -> value == null ? JsonNull.NULL : new JsonString(value))
            .toArray(JsonValue[]::new);
    return json.put("by", by.word())
        .put("values", JsonArray.of(named))
        .put("buckets", JsonArray.of(buckets))
        .build();
  }
}
