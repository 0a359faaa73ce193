package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which members of entries to return. Whole entries are given as they are sealed, and can be
 * verified; a choice of members cannot. Immutable and thread-safe.
 */
public final class EntryFields {
  /** Entries as they are sealed. */
  public static final EntryFields WHOLE = new EntryFields(List.of());

  private static final List<String> NAMES =
      Stream.of(
              "seq",
              "timestamp",
              "occurred_at",
              "actor",
              "action",
              "tool",
              "target",
              "status",
              "source",
              "session",
              "trace",
              "caused_by",
              "reason",
              "payload",
              "payload_salt",
              "payload_hash",
              "prev_hash",
              "entry_hash")
          .toList();

  private final List<Field> fields;

  /** A member, or what a payload has at a path; null for a member. */
  record Field(String name, @Nullable PayloadPath path) {}

  private EntryFields(List<Field> fields) {
    this.fields = fields;
  }

  /**
   * Reads names with commas between: members ({@code time} is the timestamp), or {@code
   * payload.NAME}.
   *
   * @throws RequestRefusedException if one is none; says which, and what may have been meant
   */
  public static EntryFields parse(String names) {
    List<Field> fields = new ArrayList<>();
    for (String each : names.split(",", -1)) {
      String name = each.strip();
      if (name.startsWith("payload.")) {
        fields.add(new Field(name, path(name)));
      } else if (name.equals("time")) {
        fields.add(new Field("timestamp", null)); // as in conditions
      } else if (NAMES.contains(name)) {
        fields.add(new Field(name, null));
      } else {
        String near = Spelling.nearest(name, NAMES);
        throw new RequestRefusedException(
            "unknown field '%s'%s; valid fields are %s and payload.NAME"
                .formatted(
                    name,
                    near == null ? "" : ", did you mean " + near + "?",
                    String.join(", ", NAMES)));
      }
    }
    return new EntryFields(List.copyOf(fields));
  }

  private static PayloadPath path(String name) {
    try {
      return WhereParser.path(name);
    } catch (WhereException e) {
      throw new RequestRefusedException("'" + name + "': " + e.getMessage(), e);
    }
  }

  /** Whether entries are given whole. */
  public boolean isWhole() {
    return fields.isEmpty();
  }

  /** The names, in the order asked for; empty for whole entries. */
  public List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  /** The same with where in a payload they stand. */
  List<Field> fields() {
    return fields;
  }

  /** The entry's line without its LF, or a JSON object with the fields that it has. */
  public byte[] of(Entry entry) {
    if (isWhole()) {
      return entry.line();
    }
    try {
      return CanonicalJson.write(object(entry));
    } catch (JsonException e) {
      throw new IllegalStateException("what an entry holds can be written", e);
    }
  }

  /** The fields that the entry has, by their names. */
  public JsonObject object(Entry entry) {
    return object(whole(entry));
  }

  /** The same of an entry that was read, and perhaps masked, already. */
  public JsonObject object(JsonObject whole) {
    JsonObject.Builder object = JsonObject.builder();
    for (Field field : fields) {
      JsonValue value =
          field.path() == null ? whole.get(field.name()) : at(whole.get("payload"), field.path());
      if (value != null) {
        object.put(field.name(), value);
      }
    }
    return object.build();
  }

  /** All that an entry holds. */
  static JsonObject whole(Entry entry) {
    try {
      if (CanonicalJson.parse(entry.line()) instanceof JsonObject whole) {
        return whole;
      }
    } catch (JsonException e) {
      throw new IllegalStateException("an entry is JSON", e);
    }
    throw new IllegalStateException("an entry is an object");
  }

  /** What stands at a path: one value, or an array of several; null where there is nothing. */
  private static @Nullable JsonValue at(@Nullable JsonValue payload, PayloadPath path) {
    if (payload == null) {
      return null;
    }
    List<JsonValue> found = new ArrayList<>();
    boolean isArray =
        path.any(
            payload,
            value -> {
              found.add(value);
              return value instanceof JsonArray; // its elements are in it
            });
    if (found.isEmpty()) {
      return null;
    }
    return found.size() == 1 || isArray ? found.getLast() : new JsonArray(found);
  }
}
