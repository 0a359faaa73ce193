package io.osmoda.query;

import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A way into a payload, by member names; arrays on the way are looked into, each element. The empty
 * path is the payload itself. Immutable.
 */
record PayloadPath(List<String> names) {
  private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_/@$-]+");

  PayloadPath {
    names = List.copyOf(names);
  }

  /** Whether any value that the path leads to satisfies the test. */
  boolean any(JsonValue from, Predicate<JsonValue> test) {
    return any(from, 0, test);
  }

  private boolean any(JsonValue value, int depth, Predicate<JsonValue> test) {
    if (depth == names.size() && test.test(value)) {
      return true;
    }
    return switch (value) {
      case JsonArray array -> array.elements().stream().anyMatch(each -> any(each, depth, test));
      case JsonObject object -> {
        JsonValue next = depth < names.size() ? object.get(names.get(depth)) : null;
        yield next != null && any(next, depth + 1, test);
      }
      default -> false;
    };
  }

  /** As conditions write it: {@code payload.a.b}, with quotes where a name needs them. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("payload");
    for (String name : names) {
      text.append('.').append(PLAIN.matcher(name).matches() ? name : Quoted.of(name));
    }
    return text.toString();
  }

  /** Whether a name can stand in a path without quotes. */
  static boolean isPlain(int codePoint) {
    return Character.isLetterOrDigit(codePoint) || "_/@$-".indexOf(codePoint) >= 0;
  }
}
