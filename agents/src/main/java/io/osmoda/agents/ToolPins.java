package io.osmoda.agents;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers each tool's definition by its hash and tells what a new listing changes. The first
 * listing that is read to its end is the ground that later ones are compared with. Not thread-safe:
 * lists come from one side.
 */
final class ToolPins {
  /** Listings begun and not read to their end that are remembered. */
  private static final int MAX_OPEN = 100;

  private final Map<String, String> pins = new HashMap<>();
  private final Map<String, Set<String>> openListings =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Set<String>> eldest) {
          return size() > MAX_OPEN;
        }
      };
  private boolean grounded;

  /** A tool as listed, with the SHA-256 of its canonical definition. */
  record Tool(String name, String sha256, JsonSlice definition) {}

  /**
   * One difference.
   *
   * @param change which it is: {@code "added"}, {@code "changed"}, {@code "removed"}
   */
  record Change(
      String change,
      String name,
      @Nullable String before,
      @Nullable String after,
      @Nullable JsonSlice definition) {}

  /**
   * What a page of a listing says.
   *
   * @param complete whether the listing was read from its start to its end
   * @param fresh whether it holds a definition that was not known
   */
  record Page(List<Tool> tools, boolean complete, boolean fresh, List<Change> changes) {}

  /**
   * Takes in one page.
   *
   * @param cursor what the page was asked with; null for a listing's first page
   * @param next where the next page begins; null for the last one
   */
  Page page(@Nullable String cursor, List<JsonSlice> definitions, @Nullable String next) {
    Set<String> seen = cursor == null ? new HashSet<>() : openListings.remove(cursor);
    List<Tool> tools = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    boolean fresh = false;
    for (JsonSlice definition : definitions) {
      String given = definition.text("name");
      String name = given == null ? "" : given;
      String hash = hash(definition);
      tools.add(new Tool(name, hash, definition));
      String before = pins.put(name, hash);
      fresh |= !hash.equals(before);
      if (before == null && grounded) {
        changes.add(new Change("added", name, null, hash, definition));
      } else if (before != null && !before.equals(hash)) {
        changes.add(new Change("changed", name, before, hash, definition));
      }
      if (seen != null) {
        seen.add(name);
      }
    }
    if (seen != null && next != null) {
      openListings.put(next, seen);
    }
    boolean complete = false;
    if (seen != null && next == null) {
      complete = true;
      for (String name : List.copyOf(pins.keySet())) {
        if (!seen.contains(name)) {
          changes.add(new Change("removed", name, pins.remove(name), null, null));
        }
      }
      grounded = true;
    }
    return new Page(tools, complete, fresh, changes);
  }

  /** SHA-256 of the canonical definition; of its bytes where the ledger's JSON refuses it. */
  static String hash(JsonSlice definition) {
    byte[] bytes = Arrays.copyOfRange(definition.bytes(), definition.start(), definition.end());
    try {
      bytes = CanonicalJson.canonicalize(bytes);
    } catch (JsonException e) {
      // Still a stable mark of this very text, which is what a pin is for.
    }
    return PayloadText.sha256(bytes, 0, bytes.length);
  }
}
