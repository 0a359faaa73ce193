package io.osmoda.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code ledger.json} (section 2): what a ledger says of itself. Claims, to be compared
 * with entry 0.
 */
record LedgerJson(String createdAt, String origin, List<String> logKeys) {
  static final int FORMAT = 1;

  private static final int MAX_BYTES = 1 << 24;
  private static final Set<String> MEMBERS = Set.of("created_at", "format", "log_keys", "origin");

  LedgerJson {
    logKeys = List.copyOf(logKeys);
  }

  /**
   * Reads the file.
   *
   * @return null where it cannot be understood, which is told
   * @throws UnknownFormatException if it is of another format
   */
  static @Nullable LedgerJson read(Disk disk, Path folder, Findings findings)
      throws UnknownFormatException {
    Path file = folder.resolve(LedgerFiles.LEDGER_JSON);
    byte[] bytes;
    try (Disk.DiskFile opened = disk.openRead(file)) {
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

  private static @Nullable LedgerJson of(JsonObject object) {
    String createdAt = object.string("created_at");
    String origin = object.string("origin");
    List<String> logKeys = new ArrayList<>();
    if (object.get("log_keys") instanceof JsonArray array) {
      for (JsonValue key : array.elements()) {
        if (!(key instanceof JsonString string)) {
          return null;
        }
        logKeys.add(string.value());
      }
    }
    return object.members().keySet().equals(MEMBERS)
            && object.get("format") instanceof JsonNumber
            && createdAt != null
            && origin != null
            && DraftRules.isOrigin(origin)
            && !logKeys.isEmpty()
        ? new LedgerJson(createdAt, origin, logKeys)
        : null;
  }
}
