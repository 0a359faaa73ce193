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
 * How many entries have which values of some members.
 *
 * @param by the members
 * @param total entries counted
 * @param distinct how many combinations of values there are
 * @param top the most frequent, most first, then by their values
 */
public record Facets(List<Member> by, long total, long distinct, List<Facet> top) {
  public Facets {
    by = List.copyOf(by);
    top = List.copyOf(top);
  }

  /**
   * A combination of values.
   *
   * @param values one for each member; null where an entry lacks it
   */
  public record Facet(List<@Nullable String> values, long count) {}

  /** As the API gives it. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .put(
            "by", new JsonArray(by.stream().<JsonValue>map(m -> new JsonString(m.word())).toList()))
        .put("total", JsonNumber.of(total))
        .put("distinct", JsonNumber.of(distinct))
        .put("facets", new JsonArray(top.stream().<JsonValue>map(Facets::json).toList()))
        .build();
  }

  private static JsonObject json(Facet facet) {
    JsonValue[] values =
        facet.values().stream()
            .map(value -> value == null ? JsonNull.NULL : new JsonString(value))
            .toArray(JsonValue[]::new);
    return JsonObject.builder()
        .put("values", JsonArray.of(values))
        .put("count", JsonNumber.of(facet.count()))
        .build();
  }
}
