package io.osmoda.query;

import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a period. Everything but gaps, silences and reads is of the actor asked for,
 * where one was; the entries that reading the ledger makes are counted by themselves. Immutable.
 *
 * @param from earliest timestamp, inclusive
 * @param to latest timestamp, exclusive
 * @param actor whose entries; null for everybody's
 * @param at when it was made: what has no end by then is unfinished
 * @param size entries of the ledger
 * @param isFromFirst whether the ledger has no entry before the period
 * @param entries entries in the period, without reads
 * @param reads entries that reading the ledger made, by everybody
 * @param sources how many entries each capture point gave, most first
 * @param actors how many each actor has, most first; the ledger's own entries left out
 * @param tools calls that ended in the period, by tool, most first
 * @param slowest what took longest
 * @param failures how many entries have each outcome that is a failure, most first
 * @param failed the newest of them
 * @param unfinished what began in the period and has no end yet
 * @param newTools tools that no entry before the period has
 * @param newTargets targets that no entry before the period has
 * @param gaps how many entries report the capture's own state, by action, most first
 * @param gapEntries the newest of them
 * @param silences how many stretches have no entry at all
 * @param longestSilences the longest of them, in the order of time
 */
public record Summary(
    Instant from,
    Instant to,
    @Nullable String actor,
    Instant at,
    long size,
    boolean isFromFirst,
    long entries,
    long reads,
    List<Count> sources,
    Listed<Outcomes> actors,
    Listed<Outcomes> tools,
    List<Step> slowest,
    List<Count> failures,
    List<Step> failed,
    Unfinished unfinished,
    FirstSeen newTools,
    FirstSeen newTargets,
    List<Count> gaps,
    List<Step> gapEntries,
    long silences,
    List<Silence> longestSilences) {
  /** Capture points of the machine itself, which see what an agent does not tell. */
  private static final Set<String> OF_MACHINE =
      Set.of("kernel", "fanotify", "ssh", "nix", "drift", "supervisor", "mesh");

  private static final String OF_LEDGER = "ledger";

  public Summary {
    sources = List.copyOf(sources);
    slowest = List.copyOf(slowest);
    failures = List.copyOf(failures);
    failed = List.copyOf(failed);
    gaps = List.copyOf(gaps);
    gapEntries = List.copyOf(gapEntries);
    longestSilences = List.copyOf(longestSilences);
  }

  /** Where a capture point stands. */
  public enum Side {
    /** With the agent: an API, a library, a hook, the proxy between it and its tools. */
    AGENT,
    /** With the machine. */
    MACHINE,
    /** The ledger itself. */
    LEDGER;

    static Side of(String source) {
      if (source.equals(OF_LEDGER)) {
        return LEDGER;
      }
      return OF_MACHINE.contains(source) ? MACHINE : AGENT;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How many entries have a value. */
  public record Count(String value, long count) {
    JsonObject toJson() {
      return JsonObject.builder().put("value", value).put("count", count).build();
    }
  }

  /**
   * The first of some rows.
   *
   * @param total how many rows there are
   * @param isCut whether there are more than were looked at, so that the total is too small
   */
  public record Listed<T>(List<T> rows, long total, boolean isCut) {
    public Listed {
      rows = List.copyOf(rows);
    }
  }

  /**
   * How entries of an actor or a tool ended.
   *
   * @param name null for entries that have none
   * @param failed those with an outcome that is a failure
   * @param byStatus how many have each outcome, most first
   */
  public record Outcomes(@Nullable String name, long count, long failed, List<Count> byStatus) {
    public Outcomes {
      byStatus = List.copyOf(byStatus);
    }

    JsonObject toJson(String member) {
      JsonObject.Builder statuses = JsonObject.builder();
      byStatus.forEach(each -> statuses.put(each.value(), each.count()));
      return JsonObject.builder()
          .putIfPresent(member, name)
          .put("count", count)
          .put("failed", failed)
          .put("by_status", statuses.build())
          .build();
    }
  }

  /**
   * What began and has no end yet.
   *
   * @param count how many, of those looked at
   * @param begun how many began in the period with an end to come
   * @param looked how many of these were looked at, the newest
   * @param oldest the oldest that have no end
   */
  public record Unfinished(long count, long begun, long looked, List<Step> oldest) {
    public Unfinished {
      oldest = List.copyOf(oldest);
    }
  }

  /**
   * Values of the period that no entry before it has.
   *
   * @param count how many, of those looked at
   * @param isCut whether the period has more values than were looked at, the most frequent
   * @param first the first entry of some, in order
   */
  public record FirstSeen(long count, boolean isCut, List<Step> first) {
    public FirstSeen {
      first = List.copyOf(first);
    }
  }

  /** Entries by where their capture points stand. */
  public Map<Side, Long> sides() {
    Map<Side, Long> sides = new EnumMap<>(Side.class);
    for (Side side : Side.values()) {
      sides.put(side, 0L);
    }
    sources.forEach(each -> sides.merge(Side.of(each.value()), each.count(), Long::sum));
    return sides;
  }

  /** As the API gives it. */
  public JsonObject toJson() {
    JsonObject.Builder sides = JsonObject.builder();
    sides().forEach((side, count) -> sides.put(side.word(), count));
    return JsonObject.builder()
        .put("from", from.toString())
        .put("to", to.toString())
        .putIfPresent("actor", actor)
        .put("at", at.toString())
        .put("size", size)
        .put("from_first", isFromFirst)
        .put("entries", entries)
        .put("reads", reads)
        .put("sides", sides.build())
        .put(
            "sources",
            list(
                sources,
                each ->
                    JsonObject.builder()
                        .put("source", each.value())
                        .put("side", Side.of(each.value()).word())
                        .put("count", each.count())
                        .build()))
        .put("actors", listed(actors, each -> each.toJson("actor")))
        .put("tools", listed(tools, each -> each.toJson("tool")))
        .put("slowest", list(slowest, Step::toJson))
        .put(
            "failed",
            JsonObject.builder()
                .put("by_status", counts(failures))
                .put("newest", list(failed, Step::toJson))
                .build())
        .put(
            "unfinished",
            JsonObject.builder()
                .put("count", unfinished.count())
                .put("begun", unfinished.begun())
                .put("looked_at", unfinished.looked())
                .put("oldest", list(unfinished.oldest(), Step::toJson))
                .build())
        .put(
            "first_seen",
            JsonObject.builder()
                .put("tools", json(newTools))
                .put("targets", json(newTargets))
                .build())
        .put(
            "gaps",
            JsonObject.builder()
                .put("by_action", counts(gaps))
                .put("newest", list(gapEntries, Step::toJson))
                .build())
        .put(
            "silences",
            JsonObject.builder()
                .put("count", silences)
                .put("longest", list(longestSilences, Silence::toJson))
                .build())
        .build();
  }

  private static JsonObject counts(List<Count> counts) {
    JsonObject.Builder json = JsonObject.builder();
    counts.forEach(each -> json.put(each.value(), each.count()));
    return json.build();
  }

  private static JsonObject json(FirstSeen seen) {
    return JsonObject.builder()
        .put("count", seen.count())
        .put("cut", seen.isCut())
        .put("first", list(seen.first(), Step::toJson))
        .build();
  }

  private static <T> JsonObject listed(Listed<T> listed, Function<T, JsonValue> json) {
    return JsonObject.builder()
        .put("total", listed.total())
        .put("cut", listed.isCut())
        .put("rows", list(listed.rows(), json))
        .build();
  }

  private static <T> JsonArray list(List<T> all, Function<T, JsonValue> json) {
    return new JsonArray(all.stream().map(json).toList());
  }
}
