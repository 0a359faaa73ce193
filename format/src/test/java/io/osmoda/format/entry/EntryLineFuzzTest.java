package io.osmoda.format.entry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.json.SeededFuzz;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Stored lines, true and damaged: the scanner and the plain reading of section 1 must agree. */
public final class EntryLineFuzzTest {
  private static final int ROUNDS = 30_000;
  private static final int SOAK_ROUNDS = 1_000_000;
  private static final String HASH = "0123456789abcdef".repeat(4);

  /** Values for each member, good and bad ones; the first is always good. */
  private static final Map<String, List<String>> VALUES = new LinkedHashMap<>();

  static {
    put(
        "action",
        "tool_call",
        "a",
        "ledger_query",
        "key_rotate",
        "capture_gap",
        "ledgers",
        "clock_steps");
    put(
        "action",
        "",
        "9",
        "Tool",
        "a".repeat(64),
        "a".repeat(65),
        "witness_",
        "key_rotate2",
        "a\n");
    put(
        "actor",
        "agent:a",
        "system:ledger",
        "system:ledger2",
        "user:ä:b",
        "mesh:" + "x".repeat(256));
    put(
        "actor",
        "agent:",
        "robot:a",
        "agent",
        "user:" + "€".repeat(86),
        "ssh:a\u0085",
        "ssh:\u00a0");
    put("source", "api", "ledger", "ledger_", "");
    put(
        "status",
        "ok",
        "error",
        "denied",
        "pending",
        "timeout",
        "cancelled",
        "crashed",
        "unknown",
        "OK");
    put("timestamp", "2026-03-01T14:23:07.847291000Z", "2024-02-29T23:59:59.999999999Z");
    put("timestamp", "2023-02-29T00:00:00.000000000Z", "1900-02-29T00:00:00.000000000Z");
    put("timestamp", "2000-02-29T00:00:00.000000000Z", "0000-01-01T00:00:00.000000000Z");
    put("timestamp", "2026-04-31T00:00:00.000000000Z", "2026-12-31T24:00:00.000000000Z");
    put("timestamp", "2026-00-10T00:00:00.000000000Z", "2026-12-31T23:59:60.000000000Z");
    put("timestamp", "2026-03-01T14:23:07.84729100Z", "2026-03-01t14:23:07.847291000z");
    put("timestamp", "2026-03-01T14:23:07.8472910000Z", "2026-03-01T14:23:07.847291000+00:00");
    VALUES.put("occurred_at", VALUES.get("timestamp"));
    put("tool", "t", "x".repeat(256), "x".repeat(257), "", "a\u007f", "\u0080", "\u2028", "\"\\/");
    VALUES.put("session", VALUES.get("tool"));
    put("target", "/etc/ä", "😀".repeat(256), "😀".repeat(256) + "a", "", "a\tb", "\u009f");
    put("reason", "why", "a\n\tb\u0000\u007f\u0085", "x".repeat(4_096), "x".repeat(4_097), "");
    for (String hash : List.of("payload_hash", "prev_hash", "entry_hash")) {
      put(hash, HASH, "0".repeat(64), HASH + "0", HASH.substring(1), HASH.replace('a', 'A'), "");
    }
    put("payload_salt", "00112233445566778899aabbccddeeff", "00", HASH, "g".repeat(32));
  }

  private final EntryLine scanned = new EntryLine();
  private final MessageDigest sha256 = Digests.sha256();
  private int accepted;
  private int refused;

  private static void put(String member, String... values) {
    VALUES.computeIfAbsent(member, m -> new ArrayList<>()).addAll(List.of(values));
  }

  @Test
  void damagedLinesOfTheVectors() throws IOException {
    SeededFuzz.mutate(corpus(), Seed.fixed(0x1e), ROUNDS, this::compare);
    assertThat(accepted).isGreaterThan(ROUNDS / 100);
    assertThat(refused).isGreaterThan(ROUNDS / 100);
  }

  @Test
  @Tag("soak")
  void damagedLinesOfTheVectorsForLong() throws IOException {
    SeededFuzz.mutate(corpus(), Seed.fixed(0x1f), SOAK_ROUNDS, this::compare);
    assertThat(accepted).isGreaterThan(SOAK_ROUNDS / 100);
  }

  @Test
  void entriesOfGoodAndBadMembers() throws Exception {
    long seed = Seed.fixed(0xe17);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] line = CanonicalJson.write(entry(random), CanonicalJson.MAX_DEPTH + 1);
      try {
        compare(line);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", round " + i + ": " + new String(line, UTF_8), e);
      }
    }
    assertThat(accepted).isGreaterThan(ROUNDS / 10);
    assertThat(refused).isGreaterThan(ROUNDS / 10);
  }

  public static List<byte[]> corpus() throws IOException {
    List<byte[]> corpus = new ArrayList<>();
    Path vectors = Path.of("src/test/resources/vectors");
    for (String file :
        List.of(
            "ledger-5/segments/00000000000000000000.ndjson",
            "ledger-300/segments/00000000000000000000.ndjson",
            "bundle-actor/entries.ndjson",
            "bundle-actor/context.ndjson",
            "bundle-actor/export.ndjson")) {
      Files.readAllLines(vectors.resolve(file)).forEach(line -> corpus.add(line.getBytes(UTF_8)));
    }
    return corpus;
  }

  private static JsonObject entry(SplittableRandom random) {
    JsonObject.Builder entry = JsonObject.builder();
    boolean ledgers = random.nextInt(4) == 0;
    for (Map.Entry<String, List<String>> member : VALUES.entrySet()) {
      if (random.nextInt(100) != 0) {
        List<String> values = member.getValue();
        boolean plain = random.nextInt(16) != 0;
        entry.put(member.getKey(), values.get(plain ? 0 : random.nextInt(values.size())));
      }
    }
    if (ledgers) {
      entry.put("action", "ledger_query").put("actor", "system:ledger").put("source", "ledger");
    }
    entry.put("payload", JsonObject.EMPTY);
    entry.put("seq", 7);
    switch (random.nextInt(24)) {
      case 0 -> entry.put("seq", JsonNumber.MAX_SAFE_INTEGER);
      case 1 -> entry.put("seq", 0x1p53);
      case 2 -> entry.put("seq", random.nextInt(3) - 1.5);
      case 3 -> entry.put("seq", "7");
      case 4 -> entry.put("payload", JsonArray.of());
      case 5 -> entry.put("other", 1);
      case 6 -> entry.put("trace", trace(random));
      case 7, 8 -> entry.put("caused_by", causes(random));
      case 9 -> entry.put("tool", JsonNull.NULL);
      case 10 -> entry.put("payload", nested(random.nextInt(62, 67)));
      case 11 -> {
        Map<String, JsonValue> redacted = new LinkedHashMap<>(entry.build().members());
        redacted.remove("payload");
        redacted.remove("payload_salt");
        return new JsonObject(redacted);
      }
      default -> {}
    }
    return entry.build();
  }

  private static JsonObject nested(int levels) {
    JsonObject object = JsonObject.EMPTY;
    for (int level = 1; level < Math.min(levels, CanonicalJson.MAX_DEPTH); level++) {
      object = JsonObject.builder().put("a", object).build();
    }
    return object;
  }

  private static JsonValue trace(SplittableRandom random) {
    List<String> ids =
        List.of(
            "b7ad6b7169203331",
            "0af7651916cd43dd8448eb211c80319c",
            "0".repeat(16),
            "0".repeat(32),
            "");
    JsonObject.Builder trace = JsonObject.builder();
    boolean plain = random.nextBoolean();
    trace.put("trace_id", ids.get(plain ? 1 : random.nextInt(ids.size())));
    trace.put("span_id", ids.get(plain ? 0 : random.nextInt(ids.size())));
    if (random.nextBoolean()) {
      trace.put("parent_span_id", ids.get(plain ? 0 : random.nextInt(ids.size())));
    }
    if (random.nextInt(8) == 0) {
      trace.put("flags", "01");
    }
    return trace.build();
  }

  private static JsonArray causes(SplittableRandom random) {
    List<String> heads =
        List.of(
            "#0@",
            "#5@",
            "a.example/x#5@",
            "#9007199254740991@",
            "#9007199254740992@",
            "#05@",
            "A#1@",
            "");
    List<JsonValue> causes = new ArrayList<>();
    int count = random.nextInt(10) == 0 ? 63 + random.nextInt(4) : random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String head =
          random.nextInt(8) == 0 ? heads.get(random.nextInt(heads.size())) : "#" + i + "@";
      causes.add(new JsonString(head + HASH));
    }
    return new JsonArray(causes);
  }

  /** The two readings of a line must agree. */
  public void compare(byte[] line) throws JsonException {
    JsonObject entry = ReferenceEntry.read(line);
    boolean good = scanned.scan(line, 0, line.length);
    assertThat(good).as(good ? "" : scanned.detail()).isEqualTo(entry != null);
    if (entry == null) {
      refused++;
      assertThat(scanned.detail()).isNotBlank();
      assertThat(scanned.seq()).isBetween(-1L, JsonNumber.MAX_SAFE_INTEGER);
      return;
    }
    accepted++;
    assertThat(entry.get("seq")).isEqualTo(JsonNumber.of(scanned.seq()));
    byte[] hash = new byte[Hash.LENGTH];
    scanned.entryHash(sha256, hash, 0);
    assertThat(hash).isEqualTo(ReferenceEntry.entryHash(entry, sha256));
    assertThat(scanned.hasPayload()).isEqualTo(entry.get("payload") != null);
    if (scanned.hasPayload()) {
      assertThat(scanned.payloadHashMatches(sha256))
          .isEqualTo(
              ReferenceEntry.payloadHash(entry, sha256).equals(entry.string("payload_hash")));
    }
  }
}
