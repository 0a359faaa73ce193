package io.osmoda.verify;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The filter of a bundle (section 6): lists of items over members that skeletons keep, so that an
 * auditor can hold it against every line. Immutable.
 *
 * @param items by member: each list sorted by code point, without duplicates
 */
public record BundleFilter(Map<String, List<String>> items) {
  private static final List<String> MEMBERS =
      List.of("action", "actor", "session", "source", "status", "target", "tool");

  public BundleFilter {
    Map<String, List<String>> sorted = new TreeMap<>();
    items.forEach(
        (member, list) -> {
          if (!list.isEmpty()) {
            sorted.put(member, list.stream().distinct().sorted(CodePoints.ORDER).toList());
          }
        });
    items = sorted;
  }

  /**
   * Reads a manifest's filter.
   *
   * @throws BadManifestException if it is not as the format says; says why
   */
  static BundleFilter parse(JsonObject json) throws BadManifestException {
    Map<String, List<String>> items = new TreeMap<>();
    for (Map.Entry<String, JsonValue> member : json.members().entrySet()) {
      String name = member.getKey();
      if (!MEMBERS.contains(name)) {
        throw new BadManifestException("a filter has no member " + name);
      }
      if (!(member.getValue() instanceof JsonArray array) || array.elements().isEmpty()) {
        throw new BadManifestException("filter." + name + " is no list with items");
      }
      List<String> list = new ArrayList<>();
      for (JsonValue element : array.elements()) {
        if (!(element instanceof JsonString(var item)) || item.isEmpty()) {
          throw new BadManifestException("filter." + name + " has an item that is no text");
        }
        if (!list.isEmpty() && CodePoints.ORDER.compare(list.getLast(), item) >= 0) {
          throw new BadManifestException("filter." + name + " is not sorted, each item once");
        }
        list.add(item);
      }
      items.put(name, list);
    }
    return new BundleFilter(items);
  }

  /** As it stands in a manifest. */
  public JsonObject toJson() {
    JsonObject.Builder json = JsonObject.builder();
    items.forEach(
        (member, list) ->
            json.put(
                member, new JsonArray(list.stream().<JsonValue>map(JsonString::new).toList())));
    return json.build();
  }

  /** The text of an entry's member; null where it is absent. */
  interface Members {
    @Nullable String text(String member);
  }

  /** Whether it selects an entry, time aside. */
  public boolean matches(Entry entry) {
    return matches(member -> value(entry, member));
  }

  boolean matches(Members entry) {
    for (Map.Entry<String, List<String>> member : items.entrySet()) {
      String value = entry.text(member.getKey());
      if (value == null || !anyMatches(member.getValue(), value)) {
        return false;
      }
    }
    return true;
  }

  /** Whether an item of a list stands for a value. */
  public static boolean anyMatches(List<String> items, String value) {
    for (String item : items) {
      if (item.endsWith("*")
          ? value.startsWith(item.substring(0, item.length() - 1))
          : value.equals(item)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String value(Entry entry, String member) {
    return switch (member) {
      case "action" -> entry.action();
      case "actor" -> entry.actor();
      case "session" -> entry.session();
      case "source" -> entry.source();
      case "status" -> entry.status();
      case "target" -> entry.target();
      case "tool" -> entry.tool();
      default -> throw new IllegalStateException("no member of a filter: " + member);
    };
  }
}
