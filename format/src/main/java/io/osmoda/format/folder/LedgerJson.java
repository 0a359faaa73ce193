package io.osmoda.format.folder;

import io.osmoda.format.entry.Finding;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.Findings;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Origins;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code ledger.json} (section 2): what a ledger says about itself. Claims, to be compared
 * with entry 0.
 */
public record LedgerJson(String createdAt, String origin, List<String> logKeys) {
  public static final int FORMAT = 1;

  private static final int MAX_BYTES = 1 << 24;
  private static final Set<String> MEMBERS = Set.of("created_at", "format", "log_keys", "origin");

  public LedgerJson {
    logKeys = List.copyOf(logKeys);
  }

  /**
   * Reads the file.
   *
   * @return null where it cannot be understood, which is told
   * @throws UnknownFormatException if it is of another format
   */
  public static @Nullable LedgerJson read(ReadDisk disk, Path folder, Findings findings)
      throws UnknownFormatException {
    Path file = folder.resolve(LedgerFiles.LEDGER_JSON);
    byte[] bytes;
    try (ReadDisk.ReadFile opened = disk.openRead(file)) {
      if (opened.size() > MAX_BYTES) {
        findings.add(FindingKind.UNREADABLE, "ledger.json has more than " + MAX_BYTES + " bytes");
        return null;
      }
      bytes = disk.readAll(file);
    } catch (IOException e) {
      findings.add(FindingKind.UNREADABLE, "ledger.json: " + e);
      return null;
    }
    int length = bytes.length > 0 && bytes[bytes.length - 1] == '\n' ? bytes.length - 1 : -1;
    JsonValue value;
    byte[] canonical;
    try {
      value = CanonicalJson.parse(bytes, 0, length < 0 ? bytes.length : length);
      canonical = CanonicalJson.write(value);
    } catch (JsonException e) {
      findings.add(FindingKind.UNREADABLE, "ledger.json is no JSON: " + e.getMessage());
      return null;
    }
    if (value instanceof JsonObject object
        && object.get("format") instanceof JsonNumber format
        && format.value() != FORMAT
        && format.value() == Math.rint(format.value())) {
      throw new UnknownFormatException(
          "ledger.json says format %.0f, and only format 1 is known".formatted(format.value()));
    }
    if (length < 0 || !Arrays.equals(canonical, 0, canonical.length, bytes, 0, length)) {
      findings.add(
          FindingKind.NOT_CANONICAL, "ledger.json is not canonical JSON and one line feed");
    }
    LedgerJson claims = value instanceof JsonObject object ? of(object) : null;
    if (claims == null) {
      findings.add(
          FindingKind.BAD_MEMBER,
          "ledger.json must hold created_at, format 1, log_keys and origin, and nothing else");
    }
    return claims;
  }

  /**
   * Reads the file for a ledger that is to be used, not judged.
   *
   * @throws LedgerNotFoundException if there is none
   * @throws AccessDeniedException if this user may not look into the folder
   * @throws UnknownFormatException if it names another format than 1
   * @throws LedgerDamagedException if it is not what the format says
   */
  public static LedgerJson read(ReadDisk disk, LedgerFolder folder) throws IOException {
    if (!disk.exists(folder.ledgerJson())) {
      if (Files.isDirectory(folder.root()) && !Files.isExecutable(folder.root())) {
        throw new AccessDeniedException(folder.root().toString()); // whether there is one is hidden
      }
      throw new LedgerNotFoundException(
          "there is no ledger in " + folder.root() + " (no ledger.json)");
    }
    Findings findings = new Findings();
    LedgerJson claims = read(disk, folder.root(), findings);
    if (claims == null || !findings.isEmpty()) {
      Finding first = findings.toList().getFirst();
      throw new LedgerDamagedException(
          first.kind(), first.seq(), first.detail() + " (in " + folder.root() + ")");
    }
    return claims;
  }

  private static @Nullable LedgerJson of(JsonObject object) {
    String createdAt = object.string("created_at");
    String origin = object.string("origin");
    List<String> logKeys = strings(object.get("log_keys"));
    return object.members().keySet().equals(MEMBERS)
            && object.get("format") instanceof JsonNumber
            && createdAt != null
            && origin != null
            && Origins.isOrigin(origin)
            && logKeys != null
        ? new LedgerJson(createdAt, origin, logKeys)
        : null;
  }

  /** The file's bytes: canonical JSON and one LF. */
  public byte[] toBytes() {
    JsonObject object =
        JsonObject.builder()
            .put("created_at", createdAt)
            .put("format", FORMAT)
            .put("log_keys", array(logKeys))
            .put("origin", origin)
            .build();
    try {
      byte[] json = CanonicalJson.write(object);
      byte[] line = Arrays.copyOf(json, json.length + 1);
      line[json.length] = '\n';
      return line;
    } catch (JsonException e) {
      throw new IllegalStateException("keys and origin are plain text", e);
    }
  }

  public static JsonArray array(List<String> strings) {
    return new JsonArray(strings.stream().<JsonValue>map(JsonString::new).toList());
  }

  /** The strings of an array that holds some and nothing else, or null. */
  public static @Nullable List<String> strings(@Nullable JsonValue value) {
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
}
