package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.query.Condition;
import io.osmoda.query.Deadline;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.EntryResults;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.Facets;
import io.osmoda.query.Member;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger supports of some controls in a period: how many entries, the newest, and the
 * capture points that they come from, and when these were on. It never says more than {@code
 * supports} or {@code not evidenced}. Immutable; as safe for threads as the search that it was
 * given.
 */
public final class ControlReport {
  private final Frameworks frameworks;
  private final EntrySearch search;

  /** A report over what a search finds. */
  public ControlReport(Frameworks frameworks, EntrySearch search) {
    this.frameworks = frameworks;
    this.search = search;
  }

  /**
   * Looks at the ledger.
   *
   * @param framework null for all
   * @param from null for the beginning
   * @param to null for the end
   * @param size entries to look at
   * @return for programs and for the table that people see
   * @throws io.osmoda.format.entry.RequestRefusedException if there is no such framework
   */
  public JsonObject make(
      @Nullable String framework,
      @Nullable Instant from,
      @Nullable Instant to,
      long size,
      Deadline deadline)
      throws IOException {
    EntryFilter period =
        new EntryFilter(from, to, Map.of(), null, new Condition.SeqBetween(0, size));
    List<Framework> chosen = frameworks.select(framework, null);
    Look look = new Look(period, deadline);
    List<JsonValue> told = new ArrayList<>();
    for (Framework each : chosen) {
      told.add(look.tell(each));
    }
    JsonObject.Builder json =
        JsonObject.builder()
            .putIfPresent("from", from == null ? null : from.toString())
            .putIfPresent("to", to == null ? null : to.toString())
            .put("entries", look.all.total())
            .put("capture_gaps", look.count("capture_gap"))
            .put("capture_states", look.count("capture_state"));
    new CoverageReport(search, size, deadline).tell(from, to, json);
    return json.put("frameworks", new JsonArray(told)).build();
  }

  /** One look at the ledger: what all controls ask of an action is asked once. */
  private final class Look {
    private final EntryFilter period;
    private final Deadline deadline;
    private final Facets all; // by action and source
    private final Map<String, JsonObject> newestOfAction = new HashMap<>();

    Look(EntryFilter period, Deadline deadline) throws IOException {
      this.period = period;
      this.deadline = deadline;
      this.all =
          search.facets(period, List.of(Member.ACTION, Member.SOURCE), Integer.MAX_VALUE, deadline);
    }

    long count(String action) {
      return all.top().stream()
          .filter(facet -> action.equals(facet.values().getFirst()))
          .mapToLong(Facets.Facet::count)
          .sum();
    }

    JsonObject tell(Framework framework) throws IOException {
      List<JsonValue> controls = new ArrayList<>();
      for (Control control : framework.controls()) {
        controls.add(tell(control));
      }
      List<JsonValue> dates = new ArrayList<>();
      for (Framework.Application date : framework.dates()) {
        dates.add(
            JsonObject.builder()
                .put("date", date.date().toString())
                .put("what", date.what())
                .build());
      }
      return JsonObject.builder()
          .put("id", framework.id())
          .put("name", framework.name())
          .put("version", framework.version())
          .put("source", framework.source())
          .put("applicability", framework.applicability())
          .put("dates", new JsonArray(dates))
          .put("controls", new JsonArray(controls))
          .build();
    }

    private JsonObject tell(Control control) throws IOException {
      Condition condition = control.condition();
      Map<String, Long> sources =
          condition == null ? Map.of() : sources(control, period.and(condition));
      long count = sources.values().stream().mapToLong(Long::longValue).sum();
      JsonObject newest =
          condition == null || count == 0 ? null : newest(control, period.and(condition));
      List<JsonValue> named = new ArrayList<>();
      sources.forEach(
          (source, many) ->
              named.add(JsonObject.builder().put("source", source).put("count", many).build()));
      return JsonObject.builder()
          .put("id", control.id())
          .put("title", control.title())
          .put("state", count > 0 ? "supports" : "not evidenced")
          .put("entries", JsonNumber.of(count))
          .put("newest", newest == null ? JsonNull.NULL : newest)
          .put("sources", new JsonArray(named))
          .put(
              "actions",
              new JsonArray(control.actions().stream().<JsonValue>map(JsonString::new).toList()))
          .put("asks", control.asks())
          .put("cannot_show", control.cannotShow())
          .put("human_evidence", control.humanEvidence())
          .build();
    }

    /** How many entries of which source support a control. */
    private Map<String, Long> sources(Control control, EntryFilter wanted) throws IOException {
      Map<String, Long> sources = new TreeMap<>();
      if (isOfActionsAlone(control)) {
        for (Facets.Facet facet : all.top()) {
          if (control.actions().contains(String.valueOf(facet.values().getFirst()))) {
            sources.merge(String.valueOf(facet.values().getLast()), facet.count(), Long::sum);
          }
        }
      } else {
        for (Facets.Facet facet :
            search.facets(wanted, List.of(Member.SOURCE), Integer.MAX_VALUE, deadline).top()) {
          sources.put(String.valueOf(facet.values().getFirst()), facet.count());
        }
      }
      return sources;
    }

    private @Nullable JsonObject newest(Control control, EntryFilter wanted) throws IOException {
      if (!isOfActionsAlone(control)) {
        return newest(wanted);
      }
      JsonObject newest = null;
      for (String action : control.actions()) {
        JsonObject candidate = newestOfAction.get(action);
        if (candidate == null && count(action) > 0) {
          candidate = newest(period.and(new Condition.Equal(Member.ACTION, action)));
          if (candidate != null) {
            newestOfAction.put(action, candidate);
          }
        }
        if (candidate != null && (newest == null || seq(candidate) > seq(newest))) {
          newest = candidate;
        }
      }
      return newest;
    }

    private @Nullable JsonObject newest(EntryFilter wanted) throws IOException {
      try (EntryResults results = search.search(wanted, true, null, deadline)) {
        Entry entry = results.next();
        return entry == null
            ? null
            : JsonObject.builder()
                .put("seq", entry.seq())
                .put("timestamp", entry.timestamp())
                .put("action", entry.action())
                .build();
      }
    }
  }

  private static boolean isOfActionsAlone(Control control) {
    return control.supports().stream().allMatch(rule -> rule.where() == null);
  }

  private static double seq(JsonObject told) {
    return told.get("seq") instanceof JsonNumber(var seq) ? seq : -1;
  }
}
