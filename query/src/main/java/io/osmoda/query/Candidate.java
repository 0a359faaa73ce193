package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** An entry that conditions are held against; its payload is parsed once, if at all. */
final class Candidate {
  /** The members whose words a search by text finds, beside those of the payload. */
  static final List<Member> TEXT_MEMBERS =
      List.of(
          Member.ACTOR, Member.ACTION, Member.TOOL, Member.TARGET, Member.SESSION, Member.REASON);

  /** Members of a payload that hold what came of a call, not what it acted on. */
  private static final Set<String> RESULTS = Set.of("result", "error", "content");

  private final Entry entry;
  private @Nullable JsonObject payload;

  Candidate(Entry entry) {
    this.entry = entry;
  }

  Entry entry() {
    return entry;
  }

  /** Null where it was redacted. */
  @Nullable JsonObject payload() {
    if (payload == null) {
      payload = entry.payload();
    }
    return payload;
  }

  /** Whether a text of the entry satisfies the test: a member's, a payload's name or value. */
  boolean anyText(Predicate<String> test) {
    for (Member member : TEXT_MEMBERS) {
      String value = member.value(entry);
      if (value != null && test.test(value)) {
        return true;
      }
    }
    JsonObject details = payload();
    return details != null && anyText(details, test);
  }

  /**
   * Whether what the entry acted on satisfies the test: its target, or a string of its payload that
   * is not part of a result.
   */
  boolean anyTouched(Predicate<String> test) {
    String target = entry.target();
    if (target != null && test.test(target)) {
      return true;
    }
    JsonObject details = payload();
    if (details != null) {
      for (Map.Entry<String, JsonValue> member : details.members().entrySet()) {
        if (!RESULTS.contains(member.getKey()) && anyString(member.getValue(), test)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean anyString(JsonValue value, Predicate<String> test) {
    return switch (value) {
      case JsonString string -> test.test(string.value());
      case JsonArray array -> array.elements().stream().anyMatch(each -> anyString(each, test));
      case JsonObject object ->
          object.members().values().stream().anyMatch(each -> anyString(each, test));
      default -> false;
    };
  }

  private static boolean anyText(JsonValue value, Predicate<String> test) {
    return switch (value) {
      case JsonString string -> test.test(string.value());
      case JsonNumber number -> test.test(Numbers.text(number.value()));
      case JsonArray array -> array.elements().stream().anyMatch(each -> anyText(each, test));
      case JsonObject object -> {
        for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
          if (test.test(member.getKey()) || anyText(member.getValue(), test)) {
            yield true;
          }
        }
        yield false;
      }
      case JsonBoolean bool -> false;
      case JsonNull nothing -> false;
    };
  }
}
