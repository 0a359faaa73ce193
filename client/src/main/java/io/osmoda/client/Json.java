package io.osmoda.client;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** JSON that the daemon itself writes: canonical, by the ledger's own writer. */
public final class Json {
  private Json() {}

  /** Levels, at most, in which a payload is wrapped on its way between client and daemon. */
  private static final int WRAPPING = 2;

  /**
   * A value that holds a payload {@code levels} deep: the payload may take all levels that the
   * format gives it (section 1).
   */
  public static JsonValue parse(byte[] utf8, int levels) throws JsonException {
    return CanonicalJson.parse(utf8, 0, utf8.length, CanonicalJson.MAX_DEPTH + levels);
  }

  /** The bytes of a value of our own making. */
  static byte[] bytes(JsonValue value) {
    try {
      return CanonicalJson.write(value, CanonicalJson.MAX_DEPTH + WRAPPING);
    } catch (JsonException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
    }
  }

  public static String text(JsonValue value) {
    return new String(bytes(value), StandardCharsets.UTF_8);
  }

  /** A value of our own making followed by LF. */
  public static byte[] line(JsonValue value) {
    byte[] bytes = bytes(value);
    byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
    line[bytes.length] = '\n';
    return line;
  }

  /** The object's bytes with one more member at the end, whose value is JSON already. */
  static byte[] spliced(JsonObject object, String name, byte[] value) {
    byte[] head = bytes(object);
    byte[] member =
        ((head.length > 2 ? "," : "") + '"' + name + "\":").getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + member.length + value.length);
    int at = head.length - 1;
    System.arraycopy(member, 0, all, at, member.length);
    at += member.length;
    System.arraycopy(value, 0, all, at, value.length);
    all[at + value.length] = '}';
    return all;
  }

  /** An integer member, null where it is absent or none. */
  public static @Nullable Long integer(JsonObject object, String name) {
    return object.get(name) instanceof JsonNumber number
            && number.value() == Math.rint(number.value())
            && Math.abs(number.value()) <= JsonNumber.MAX_SAFE_INTEGER
        ? (Long) (long) number.value()
        : null;
  }
}
