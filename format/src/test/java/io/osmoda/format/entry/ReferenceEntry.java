package io.osmoda.format.entry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Section 1's table of members a second time, over a parsed line and in the table's own words, to
 * compare {@link EntryLine} with.
 */
final class ReferenceEntry {
  private static final Set<String> REQUIRED =
      Set.of(
          "seq",
          "timestamp",
          "actor",
          "action",
          "status",
          "source",
          "payload_hash",
          "prev_hash",
          "entry_hash");
  private static final Pattern CONTROLS = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f]");
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");
  private static final Pattern CAUSE =
      Pattern.compile("([a-z0-9][a-z0-9._/:-]{0,254})?#(0|[1-9][0-9]{0,15})@[0-9a-f]{64}");
  private static final Pattern TIME =
      Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9})Z");
  private static final Pattern CONTROL_ACTION =
      Pattern.compile("ledger_.*|key_rotate|clock_step|capture_.*|witness_.*");

  private ReferenceEntry() {}

  /** The entry on a line without its LF; null where the line is none. */
  static @Nullable JsonObject read(byte[] line) {
    try {
      JsonValue value = CanonicalJson.parse(line, 0, line.length, CanonicalJson.MAX_DEPTH + 1);
      boolean canonical =
          Arrays.equals(CanonicalJson.write(value, CanonicalJson.MAX_DEPTH + 1), line);
      boolean fits = line.length + 1 <= 1_048_576;
      return canonical && fits && value instanceof JsonObject entry && isEntry(entry)
          ? entry
          : null;
    } catch (JsonException e) {
      return null;
    }
  }

  private static boolean isEntry(JsonObject entry) {
    Map<String, JsonValue> members = entry.members();
    return members.keySet().containsAll(REQUIRED)
        && members.containsKey("payload") == members.containsKey("payload_salt")
        && members.entrySet().stream().allMatch(m -> isMember(m.getKey(), m.getValue()))
        && isControl(entry) == "ledger".equals(entry.string("source"))
        && isControl(entry) == "system:ledger".equals(entry.string("actor"));
  }

  private static boolean isControl(JsonObject entry) {
    String action = entry.string("action");
    return action != null && CONTROL_ACTION.matcher(action).matches();
  }

  private static boolean isMember(String name, JsonValue value) {
    return switch (name) {
      case "seq" ->
          value instanceof JsonNumber(double seq)
              && seq >= 0
              && seq <= JsonNumber.MAX_SAFE_INTEGER
              && seq == Math.rint(seq);
      case "timestamp", "occurred_at" -> isString(value, ReferenceEntry::isTime);
      case "actor" -> isString(value, ReferenceEntry::isActor);
      case "action", "source" -> isString(value, NAME.asMatchPredicate());
      case "tool", "session" -> isText(value, 256);
      case "target" -> isText(value, 1_024);
      case "status" ->
          isString(
              value,
              List.of(
                      "ok",
                      "error",
                      "denied",
                      "pending",
                      "timeout",
                      "cancelled",
                      "crashed",
                      "unknown")
                  ::contains);
      case "trace" -> value instanceof JsonObject trace && isTrace(trace);
      case "caused_by" -> value instanceof JsonArray causes && areCauses(causes.elements());
      case "reason" -> isString(value, text -> hasLength(text, 4_096));
      case "payload" -> value instanceof JsonObject;
      case "payload_salt" -> isString(value, text -> text.matches("[0-9a-f]{32}"));
      case "payload_hash", "prev_hash", "entry_hash" ->
          isString(value, text -> text.matches("[0-9a-f]{64}"));
      default -> false;
    };
  }

  private static boolean isString(JsonValue value, Predicate<String> rule) {
    return value instanceof JsonString(String text) && rule.test(text);
  }

  private static boolean isText(JsonValue value, int max) {
    return isString(value, text -> hasLength(text, max) && !CONTROLS.matcher(text).find());
  }

  private static boolean hasLength(String text, int max) {
    int length = text.getBytes(UTF_8).length;
    return 1 <= length && length <= max;
  }

  private static boolean isActor(String text) {
    return text.matches("(?s)(agent|user|ssh|system|mesh):.*")
        && isText(new JsonString(text.substring(text.indexOf(':') + 1)), 256);
  }

  private static boolean isTime(String text) {
    var matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    try {
      LocalDate.parse(matcher.group(1));
      LocalTime.parse(matcher.group(2));
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean isTrace(JsonObject trace) {
    Map<String, JsonValue> ids = new LinkedHashMap<>(trace.members());
    JsonValue traceId = ids.remove("trace_id");
    JsonValue spanId = ids.remove("span_id");
    JsonValue parent = ids.remove("parent_span_id");
    return ids.isEmpty()
        && traceId != null
        && spanId != null
        && isString(traceId, text -> text.matches("(?!0{32})[0-9a-f]{32}"))
        && isString(spanId, text -> text.matches("(?!0{16})[0-9a-f]{16}"))
        && (parent == null || isString(parent, text -> text.matches("(?!0{16})[0-9a-f]{16}")));
  }

  private static boolean areCauses(List<JsonValue> causes) {
    return !causes.isEmpty()
        && causes.size() <= 64
        && new HashSet<>(causes).size() == causes.size()
        && causes.stream().allMatch(cause -> isString(cause, ReferenceEntry::isCause));
  }

  private static boolean isCause(String text) {
    var matcher = CAUSE.matcher(text);
    return matcher.matches() && Long.parseLong(matcher.group(2)) <= JsonNumber.MAX_SAFE_INTEGER;
  }

  /** SHA-256( JCS(entry without entry_hash, payload, payload_salt) ). */
  static byte[] entryHash(JsonObject entry, MessageDigest sha256) throws JsonException {
    Map<String, JsonValue> members = new LinkedHashMap<>(entry.members());
    members.keySet().removeAll(Set.of("entry_hash", "payload", "payload_salt"));
    return sha256.digest(CanonicalJson.write(new JsonObject(members)));
  }

  /** SHA-256( salt bytes ‖ JCS(payload) ), in hex. */
  static String payloadHash(JsonObject entry, MessageDigest sha256) throws JsonException {
    String salt = entry.string("payload_salt");
    if (salt != null && entry.get("payload") instanceof JsonObject payload) {
      sha256.update(HexFormat.of().parseHex(salt));
      return HexFormat.of().formatHex(sha256.digest(CanonicalJson.write(payload)));
    }
    throw new IllegalArgumentException("no payload");
  }
}
