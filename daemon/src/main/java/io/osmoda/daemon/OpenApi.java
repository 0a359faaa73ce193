package io.osmoda.daemon;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The API's OpenAPI description. It is written in parts, one per topic, under {@code openapi/}, and
 * merged here: objects of the same name member by member. Two parts must not define the same thing.
 */
final class OpenApi {
  /** The parts: files in {@code openapi/} without their extension. */
  static final List<String> PARTS =
      List.of(
          "about",
          "service",
          "entries",
          "search",
          "overview",
          "evidence",
          "audit",
          "log",
          "capture");

  private OpenApi() {}

  /** The whole description, as canonical JSON. */
  static byte[] read() throws IOException {
    JsonObject merged = JsonObject.EMPTY;
    for (String part : PARTS) {
      merged = merge("", merged, parse(part));
    }
    try {
      return CanonicalJson.write(merged);
    } catch (JsonException e) {
      throw new IllegalStateException("the API description cannot be written", e);
    }
  }

  private static JsonObject parse(String part) throws IOException {
    String name = "openapi/" + part + ".json";
    try (InputStream in = OpenApi.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the class path");
      }
      if (CanonicalJson.parse(in.readAllBytes()) instanceof JsonObject object) {
        return object;
      }
      throw new IllegalStateException(name + " is not an object");
    } catch (JsonException e) {
      throw new IllegalStateException(name + " is not valid JSON " + e.getMessage(), e);
    }
  }

  static JsonObject merge(String at, JsonObject one, JsonObject two) {
    Map<String, JsonValue> members = new TreeMap<>(one.members());
    two.members()
        .forEach(
            (name, value) -> members.merge(name, value, (a, b) -> both(at + "/" + name, a, b)));
    return new JsonObject(members);
  }

  private static JsonValue both(String at, @Nullable JsonValue one, JsonValue two) {
    // Only these are shared by the parts; anything deeper belongs to one of them.
    if (List.of("/paths", "/components", "/components/schemas").contains(at)
        && one instanceof JsonObject a
        && two instanceof JsonObject b) {
      return merge(at, a, b);
    }
    throw new IllegalStateException("two parts of the API description define " + at);
  }
}
