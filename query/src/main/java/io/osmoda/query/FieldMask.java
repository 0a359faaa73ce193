package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Which members of entries a copy does not show. What is masked in a payload takes the payload's
 * salt along: with it, somebody who has the rest could try values against the payload's hash.
 * Members outside the payload are hashed without a salt, and can be guessed where there are few
 * possible values, unless the hashes are masked too. Immutable and thread-safe.
 */
public final class FieldMask {
  /** Stands for what is not shown. */
  public static final String MASK = "***";

  /** Shows everything. */
  public static final FieldMask NONE = new FieldMask(List.of());

  private static final JsonString HIDDEN = new JsonString(MASK);
  private static final String SALT = "payload_salt";

  private final List<EntryFields.Field> fields;

  private FieldMask(List<EntryFields.Field> fields) {
    this.fields = List.copyOf(fields);
  }

  /**
   * Reads names with commas between, as {@link EntryFields#parse}.
   *
   * @throws RequestRefusedException if one is none, or cannot be masked; says which
   */
  public static FieldMask parse(String names) {
    List<EntryFields.Field> fields = EntryFields.parse(names).fields();
    for (EntryFields.Field field : fields) {
      if (field.name().equals("seq")) {
        throw new RequestRefusedException("seq identifies the entry and cannot be masked");
      }
    }
    return new FieldMask(fields);
  }

  /** Whether everything is shown. */
  public boolean isEmpty() {
    return fields.isEmpty();
  }

  /** What is masked, as it was asked for. */
  public List<String> names() {
    return fields.stream().map(EntryFields.Field::name).toList();
  }

  /** Whether a member of entries is masked whole. */
  public boolean hides(String member) {
    return fields.stream().anyMatch(field -> field.path() == null && field.name().equals(member));
  }

  /** All that an entry holds, masked. */
  public JsonObject of(Entry entry) {
    JsonObject whole = EntryFields.whole(entry);
    if (isEmpty()) {
      return whole;
    }
    JsonObject.Builder shown = JsonObject.builder();
    whole.members().forEach((name, value) -> shown.put(name, masked(name, value)));
    return shown.build();
  }

  private JsonValue masked(String name, JsonValue value) {
    JsonValue shown = value;
    for (EntryFields.Field field : fields) {
      PayloadPath path = field.path();
      if (path == null) {
        if (field.name().equals(name) || (field.name().equals("payload") && name.equals(SALT))) {
          return HIDDEN;
        }
      } else if (name.equals(SALT)) {
        return HIDDEN;
      } else if (name.equals("payload")) {
        shown = masked(shown, path.names(), 0);
      }
    }
    return shown;
  }

  private static JsonValue masked(JsonValue value, List<String> path, int depth) {
    if (depth == path.size()) {
      return HIDDEN;
    }
    return switch (value) {
      case JsonArray array -> {
        List<JsonValue> elements = new ArrayList<>();
        array.elements().forEach(each -> elements.add(masked(each, path, depth)));
        yield new JsonArray(elements);
      }
      case JsonObject object -> {
        JsonObject.Builder shown = JsonObject.builder();
        object
            .members()
            .forEach(
                (name, each) ->
                    shown.put(
                        name, name.equals(path.get(depth)) ? masked(each, path, depth + 1) : each));
        yield shown.build();
      }
      default -> value;
    };
  }
}
