package io.osmoda.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.CompactRange;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TestKeys;
import io.osmoda.format.log.TestSigner;
import io.osmoda.format.log.TrustPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Writes ledgers that a real writer would never write: each line can be given anything, and only
 * what is not given is filled in so that it holds. For tests; its keys are public.
 */
public final class LedgerBuilder {
  public static final String ORIGIN = "vectors.example/one";

  private final List<byte[]> lines = new ArrayList<>();
  private final List<Hash> hashes = new ArrayList<>();
  private final CompactRange tree = new CompactRange();
  private final Map<String, byte[]> notes = new TreeMap<>();
  private TestSigner signer;
  private List<String> logKeys;
  private String createdAt = "";

  private LedgerBuilder(TestSigner signer) {
    this.signer = signer;
    this.logKeys = signer.vkeys();
  }

  /** A ledger with its entry 0 and the first checkpoint, by the keys of the vectors. */
  public static LedgerBuilder begun() {
    return begun(TestKeys.signer(ORIGIN, 1));
  }

  /** A ledger with its entry 0 and the first checkpoint. */
  public static LedgerBuilder begun(TestSigner signer) {
    LedgerBuilder builder = new LedgerBuilder(signer);
    builder.createdAt = builder.time(0);
    builder.control(
        "ledger_create",
        entry ->
            entry
                .set("target", ORIGIN)
                .set(
                    "payload",
                    JsonObject.builder()
                        .put("format", 1)
                        .put("log_keys", strings(builder.logKeys))
                        .put("origin", ORIGIN)
                        .build()));
    return builder.checkpoint();
  }

  /** A line being made; a member that is set stays as it is set, hashes too. */
  public static final class Line {
    final Map<String, JsonValue> members = new LinkedHashMap<>();

    Line set(String name, JsonValue value) {
      members.put(name, value);
      return this;
    }

    Line set(String name, String value) {
      return set(name, new JsonString(value));
    }

    Line set(String name, long value) {
      return set(name, JsonNumber.of(value));
    }

    /** Leaves a member out. */
    Line without(String name) {
      return set(name, JsonNull.NULL);
    }
  }

  public LedgerBuilder add() {
    return add(line -> {});
  }

  public LedgerBuilder add(int count) {
    for (int i = 0; i < count; i++) {
      add();
    }
    return this;
  }

  public LedgerBuilder control(String action, Consumer<Line> change) {
    return add(
        line -> {
          line.set("action", action).set("actor", "system:ledger").set("source", "ledger");
          change.accept(line);
        });
  }

  public LedgerBuilder add(Consumer<Line> change) {
    Line line = new Line();
    int seq = lines.size();
    line.set("action", "tool_call")
        .set("actor", "agent:a")
        .set("source", "api")
        .set("status", "ok")
        .set("seq", seq)
        .set("timestamp", time(seq))
        .set("payload", JsonObject.builder().put("i", seq).build())
        .set("payload_salt", "%032x".formatted(seq * 7919L + 1))
        .set("prev_hash", hashes.isEmpty() ? Hash.ZERO.hex() : hashes.getLast().hex());
    change.accept(line);
    Map<String, JsonValue> members = line.members;
    members.values().removeIf(value -> value == JsonNull.NULL);
    if (members.get("payload") instanceof JsonObject payload
        && members.get("payload_salt") instanceof JsonString salt) {
      members.putIfAbsent("payload_hash", new JsonString(payloadHash(salt, payload)));
    }
    members.putIfAbsent("payload_hash", new JsonString(Hash.ZERO.hex()));
    Hash hash = entryHash(members);
    members.putIfAbsent("entry_hash", new JsonString(hash.hex()));
    return append(json(new JsonObject(members)), hash);
  }

  /** Appends bytes as they are; the hash is what goes into the tree. */
  public LedgerBuilder append(byte[] line, Hash hash) {
    lines.add(line);
    hashes.add(hash);
    tree.append(hash);
    return this;
  }

  /** Removes an entry's payload, as a redaction does. */
  public LedgerBuilder strip(int seq) {
    try {
      JsonObject entry = (JsonObject) CanonicalJson.parse(lines.get(seq));
      Map<String, JsonValue> members = new LinkedHashMap<>(entry.members());
      members.remove("payload");
      members.remove("payload_salt");
      lines.set(seq, json(new JsonObject(members)));
      return this;
    } catch (JsonException e) {
      throw new IllegalStateException(e);
    }
  }

  public LedgerBuilder redaction(String target) {
    return control("ledger_redact", line -> line.set("target", target).set("reason", "asked"));
  }

  /** Seals a rotation to other keys; {@code joint} adds the note by both. */
  LedgerBuilder rotate(TestSigner next, boolean joint) {
    List<String> before = logKeys;
    control(
        "key_rotate",
        line ->
            line.set(
                "payload",
                JsonObject.builder()
                    .put("new", strings(next.vkeys()))
                    .put("old", strings(before))
                    .put("why", "yearly")
                    .build()));
    if (joint) {
      note(signer.and(next));
    }
    signer = next;
    logKeys = next.vkeys();
    return this;
  }

  public LedgerBuilder checkpoint() {
    return note(signer);
  }

  /** Keeps a note of the present tree, signed by these keys. */
  LedgerBuilder note(TestSigner by) {
    return note(new Checkpoint(ORIGIN, tree.size(), tree.root()), by);
  }

  LedgerBuilder note(Checkpoint checkpoint, TestSigner by) {
    return note("%020d".formatted(checkpoint.size()), by.sign(checkpoint).note());
  }

  LedgerBuilder note(String name, byte[] note) {
    notes.put(name, note);
    return this;
  }

  public LedgerBuilder withoutNotes() {
    notes.clear();
    return this;
  }

  public SignedCheckpoint signed() {
    return signer.sign(new Checkpoint(ORIGIN, tree.size(), tree.root()));
  }

  public List<byte[]> lines() {
    return lines;
  }

  public Hash hash(int seq) {
    return hashes.get(seq);
  }

  int size() {
    return lines.size();
  }

  TestSigner signer() {
    return signer;
  }

  public TrustPolicy trust() {
    return TestKeys.trust(signer);
  }

  String time(long seq) {
    return "2026-03-01T%02d:%02d:%02d.%09dZ"
        .formatted(seq / 3_600 % 24, seq / 60 % 60, seq % 60, seq % 1_000_000_000L);
  }

  public byte[] ledgerJson() {
    JsonObject json =
        JsonObject.builder()
            .put("created_at", createdAt)
            .put("format", 1)
            .put("log_keys", strings(logKeys))
            .put("origin", ORIGIN)
            .build();
    return (new String(json(json), UTF_8) + "\n").getBytes(UTF_8);
  }

  /** Writes the folder, a new segment after each of the given numbers of lines. */
  public Path write(Path folder, int... cuts) {
    try {
      Files.createDirectories(folder.resolve("segments"));
      Files.createDirectories(folder.resolve("checkpoints"));
      Files.write(folder.resolve("ledger.json"), ledgerJson());
      int from = 0;
      for (int i = 0; i <= cuts.length; i++) {
        int end = i < cuts.length ? cuts[i] : lines.size();
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        for (byte[] line : lines.subList(from, end)) {
          segment.writeBytes(line);
          segment.write('\n');
        }
        Files.write(folder.resolve("segments/%020d.ndjson".formatted(from)), segment.toByteArray());
        from = end;
      }
      for (Map.Entry<String, byte[]> note : notes.entrySet()) {
        Files.write(folder.resolve("checkpoints").resolve(note.getKey()), note.getValue());
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static JsonArray strings(List<String> strings) {
    return new JsonArray(List.copyOf(strings.stream().map(JsonString::new).toList()));
  }

  static byte[] json(JsonValue value) {
    try {
      return CanonicalJson.write(value, CanonicalJson.MAX_DEPTH + 1);
    } catch (JsonException e) {
      throw new IllegalStateException(e);
    }
  }

  static String payloadHash(JsonString salt, JsonObject payload) {
    MessageDigest digest = Digests.sha256();
    digest.update(HexFormat.of().parseHex(salt.value()));
    return Hash.of(digest.digest(json(payload))).hex();
  }

  static Hash entryHash(Map<String, JsonValue> members) {
    Map<String, JsonValue> hashed = new LinkedHashMap<>(members);
    hashed.keySet().removeAll(List.of("entry_hash", "payload", "payload_salt"));
    return Hash.of(Digests.sha256().digest(json(new JsonObject(hashed))));
  }
}
