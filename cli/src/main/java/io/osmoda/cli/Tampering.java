package io.osmoda.cli;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What somebody who holds a ledger's folder, but not its keys, can do to it. For the demo, on
 * copies of small ledgers with one segment; works on the bytes alone, as they would.
 */
final class Tampering {
  private static final Path SEGMENT = Path.of("segments", "00000000000000000000.ndjson");

  private Tampering() {}

  /** Copies a folder and all in it. */
  static void copy(Path from, Path to) throws IOException {
    Path index = from.resolve("index"); // derived, and its daemon may be writing there
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files.filter(each -> !each.startsWith(index))::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  /** Changes words in one line and leaves its hashes. */
  static void editLine(Path ledger, long seq, String from, String to) throws IOException {
    List<String> lines = read(ledger);
    String line = lines.get((int) seq);
    if (!line.contains(from)) {
      throw new IllegalArgumentException("entry " + seq + " does not hold: " + from);
    }
    lines.set((int) seq, line.replace(from, to));
    write(ledger, lines);
  }

  /** Takes one line out. */
  static void deleteLine(Path ledger, long seq) throws IOException {
    List<String> lines = read(ledger);
    lines.remove((int) seq);
    write(ledger, lines);
  }

  /** Takes a line and all after it out. */
  static void cutTail(Path ledger, long firstGone) throws IOException {
    write(ledger, read(ledger).subList(0, (int) firstGone));
  }

  /**
   * Changes one entry's payload and makes every hash from there on right again, also those by which
   * later entries name their causes.
   */
  static void rewrite(Path ledger, long seq, UnaryOperator<JsonObject> change)
      throws IOException, JsonException {
    List<String> lines = read(ledger);
    String prevHash = null;
    Map<String, String> renamed = new LinkedHashMap<>();
    for (int i = (int) seq; i < lines.size(); i++) {
      Map<String, JsonValue> members = new LinkedHashMap<>(parse(lines.get(i)).members());
      if (i == seq && members.get("payload") instanceof JsonObject payload) {
        JsonObject changed = change.apply(payload);
        String salt = parse(lines.get(i)).string("payload_salt");
        members.put("payload", changed);
        members.put("payload_hash", hash(HexFormat.of().parseHex(String.valueOf(salt)), changed));
      }
      if (prevHash != null) {
        members.put("prev_hash", new JsonString(prevHash));
      }
      if (members.get("caused_by") instanceof JsonArray causes) {
        members.put(
            "caused_by",
            new JsonArray(
                causes.elements().stream().map(cause -> renamed(cause, renamed)).toList()));
      }
      Map<String, JsonValue> hashed = new LinkedHashMap<>(members);
      hashed.keySet().removeAll(List.of("entry_hash", "payload", "payload_salt"));
      JsonString entryHash = hash(new byte[0], new JsonObject(hashed));
      renamed.put(String.valueOf(parse(lines.get(i)).string("entry_hash")), entryHash.value());
      members.put("entry_hash", entryHash);
      prevHash = entryHash.value();
      lines.set(i, JsonText.line(new JsonObject(members)));
    }
    write(ledger, lines);
  }

  private static JsonValue renamed(JsonValue cause, Map<String, String> renamed) {
    if (!(cause instanceof JsonString text)) {
      return cause;
    }
    int hash = text.value().indexOf('@') + 1;
    String old = text.value().substring(hash);
    return new JsonString(text.value().substring(0, hash) + renamed.getOrDefault(old, old));
  }

  private static JsonString hash(byte[] salt, JsonObject value) throws JsonException {
    MessageDigest digest = Digests.sha256();
    digest.update(salt);
    return new JsonString(HexFormat.of().formatHex(digest.digest(CanonicalJson.write(value))));
  }

  private static JsonObject parse(String line) throws JsonException {
    if (CanonicalJson.parse(line.getBytes(StandardCharsets.UTF_8)) instanceof JsonObject object) {
      return object;
    }
    throw new IllegalArgumentException("a line is an object");
  }

  private static List<String> read(Path ledger) throws IOException {
    return new ArrayList<>(Files.readAllLines(ledger.resolve(SEGMENT)));
  }

  private static void write(Path ledger, List<String> lines) throws IOException {
    Files.writeString(ledger.resolve(SEGMENT), String.join("\n", lines) + "\n");
  }
}
