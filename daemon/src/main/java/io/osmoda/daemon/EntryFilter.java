package io.osmoda.daemon;

import io.osmoda.ledger.Entry;
import io.osmoda.ledger.JsonArray;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.JsonString;
import io.osmoda.ledger.JsonValue;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a reader wants. Every condition that is given must hold; a list holds if any of its
 * items does; an item ending in {@code *} is a beginning, {@code *} alone means any value.
 * Immutable and thread-safe.
 *
 * @param from earliest timestamp, inclusive
 * @param to latest timestamp, exclusive
 * @param members conditions on the members named in {@link #MEMBERS}
 * @param text part of actor, action, tool, target, session, reason or payload, in any case
 */
public record EntryFilter(
    @Nullable Instant from,
    @Nullable Instant to,
    Map<String, List<String>> members,
    @Nullable String text) {
  /** The members of an entry that can be filtered by, and the names of the API's parameters. */
  public static final List<String> MEMBERS =
      List.of("actor", "action", "tool", "target", "status", "source", "session");

  /** Every entry. */
  public static final EntryFilter ALL = new EntryFilter(null, null, Map.of(), null);

  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  public EntryFilter {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> condition : members.entrySet()) {
      if (!MEMBERS.contains(condition.getKey())) {
        throw new IllegalArgumentException("entries are not filtered by " + condition.getKey());
      }
      for (String item : condition.getValue()) {
        if (item.isEmpty()) {
          throw new IllegalArgumentException("an empty " + condition.getKey() + " matches nothing");
        }
      }
      if (!condition.getValue().isEmpty()) {
        copy.put(condition.getKey(), List.copyOf(condition.getValue()));
      }
    }
    members = Map.copyOf(copy);
    if (text != null && text.isEmpty()) {
      text = null;
    }
  }

  /** Whether the entry is wanted. */
  public boolean matches(Entry entry) {
    return inTime(entry) && membersMatch(entry) && (text == null || textMatches(entry, text));
  }

  private boolean inTime(Entry entry) {
    // Timestamps have one fixed form, whose order as text is their order in time.
    return (from == null || entry.timestamp().compareTo(TIMESTAMP.format(from)) >= 0)
        && (to == null || entry.timestamp().compareTo(TIMESTAMP.format(to)) < 0);
  }

  private boolean membersMatch(Entry entry) {
    for (Map.Entry<String, List<String>> condition : members.entrySet()) {
      String value = member(entry, condition.getKey());
      if (value == null
          || condition.getValue().stream().noneMatch(wanted -> itemMatches(wanted, value))) {
        return false;
      }
    }
    return true;
  }

  private static boolean itemMatches(String wanted, String value) {
    return wanted.endsWith("*")
        ? value.startsWith(wanted.substring(0, wanted.length() - 1))
        : value.equals(wanted);
  }

  private static @Nullable String member(Entry entry, String name) {
    return switch (name) {
      case "actor" -> entry.actor();
      case "action" -> entry.action();
      case "tool" -> entry.tool();
      case "target" -> entry.target();
      case "status" -> entry.status();
      case "source" -> entry.source();
      case "session" -> entry.session();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static boolean textMatches(Entry entry, String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    return contains(entry.actor(), wanted)
        || contains(entry.action(), wanted)
        || contains(entry.tool(), wanted)
        || contains(entry.target(), wanted)
        || contains(entry.session(), wanted)
        || contains(entry.reason(), wanted)
        || contains(entry.payloadText(), wanted);
  }

  private static boolean contains(@Nullable String value, String lowerCase) {
    return value != null && value.toLowerCase(Locale.ROOT).contains(lowerCase);
  }

  /**
   * The part [first, end) of the entries below {@code size} that the time bounds allow, found by
   * bisection: timestamps never decrease.
   */
  Range timeRange(LedgerReader reader, long size) throws IOException {
    long first = from == null ? 0 : firstAtOrAfter(reader, size, TIMESTAMP.format(from));
    long end = to == null ? size : firstAtOrAfter(reader, size, TIMESTAMP.format(to));
    return new Range(first, Math.max(first, end));
  }

  /** Entries from {@code first} on, {@code end} exclusive. */
  record Range(long first, long end) {
    /** What both have; empty where they have nothing in common. */
    Range intersect(Range other) {
      long low = Math.max(first, other.first);
      return new Range(low, Math.max(low, Math.min(end, other.end)));
    }
  }

  private static long firstAtOrAfter(LedgerReader reader, long size, String timestamp)
      throws IOException {
    long low = 0;
    long high = size;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (reader.entry(middle).timestamp().compareTo(timestamp) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The filter as it stands in a {@code ledger_query} entry. */
  JsonObject toJson() {
    JsonObject.Builder json = JsonObject.builder();
    if (from != null) {
      json.put("from", from.toString());
    }
    if (to != null) {
      json.put("to", to.toString());
    }
    for (Map.Entry<String, List<String>> condition : members.entrySet()) {
      json.put(
          condition.getKey(),
          new JsonArray(condition.getValue().stream().<JsonValue>map(JsonString::new).toList()));
    }
    return json.putIfPresent("text", text).build();
  }

  /** The filter as the API's query parameters, without a leading {@code ?} or {@code &}. */
  String toQuery() {
    StringBuilder query = new StringBuilder();
    if (from != null) {
      parameter(query, "from", from.toString());
    }
    if (to != null) {
      parameter(query, "to", to.toString());
    }
    for (Map.Entry<String, List<String>> condition : members.entrySet()) {
      condition.getValue().forEach(item -> parameter(query, condition.getKey(), item));
    }
    if (text != null) {
      parameter(query, "text", text);
    }
    return query.toString();
  }

  private static void parameter(StringBuilder query, String name, String value) {
    query
        .append(query.isEmpty() ? "" : "&")
        .append(name)
        .append('=')
        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
  }
}
