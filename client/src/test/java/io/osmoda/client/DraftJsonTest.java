package io.osmoda.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DraftJsonTest {
  private static final long SEED = Seed.fixed(20_261_124);
  private static final int ROUNDS = 20_000;

  private static final List<Status> STATUSES = List.of(Status.values());

  private static final String FULL =
      """
      {"actor":"agent:x","action":"tool_call","status":"pending","tool":"t","target":"/x",\
      "session":"s","reason":"r","occurred_at":"2026-03-01T14:23:07.5Z",\
      "trace":{"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331"},\
      "caused_by":["#1@%s"],"payload":{"a":[1,2.5,null,true,{"b":"ü\\u0000"}]}}
      """
          .formatted("0".repeat(64));

  @Test
  void whatIsWrittenIsReadAsTheSameDraft() throws JsonException {
    Random random = new Random(SEED);
    for (int round = 0; round < 500; round++) {
      EntryDraft draft = random(random);

      EntryDraft read = DraftJson.read(DraftJson.write(draft));

      assertThat(read)
          .as("seed %d round %d", SEED, round)
          .usingRecursiveComparison()
          .ignoringFields("source")
          .isEqualTo(draft);
      assertThat(read.source()).isEqualTo("api");
    }
  }

  private static EntryDraft random(Random random) {
    EntryDraft.Builder draft =
        EntryDraft.builder("mcp_proxy", "agent:" + text(random), "act_" + random.nextInt(9))
            .status(STATUSES.get(random.nextInt(STATUSES.size())))
            .tool(maybe(random))
            .target(maybe(random))
            .session(maybe(random))
            .reason(maybe(random))
            .occurredAt(random.nextBoolean() ? Instant.ofEpochSecond(random.nextInt(), 7) : null);
    if (random.nextBoolean()) {
      draft.trace(
          new TraceContext(
              "0af7651916cd43dd8448eb211c80319c",
              "b7ad6b7169203331",
              random.nextBoolean() ? "00f067aa0ba902b7" : null));
    }
    if (random.nextBoolean()) {
      draft.causedBy(
          new CauseReference("", random.nextInt(1_000), Hash.ZERO),
          new CauseReference("other.example/log", 7, Hash.ZERO));
    }
    if (random.nextBoolean()) {
      draft.payload(JsonObject.builder().put(text(random), text(random)).put("n", 1.5).build());
    }
    return draft.build();
  }

  private static @Nullable String maybe(Random random) {
    return random.nextBoolean() ? text(random) : null;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(12);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          switch (random.nextInt(4)) {
            case 0 -> 'a' + random.nextInt(26);
            case 1 -> "\"\\/<>&{}[]:, ".charAt(random.nextInt(13));
            case 2 -> 0xa0 + random.nextInt(0x2000);
            default -> 0x1f300 + random.nextInt(0x100);
          });
    }
    return text.toString();
  }

  @Test
  void bytesChangedAtRandomAreADraftOrRefusedForAReason() {
    Random random = new Random(SEED);
    int taken = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = FULL.getBytes(StandardCharsets.UTF_8);
      for (int change = random.nextInt(4); change >= 0; change--) {
        bytes = mutated(bytes, random);
      }
      try {
        assertThat(DraftJson.read(bytes).source()).isEqualTo("api");
        taken++;
      } catch (JsonException | DraftRefusedException e) {
        assertThat(e).hasMessageMatching("(?s).{3,}");
      } catch (RuntimeException e) {
        fail(
            "seed %d round %d: %s"
                .formatted(SEED, round, new String(bytes, StandardCharsets.UTF_8)),
            e);
      }
    }
    assertThat(taken).isBetween(1, ROUNDS - 1);
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(4)) {
      case 0 -> bytes[at] = (byte) random.nextInt(256);
      case 1 -> bytes[at] = (byte) "{}[]\",:\\0e-.".charAt(random.nextInt(12));
      case 2 -> {
        return Arrays.copyOf(bytes, Math.max(1, at));
      }
      default -> {
        int from = random.nextInt(bytes.length);
        int length = Math.min(random.nextInt(20), bytes.length - Math.max(at, from));
        System.arraycopy(bytes.clone(), from, bytes, at, length);
      }
    }
    return bytes;
  }
}
