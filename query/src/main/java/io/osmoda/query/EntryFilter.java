package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a reader wants. Everything that is given must hold; a list holds if any of its
 * items does; an item ending in {@code *} is a beginning, {@code *} alone means any value.
 * Immutable and thread-safe.
 *
 * @param from earliest timestamp, inclusive
 * @param to latest timestamp, exclusive
 * @param members conditions on the members named in {@link #MEMBERS}
 * @param text words that must all be there, as {@link WhereParser#text} reads them
 * @param where what else must hold
 */
public record EntryFilter(
    @Nullable Instant from,
    @Nullable Instant to,
    Map<String, List<String>> members,
    @Nullable String text,
    @Nullable Condition where) {
  /** The members of an entry that can be filtered by, and the names of the API's parameters. */
  public static final List<String> MEMBERS = Member.GROUPED.stream().map(Member::word).toList();

  /** Every entry. */
  public static final EntryFilter ALL = new EntryFilter(null, null, Map.of(), null, null);

  /**
   * Checks what is asked.
   *
   * @throws RequestRefusedException if a member cannot be filtered by or an item is empty, or the
   *     text has no word; the message says which
   */
  public EntryFilter {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    for (String member : MEMBERS) {
      List<String> items = members.getOrDefault(member, List.of());
      if (items.contains("")) {
        throw new RequestRefusedException("an empty " + member + " matches nothing");
      }
      if (member.equals(Member.STATUS.word())) {
        items.forEach(EntryFilter::requireStatus);
      }
      if (!items.isEmpty()) {
        copy.put(member, List.copyOf(items));
      }
    }
    for (String member : members.keySet()) {
      if (!MEMBERS.contains(member)) {
        throw new RequestRefusedException("entries are not filtered by " + member);
      }
    }
    members = java.util.Collections.unmodifiableMap(copy);
    if (text != null && text.isEmpty()) {
      text = null;
    }
    if (text != null) {
      words(text);
    }
    if (where != null && where.equals(Condition.all())) {
      where = null;
    }
  }

  private static void requireStatus(String item) {
    boolean isOpen = item.endsWith("*");
    String word = isOpen ? item.substring(0, item.length() - 1) : item;
    String problem = StatusWords.problem(word, isOpen);
    if (problem != null) {
      throw new RequestRefusedException(problem + "; " + StatusWords.hint(word));
    }
  }

  private static Condition words(String text) {
    try {
      return WhereParser.text(text);
    } catch (WhereException e) {
      throw new RequestRefusedException("the text: " + e.getMessage(), e);
    }
  }

  /** The same within other bounds of time. */
  public EntryFilter within(@Nullable Instant first, @Nullable Instant end) {
    return new EntryFilter(first, end, members, text, where);
  }

  /** The same with something more that must hold. */
  public EntryFilter and(Condition more) {
    return new EntryFilter(from, to, members, text, where == null ? more : where.and(more));
  }

  /** All that it asks, as one condition. */
  public Condition condition() {
    List<Condition> parts = new ArrayList<>();
    if (from != null) {
      parts.add(new Condition.At(Member.TIMESTAMP, Comparison.AT_LEAST, from));
    }
    if (to != null) {
      parts.add(new Condition.At(Member.TIMESTAMP, Comparison.LESS, to));
    }
    for (Map.Entry<String, List<String>> condition : members.entrySet()) {
      Member member = Member.of(condition.getKey());
      if (member == null) {
        throw new IllegalStateException(condition.getKey() + " was checked to be a member");
      }
      List<Condition> items =
          condition.getValue().stream().map(item -> item(member, item)).toList();
      parts.add(items.size() == 1 ? items.getFirst() : new Condition.Or(items));
    }
    if (text != null) {
      parts.add(words(text));
    }
    if (where != null) {
      parts.add(where);
    }
    return parts.size() == 1 ? parts.getFirst() : new Condition.And(parts);
  }

  private static Condition item(Member member, String item) {
    if (item.equals("*")) {
      return new Condition.Present(member);
    }
    return item.endsWith("*")
        ? new Condition.Begins(member, item.substring(0, item.length() - 1))
        : new Condition.Equal(member, item);
  }

  /** Whether the entry matches. */
  public boolean matches(Entry entry) {
    return condition().matches(entry);
  }

  /** The filter as it stands in a {@code ledger_query} entry. */
  public JsonObject toJson() {
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
    return json.putIfPresent("text", text)
        .putIfPresent("where", where == null ? null : where.toString())
        .build();
  }

  /** The filter as the API's query parameters, without a leading {@code ?} or {@code &}. */
  public String toQuery() {
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
    if (where != null) {
      parameter(query, "where", where.toString());
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
