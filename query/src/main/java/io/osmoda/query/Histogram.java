package io.osmoda.query;

import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How many entries were sealed when.
 *
 * @param interval length of each bucket; the first begins at a multiple of it since 1970, in UTC
 * @param total entries counted
 * @param buckets from the first with an entry to the last, with the empty ones between
 */
public record Histogram(Duration interval, long total, List<Bucket> buckets) {
  /** Most buckets. */
  public static final int MAX_BUCKETS = 10_000;

  public Histogram {
    buckets = List.copyOf(buckets);
  }

  /**
   * A stretch of time.
   *
   * @param start its beginning
   * @param count entries sealed in it
   * @param failed those of them with status error, denied, timeout or crashed
   */
  public record Bucket(Instant start, long count, long failed) {
    JsonObject toJson() {
      return JsonObject.builder()
          .put("from", start.toString())
          .put("count", JsonNumber.of(count))
          .put("failed", JsonNumber.of(failed))
          .build();
    }
  }

  /** As the API gives it. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .put("interval_seconds", new JsonNumber(interval.toMillis() / 1_000.0))
        .put("total", JsonNumber.of(total))
        .put("buckets", new JsonArray(buckets.stream().<JsonValue>map(Bucket::toJson).toList()))
        .build();
  }
}
