package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a view over many entries keeps of one: of its payload, which may be large, little.
 *
 * @param timestamp in the form of the format
 * @param nanos how long it took, as its payload's {@code duration_ns} says; null where that says
 *     nothing
 * @param arguments what its call was given, as JSON text, of a long one the beginning; null where
 *     it was given nothing
 */
public record Step(
    long seq,
    String entryHash,
    String timestamp,
    String actor,
    String action,
    @Nullable String tool,
    @Nullable String target,
    String status,
    String source,
    @Nullable String session,
    @Nullable Long nanos,
    @Nullable String arguments) {
  /** Longest beginning of a call's arguments that is kept, UTF-16 units. */
  private static final int MAX_ARGUMENTS = 240;

  static final String PENDING = "pending";

  static Step of(Entry entry) {
    return new Step(
        entry.seq(),
        entry.entryHash().hex(),
        entry.timestamp(),
        entry.actor(),
        entry.action(),
        entry.tool(),
        entry.target(),
        entry.status(),
        entry.source(),
        entry.session(),
        nanos(entry),
        arguments(entry));
  }

  private static @Nullable String arguments(Entry entry) {
    JsonObject payload = entry.payload();
    JsonValue given = payload == null ? null : payload.get("arguments");
    if (given == null || (given instanceof JsonObject object && object.members().isEmpty())) {
      return null;
    }
    String text;
    try {
      text = new String(CanonicalJson.write(given), StandardCharsets.UTF_8);
    } catch (JsonException e) {
      throw new IllegalStateException("what an entry holds can be written", e);
    }
    return text.length() <= MAX_ARGUMENTS
        ? text
        : text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, MAX_ARGUMENTS - 1)))
            + "…";
  }

  /** What an entry's payload says of how long it took, nanoseconds; null where it says nothing. */
  static @Nullable Long nanos(Entry entry) {
    JsonObject payload = entry.payload();
    return payload != null
            && payload.get(EntryDocument.DURATION_NAME) instanceof JsonNumber(double nanos)
            && nanos >= 0
        ? (Long) (long) nanos
        : null;
  }

  boolean isPending() {
    return status.equals(PENDING);
  }

  /** As the API gives it. */
  public JsonObject toJson() {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("seq", seq)
            .put("entry_hash", entryHash)
            .put("timestamp", timestamp)
            .put("actor", actor)
            .put("action", action)
            .putIfPresent("tool", tool)
            .putIfPresent("target", target)
            .put("status", status)
            .put("source", source)
            .putIfPresent("session", session);
    if (nanos != null) {
      json.put("duration_ns", nanos.doubleValue());
    }
    return json.putIfPresent("arguments", arguments).build();
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if it is not that
   */
  static Step fromJson(JsonObject json) {
    return new Step(
        number(json, "seq"),
        text(json, "entry_hash"),
        text(json, "timestamp"),
        text(json, "actor"),
        text(json, "action"),
        json.string("tool"),
        json.string("target"),
        text(json, "status"),
        text(json, "source"),
        json.string("session"),
        json.get("duration_ns") == null ? null : (Long) number(json, "duration_ns"),
        json.string("arguments"));
  }

  static long number(JsonObject json, String member) {
    if (json.get(member) instanceof JsonNumber(double value)) {
      return (long) value;
    }
    throw new IllegalArgumentException("a number is due as " + member);
  }

  static String text(JsonObject json, String member) {
    JsonValue value = json.get(member);
    if (value instanceof JsonString(String text)) {
      return text;
    }
    throw new IllegalArgumentException("a text is due as " + member);
  }
}
