package io.osmoda.evidence;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lines changed as somebody would who can compute hashes. */
final class Resealed {
  private Resealed() {}

  static JsonObject parse(byte[] line) throws Exception {
    int length = line[line.length - 1] == '\n' ? line.length - 1 : line.length;
    return (JsonObject) CanonicalJson.parse(line, 0, length);
  }

  /** A line with one member set, or removed where the value is null; its hashes as they were. */
  static byte[] with(byte[] line, String member, @Nullable JsonValue value) throws Exception {
    Map<String, JsonValue> members = new LinkedHashMap<>(parse(line).members());
    if (value == null) {
      members.remove(member);
    } else {
      members.put(member, value);
    }
    return bytes(members);
  }

  /** The line with hashes that hold. */
  static byte[] seal(byte[] line) throws Exception {
    Map<String, JsonValue> members = new LinkedHashMap<>(parse(line).members());
    if (members.get("payload") instanceof JsonObject payload
        && members.get("payload_salt") instanceof JsonString(var salt)) {
      ByteArrayOutputStream salted = new ByteArrayOutputStream();
      salted.writeBytes(HexFormat.of().parseHex(salt));
      salted.writeBytes(CanonicalJson.write(payload));
      members.put("payload_hash", new JsonString(Digests.of(salted.toByteArray()).hex()));
    }
    Map<String, JsonValue> hashed = new LinkedHashMap<>(members);
    hashed.keySet().removeAll(java.util.Set.of("entry_hash", "payload", "payload_salt"));
    byte[] bytes = bytes(hashed);
    Hash hash = Digests.of(java.util.Arrays.copyOf(bytes, bytes.length - 1));
    members.put("entry_hash", new JsonString(hash.hex()));
    return bytes(members);
  }

  static byte[] bytes(Map<String, JsonValue> members) throws Exception {
    JsonObject.Builder json = JsonObject.builder();
    members.forEach(json::put);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(CanonicalJson.write(json.build()));
    out.write('\n');
    return out.toByteArray();
  }
}
