package io.osmoda.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code ledger.json}: what the ledger says of itself (section 2). Claims to compare, never a
 * source of trust.
 *
 * @param createdAt entry 0's timestamp
 * @param logKeys the keys in force, as vkeys
 */
record LedgerManifest(String createdAt, List<String> logKeys, String origin) {
  static final int FORMAT = 1;

  private static final Set<String> MEMBERS = Set.of("created_at", "format", "log_keys", "origin");

  LedgerManifest {
    logKeys = List.copyOf(logKeys);
  }

  /**
   * Reads the file.
   *
   * @throws LedgerNotFoundException if there is none
   * @throws UnknownFormatException if it names another format than 1
   * @throws LedgerDamagedException if it is not what the format says
   */
  static LedgerManifest read(Disk disk, LedgerFolder folder) throws IOException {
    if (!disk.exists(folder.manifest())) {
      throw new LedgerNotFoundException(
          "there is no ledger in "
              + folder.root()
              + " (no ledger.json); make one with \"osmoda init\", or name its folder with"
              + " --ledger");
    }
    byte[] bytes = disk.readAll(folder.manifest());
    JsonObject object = parse(bytes);
    if (object == null) {
      throw damaged(folder, "is no canonical JSON object with an LF at its end");
    }
    if (object.get("format") instanceof JsonNumber format && format.value() != FORMAT) {
      throw new UnknownFormatException(
          folder.manifest()
              + " names ledger format "
              + (long) format.value()
              + "; this software knows format 1");
    }
    String createdAt = object.string("created_at");
    String origin = object.string("origin");
    List<String> keys = strings(object.get("log_keys"));
    if (!object.members().keySet().equals(MEMBERS)
        || !(object.get("format") instanceof JsonNumber)
        || createdAt == null
        || origin == null
        || !DraftRules.isOrigin(origin)
        || keys == null) {
      throw damaged(folder, "must have created_at, format, log_keys and origin, and no others");
    }
    return new LedgerManifest(createdAt, keys, origin);
  }

  private static @Nullable JsonObject parse(byte[] bytes) throws IOException {
    if (bytes.length == 0 || bytes[bytes.length - 1] != '\n') {
      return null;
    }
    try {
      return CanonicalJson.parse(bytes, 0, bytes.length - 1) instanceof JsonObject o ? o : null;
    } catch (JsonException e) {
      return null;
    }
  }

  static @Nullable List<String> strings(@Nullable JsonValue value) {
    if (!(value instanceof JsonArray array) || array.elements().isEmpty()) {
      return null;
    }
    List<String> strings = new ArrayList<>();
    for (JsonValue element : array.elements()) {
      if (!(element instanceof JsonString string)) {
        return null;
      }
      strings.add(string.value());
    }
    return strings;
  }

  private static LedgerDamagedException damaged(LedgerFolder folder, String what) {
    return new LedgerDamagedException(
        folder.manifest() + " " + what + "; restore it from a copy of the ledger");
  }

  byte[] toBytes() {
    try {
      String json =
          new String(
              CanonicalJson.write(
                  JsonObject.builder()
                      .put("created_at", createdAt)
                      .put("format", FORMAT)
                      .put("log_keys", array(logKeys))
                      .put("origin", origin)
                      .build()),
              StandardCharsets.UTF_8);
      return (json + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonException e) {
      throw new IllegalStateException("keys and origin are plain text", e);
    }
  }

  static JsonArray array(List<String> strings) {
    return new JsonArray(strings.stream().<JsonValue>map(JsonString::new).toList());
  }
}
