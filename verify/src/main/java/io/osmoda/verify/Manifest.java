package io.osmoda.verify;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import java.io.ByteArrayOutputStream;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code manifest.json} (section 6). Immutable.
 *
 * @param files SHA-256 in hex by name
 * @param root base64, of the ledger when the export began
 * @param size of the ledger when the export began
 * @param timeFrom null together with {@code timeTo}
 */
public record Manifest(
    Counts counts,
    long firstSeq,
    long endSeq,
    Map<String, String> files,
    BundleFilter filter,
    @Nullable String framework,
    boolean isSample,
    String root,
    long size,
    List<String> logKeys,
    String madeBy,
    @Nullable Mapping mapping,
    String origin,
    boolean withheld,
    JsonObject request,
    String requestedBy,
    @Nullable Sample sample,
    @Nullable String timeFrom,
    @Nullable String timeTo) {
  /** Longest manifest that is read, bytes. */
  public static final int MAX_BYTES = 4 << 20;

  private static final long FORMAT = 1;
  private static final String HEX = "[0-9a-f]{64}";
  private static final Set<String> MEMBERS =
      Set.of(
          "counts",
          "end_seq",
          "files",
          "filter",
          "first_seq",
          "format",
          "framework",
          "kind",
          "ledger",
          "log_keys",
          "made_by",
          "mapping",
          "origin",
          "payloads",
          "request",
          "requested_by",
          "sample",
          "time_from",
          "time_to");
  private static final String TIMESTAMP =
      "[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{9}Z";
  private static final int DATE_LENGTH = 10;

  /** Which frameworks' files annotated the bundle. */
  public record Mapping(String id, String sha256, String version) {}

  /** How a sample was drawn. */
  public record Sample(long n, String population, String seed) {}

  public Manifest {
    files = new TreeMap<>(files);
    logKeys = List.copyOf(logKeys);
  }

  /** The file's bytes. */
  public byte[] toBytes() {
    JsonObject.Builder hashes = JsonObject.builder();
    files.forEach(hashes::put);
    JsonObject.Builder json =
        JsonObject.builder()
            .put("counts", counts.toJson())
            .put("end_seq", endSeq)
            .put("files", hashes.build())
            .put("filter", filter.toJson())
            .put("first_seq", firstSeq)
            .put("format", FORMAT)
            .putIfPresent("framework", framework)
            .put("kind", isSample ? "sample" : "range")
            .put("ledger", JsonObject.builder().put("root", root).put("size", size).build())
            .put(
                "log_keys",
                new JsonArray(logKeys.stream().<JsonValue>map(JsonString::new).toList()))
            .put("made_by", madeBy)
            .put("origin", origin)
            .put("payloads", withheld ? "withheld" : "full")
            .put("request", request)
            .put("requested_by", requestedBy)
            .putIfPresent("time_from", timeFrom)
            .putIfPresent("time_to", timeTo);
    if (mapping != null) {
      json.put(
          "mapping",
          JsonObject.builder()
              .put("id", mapping.id)
              .put("sha256", mapping.sha256)
              .put("version", mapping.version)
              .build());
    }
    if (sample != null) {
      json.put(
          "sample",
          JsonObject.builder()
              .put("n", sample.n)
              .put("population", sample.population)
              .put("seed", sample.seed)
              .build());
    }
    return Lines.of(json.build());
  }

  /**
   * Reads a manifest.
   *
   * @throws BadManifestException if it is none of this format
   */
  public static Manifest parse(byte[] bytes) throws BadManifestException {
    JsonObject json = canonical(bytes);
    integer(json, "format");
    for (String name : json.members().keySet()) {
      if (!MEMBERS.contains(name)) {
        throw new BadManifestException("there is no member " + name);
      }
    }
    boolean isSample = oneOf(json, "kind", "range", "sample").equals("sample");
    BundleFilter filter = BundleFilter.parse(object(json, "filter"));
    JsonObject ledger = object(json, "ledger", "root", "size");
    Manifest manifest =
        new Manifest(
            counts(object(json, "counts", "entries", "matching", "redacted", "skeletons")),
            integer(json, "first_seq"),
            integer(json, "end_seq"),
            files(object(json, "files")),
            filter,
            json.get("framework") == null ? null : text(json, "framework"),
            isSample,
            text(ledger, "root"),
            integer(ledger, "size"),
            texts(json, "log_keys"),
            text(json, "made_by"),
            json.get("mapping") == null
                ? null
                : mapping(object(json, "mapping", "id", "sha256", "version")),
            text(json, "origin"),
            oneOf(json, "payloads", "full", "withheld").equals("withheld"),
            object(json, "request"),
            text(json, "requested_by"),
            json.get("sample") == null
                ? null
                : sample(object(json, "sample", "n", "population", "seed")),
            time(json, "time_from"),
            time(json, "time_to"));
    manifest.check();
    return manifest;
  }

  private void check() throws BadManifestException {
    if (firstSeq >= endSeq) {
      throw new BadManifestException("first_seq is not below end_seq");
    }
    if ((timeFrom == null) != (timeTo == null)) {
      throw new BadManifestException("time_from and time_to come both or not at all");
    }
    if (timeFrom != null && timeTo != null && timeFrom.compareTo(timeTo) >= 0) {
      throw new BadManifestException("time_from is not before time_to");
    }
    if ((sample != null) != isSample) {
      throw new BadManifestException("a sample, and nothing else, says how it was drawn");
    }
  }

  private static JsonObject canonical(byte[] bytes) throws BadManifestException {
    int length = bytes.length - 1;
    if (length < 1) {
      throw new BadManifestException("it is no JSON");
    }
    try {
      if (CanonicalJson.parse(bytes, 0, length) instanceof JsonObject json) {
        refuseOtherFormat(json);
        if (bytes[length] != '\n') {
          throw new BadManifestException("it does not end in one LF");
        }
        if (!Arrays.equals(CanonicalJson.write(json), Arrays.copyOf(bytes, length))) {
          throw new BadManifestException("it is not in canonical form");
        }
        return json;
      }
    } catch (JsonException e) {
      throw new BadManifestException("it is no JSON: " + e.getMessage());
    }
    throw new BadManifestException("it is no JSON object");
  }

  /** The format is read first: what another one asks for is not known here. */
  private static void refuseOtherFormat(JsonObject json) throws BadManifestException {
    if (json.get("format") instanceof JsonNumber(var format)
        && format == Math.rint(format)
        && format != FORMAT) {
      throw new BadManifestException("format %.0f is not known".formatted(format), true);
    }
  }

  private static Counts counts(JsonObject json) throws BadManifestException {
    return new Counts(
        integer(json, "entries"),
        integer(json, "matching"),
        integer(json, "redacted"),
        integer(json, "skeletons"));
  }

  private static Mapping mapping(JsonObject json) throws BadManifestException {
    return new Mapping(text(json, "id"), hex(json, "sha256"), text(json, "version"));
  }

  private static Sample sample(JsonObject json) throws BadManifestException {
    return new Sample(integer(json, "n"), hex(json, "population"), text(json, "seed"));
  }

  private static Map<String, String> files(JsonObject json) throws BadManifestException {
    Map<String, String> files = new TreeMap<>();
    for (String name : json.members().keySet()) {
      files.put(name, hex(json, name));
    }
    return files;
  }

  private static JsonObject object(JsonObject json, String name, String... members)
      throws BadManifestException {
    if (!(json.get(name) instanceof JsonObject object)) {
      throw new BadManifestException(name + " is missing, or no object");
    }
    if (members.length > 0 && !object.members().keySet().equals(Set.of(members))) {
      throw new BadManifestException(name + " has the members " + String.join(", ", members));
    }
    return object;
  }

  private static String text(JsonObject json, String name) throws BadManifestException {
    String text = json.string(name);
    if (text == null || text.isEmpty()) {
      throw new BadManifestException(name + " is missing, or no text");
    }
    return text;
  }

  private static List<String> texts(JsonObject json, String name) throws BadManifestException {
    List<String> texts = new ArrayList<>();
    if (!(json.get(name) instanceof JsonArray array)) {
      throw new BadManifestException(name + " is missing, or no list");
    }
    for (JsonValue element : array.elements()) {
      if (!(element instanceof JsonString(var text)) || text.isEmpty()) {
        throw new BadManifestException(name + " holds something else than text");
      }
      texts.add(text);
    }
    return texts;
  }

  private static String hex(JsonObject json, String name) throws BadManifestException {
    String text = json.string(name);
    if (text == null || !text.matches(HEX)) {
      throw new BadManifestException(name + " is no SHA-256 in hex");
    }
    return text;
  }

  private static String oneOf(JsonObject json, String name, String one, String other)
      throws BadManifestException {
    String text = json.string(name);
    if (text == null || !(text.equals(one) || text.equals(other))) {
      throw new BadManifestException(name + " is " + one + " or " + other);
    }
    return text;
  }

  private static @Nullable String time(JsonObject json, String name) throws BadManifestException {
    if (json.get(name) == null) {
      return null;
    }
    String text = json.string(name);
    if (text == null || !text.matches(TIMESTAMP) || !isDate(text.substring(0, DATE_LENGTH))) {
      throw new BadManifestException(name + " is no timestamp");
    }
    return text;
  }

  private static boolean isDate(String text) {
    try {
      LocalDate.parse(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static long integer(JsonObject json, String name) throws BadManifestException {
    if (json.get(name) instanceof JsonNumber(var value)
        && value >= 0
        && value <= JsonNumber.MAX_SAFE_INTEGER
        && value == Math.rint(value)) {
      return (long) value;
    }
    throw new BadManifestException(name + " is missing, or no number of entries");
  }

  /** Whether a timestamp lies in the time that is asked for. */
  public boolean isInside(String timestamp) {
    return timeFrom == null
        || timeTo == null
        || (timestamp.compareTo(timeFrom) >= 0 && timestamp.compareTo(timeTo) < 0);
  }

  /** The SHA-256 that others know it by. */
  public static Hash sha256(byte[] bytes) {
    return Digests.of(bytes);
  }

  /** Canonical lines. */
  public static final class Lines {
    private Lines() {}

    /** One value with its LF. */
    public static byte[] of(JsonObject json) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      try {
        line.writeBytes(CanonicalJson.write(json));
      } catch (JsonException e) {
        throw new IllegalArgumentException("no canonical form: " + e.getMessage(), e);
      }
      line.write('\n');
      return line.toByteArray();
    }
  }
}
