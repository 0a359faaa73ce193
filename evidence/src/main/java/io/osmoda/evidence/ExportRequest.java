package io.osmoda.evidence;

import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.Moments;
import io.osmoda.verify.BundleFilter;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an export is asked for. Immutable.
 *
 * @param framework whose actions to resolve into the filter; null for none
 * @param control the one control of it; null for all
 * @param from earliest timestamp, inclusive; null for the beginning
 * @param to latest timestamp, exclusive; null for the moment at which the export begins
 * @param members items by member, as {@link EntryFilter} takes them
 * @param withheld whether payloads stay behind
 * @param previous the SHA-256, in hex, of the manifest of the bundle that this one follows; null
 *     for none
 */
public record ExportRequest(
    @Nullable String framework,
    @Nullable String control,
    @Nullable Instant from,
    @Nullable Instant to,
    Map<String, List<String>> members,
    boolean withheld,
    @Nullable String previous) {
  private static final String PAYLOADS = "payloads";
  private static final String PREVIOUS = "previous";
  private static final String FULL = "full";
  private static final String WITHHELD = "withheld";

  /**
   * Checks what is asked.
   *
   * @throws RequestRefusedException if it is nothing that can be exported; says why
   */
  public ExportRequest {
    if (control != null && framework == null) {
      throw new RequestRefusedException("a control needs its framework");
    }
    if (from != null && to != null && !from.isBefore(to)) {
      throw new RequestRefusedException("the period starts at " + from + ", not before " + to);
    }
    if (previous != null && !previous.matches("[0-9a-f]{64}")) {
      throw new RequestRefusedException("previous must be a manifest's SHA-256, 64 hex digits");
    }
    // A filter of the same words checks them: which members there are, what a status can be.
    members = new EntryFilter(null, null, members, null, null).members();
  }

  /** A request for a bundle that follows no other. */
  public ExportRequest(
      @Nullable String framework,
      @Nullable String control,
      @Nullable Instant from,
      @Nullable Instant to,
      Map<String, List<String>> members,
      boolean withheld) {
    this(framework, control, from, to, members, withheld, null);
  }

  /** The word for it in a manifest. */
  String payloads() {
    return withheld ? WITHHELD : FULL;
  }

  /**
   * The filter that a bundle proves.
   *
   * @throws RequestRefusedException if framework or control are not known, or no entry can support
   *     them, or none of the actions asked for is among theirs
   */
  BundleFilter filter(Frameworks frameworks) {
    if (framework == null) {
      return new BundleFilter(members);
    }
    List<String> actions = new ArrayList<>();
    for (Framework chosen : frameworks.select(framework, control)) {
      chosen.controls().forEach(each -> actions.addAll(each.actions()));
    }
    if (actions.isEmpty()) {
      throw new RequestRefusedException(
          "no entry can support "
              + framework
              + (control == null ? "" : " " + control)
              + ": people must provide that evidence (see osmoda controls)");
    }
    List<String> asked = members.getOrDefault("action", List.of());
    if (!asked.isEmpty()) {
      actions.removeIf(action -> !BundleFilter.anyMatches(asked, action));
      if (actions.isEmpty()) {
        throw new RequestRefusedException(
            "none of the requested actions belongs to "
                + framework
                + (control == null ? "" : " " + control));
      }
    }
    Map<String, List<String>> resolved = new LinkedHashMap<>(members);
    resolved.put("action", actions);
    return new BundleFilter(resolved);
  }

  /** The parameters as given, for the manifest and for the daemon. */
  public JsonObject toJson() {
    JsonObject.Builder json = JsonObject.builder();
    json.putIfPresent("framework", framework)
        .putIfPresent("control", control)
        .putIfPresent("from", from == null ? null : Moments.stamp(from))
        .putIfPresent("to", to == null ? null : Moments.stamp(to))
        .put(PAYLOADS, payloads())
        .putIfPresent(PREVIOUS, previous);
    members.forEach(
        (member, items) ->
            json.put(
                member, new JsonArray(items.stream().<JsonValue>map(JsonString::new).toList())));
    return json.build();
  }

  /**
   * Reads a request.
   *
   * @throws RequestRefusedException if it is none; says why
   */
  public static ExportRequest parse(JsonObject json) {
    Set<String> known = new HashSet<>(EntryFilter.MEMBERS);
    known.addAll(List.of("framework", "control", "from", "to", PAYLOADS, PREVIOUS));
    Map<String, List<String>> members = new LinkedHashMap<>();
    for (Map.Entry<String, JsonValue> member : json.members().entrySet()) {
      String name = member.getKey();
      if (!known.contains(name)) {
        throw new RequestRefusedException("unknown member of an export: " + name);
      }
      if (EntryFilter.MEMBERS.contains(name)) {
        members.put(name, texts(name, member.getValue()));
      } else if (!(member.getValue() instanceof JsonString)) {
        throw new RequestRefusedException(name + " must be a string");
      }
    }
    String payloads = json.string(PAYLOADS);
    if (payloads != null && !payloads.equals(FULL) && !payloads.equals(WITHHELD)) {
      throw new RequestRefusedException("payloads must be full or withheld, not " + payloads);
    }
    return new ExportRequest(
        json.string("framework"),
        json.string("control"),
        instant(json, "from"),
        instant(json, "to"),
        members,
        WITHHELD.equals(payloads),
        json.string(PREVIOUS));
  }

  /** A point in time of a request's JSON; null where it is absent. */
  static @Nullable Instant instant(JsonObject json, String name) {
    String text = json.string(name);
    try {
      return text == null ? null : Moments.parse(text, Instant.now(), ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new RequestRefusedException(name + ": " + e.getMessage(), e);
    }
  }

  private static List<String> texts(String name, JsonValue value) {
    if (!(value instanceof JsonArray array)) {
      throw new RequestRefusedException(name + " must be a list of strings");
    }
    List<String> texts = new ArrayList<>();
    for (JsonValue element : array.elements()) {
      if (!(element instanceof JsonString(var text))) {
        throw new RequestRefusedException(name + " must be a list of strings");
      }
      texts.add(text);
    }
    return texts;
  }
}
