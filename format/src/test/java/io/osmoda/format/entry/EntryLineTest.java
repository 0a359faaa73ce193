package io.osmoda.format.entry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryLineTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final String BEFORE = "{\"action\":\"tool_call\",\"actor\":\"agent:a\",";
  private static final String GOOD =
      BEFORE
          + ("\"caused_by\":[\"#3@" + HASH + "\",\"x.example/a#0@" + HASH + "\"],")
          + ("\"entry_hash\":\"" + HASH + "\",\"occurred_at\":\"2024-02-29T00:00:59.000000000Z\",")
          + ("\"payload\":{\"a\":[1,{}]},\"payload_hash\":\"" + HASH + "\",")
          + "\"payload_salt\":\"00112233445566778899aabbccddeeff\","
          + ("\"prev_hash\":\"" + HASH + "\",\"reason\":\"why\\nnot\",\"seq\":7,\"session\":\"s\",")
          + "\"source\":\"api\",\"status\":\"ok\",\"target\":\"t\","
          + "\"timestamp\":\"2026-03-01T14:23:00.847291000Z\",\"tool\":\"x\","
          + "\"trace\":{\"parent_span_id\":\"0000000000000001\",\"span_id\":\"000000000000000a\","
          + "\"trace_id\":\"0000000000000000000000000000000a\"}}";

  private final EntryLine line = new EntryLine();
  private final MessageDigest sha256 = Digests.sha256();

  private boolean scan(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    byte[] shifted = new byte[bytes.length + 5]; // so that offsets are really used
    System.arraycopy(bytes, 0, shifted, 3, bytes.length);
    return line.scan(shifted, 3, bytes.length);
  }

  static List<byte[]> lines(String vector) throws IOException {
    try (InputStream in = EntryLineTest.class.getResourceAsStream("/vectors/" + vector)) {
      String text = new String(Objects.requireNonNull(in, vector).readAllBytes(), UTF_8);
      return text.lines().map(l -> l.getBytes(UTF_8)).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ledger-5/segments/00000000000000000000.ndjson",
        "ledger-300/segments/00000000000000000000.ndjson",
        "bundle-actor/entries.ndjson",
        "bundle-actor/context.ndjson",
        "bundle-actor/export.ndjson"
      })
  void acceptsThePublishedLinesAndRecomputesTheirHashes(String vector) throws IOException {
    byte[] computed = new byte[Hash.LENGTH];
    int payloads = 0;
    for (byte[] bytes : lines(vector)) {
      assertThat(line.scan(bytes, 0, bytes.length)).as("%s", line.detail()).isTrue();
      line.entryHash(sha256, computed, 0);
      assertThat(line.hashIs(EntryLine.ENTRY_HASH, computed, 0)).isTrue();
      byte[] stated = new byte[Hash.LENGTH];
      line.copyHash(EntryLine.ENTRY_HASH, stated, 0);
      assertThat(stated).isEqualTo(computed);
      if (line.hasPayload()) {
        payloads++;
        assertThat(line.payloadHashMatches(sha256)).isTrue();
      }
    }
    assertThat(payloads).isPositive();
  }

  @Test
  void tellsWhereEachMemberStands() {
    assertThat(scan(GOOD)).as("%s", line.detail()).isTrue();
    assertThat(line.seq()).isEqualTo(7);
    assertThat(line.hasPayload()).isTrue();
    assertThat(line.isControl()).isFalse();
    assertThat(line.actionIs("tool_call".getBytes(UTF_8))).isTrue();
    assertThat(line.actionIs("tool_cal".getBytes(UTF_8))).isFalse();
    assertThat(line.text(EntryLine.REASON)).isEqualTo("why\nnot");
    assertThat(line.text(EntryLine.TARGET)).isEqualTo("t");
    assertThat(new String(line.copy(EntryLine.PAYLOAD), UTF_8)).isEqualTo("{\"a\":[1,{}]}");
    assertThat(line.causeCount()).isEqualTo(2);
    assertThat(line.causeSeq(0)).isEqualTo(3);
    assertThat(line.causeOriginLength(0)).isZero();
    assertThat(line.causeOriginLength(1)).isEqualTo("x.example/a".length());
  }

  /** Each row replaces a part of the good line by something that the format refuses. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tool_call|Tool_call",
        "tool_call|1tool",
        "tool_call|ledger_create",
        "tool_call|key_rotate",
        "tool_call|capture_gap",
        "agent:a|agent:",
        "agent:a|robot:a",
        "agent:a|agent",
        "agent:a|agent:\u0080",
        "agent:a|agent:\u009f",
        "agent:a|agent:\u007f",
        "agent:a|agent:\\n",
        "agent:a|system:ledger",
        "#3@|#03@",
        "#3@|#@",
        "#3@|3@",
        "#3@|#9007199254740992@",
        "x.example/a#|.example/a#",
        "x.example/a#|X.example/a#",
        "x.example/a#0@|#3@",
        "00:59.000|00:60.000",
        "2024-02-29|2023-02-29",
        "2024-02-29|1900-02-29",
        "2026-03-01T|2026-03-00T",
        "2026-03-01T|2026-04-31T",
        "2026-03-01T|2026-13-01T",
        "2026-03-01T14|2026-03-01T24",
        ".847291000Z|.84729100Z",
        ".847291000Z|.847291000z",
        ",\"payload_salt\":\"00112233445566778899aabbccddeeff\"|''",
        "\"payload\":{\"a\":[1,{}]},|''",
        "\"payload\":{\"a\":[1,{}]}|\"payload\":[]",
        "ccddeeff\"|ccddeef\"",
        "ccddeeff\"|ccddeeFF\"",
        "\"seq\":7|\"seq\":9007199254740992",
        "\"seq\":7|\"seq\":-1",
        "\"seq\":7|\"seq\":\"7\"",
        "\"seq\":7|\"seq\":0.5",
        "\"session\":\"s\"|\"session\":\"\"",
        "\"session\":\"s\"|\"session\":null",
        "\"source\":\"api\"|\"source\":\"ledger\"",
        "\"status\":\"ok\"|\"status\":\"okay\"",
        "\"status\":\"ok\",|''",
        "\"tool\":\"x\"|\"tool\":\"x\",\"tools\":\"x\"",
        "\"trace\":{\"parent_span_id\":\"0000000000000001\"|\"trace\":{\"parent_span_id\":\"0000000000000000\"",
        "\"trace_id\":\"0000000000000000000000000000000a\"|\"trace_id\":\"00000000000000000000000000000000\"",
        "\"trace_id\":\"0000000000000000000000000000000a\"|\"trace_id\":\"0000000000000000000000000000000a\",\"x\":1",
        "\"span_id\":\"000000000000000a\",|''",
      })
  void refusesAMemberThatBreaksTheFormat(String part, String replacement) {
    assertThat(GOOD).contains(part);
    String bad = GOOD.replace(part, replacement);
    assertThat(scan(bad)).isFalse();
    assertThat(line.problem()).as("%s", line.detail()).isEqualTo(FindingKind.BAD_MEMBER);
    assertThat(line.seq()).isEqualTo(part.contains("seq") ? -1 : 7);
  }

  @Test
  void keepsTheLimitsOfLengths() {
    for (int[] limit : new int[][] {{256, 1}, {1_024, 2}, {256, 3}, {4_096, 4}}) {
      String part =
          switch (limit[1]) {
            case 1 -> "\"session\":\"s";
            case 2 -> "\"target\":\"t";
            case 3 -> "\"tool\":\"x";
            default -> "\"reason\":\"why\\nnot";
          };
      String member = part.substring(0, part.indexOf(':') + 2);
      // Bytes of UTF-8 count, and an escape as the one byte that it stands for.
      String full = "\u00e9".repeat(limit[0] / 2 - 1) + "\\\"x";
      assertThat(scan(GOOD.replace(part, member + full))).as("%s", line.detail()).isTrue();
      assertThat(scan(GOOD.replace(part, member + full + "x"))).isFalse();
      assertThat(line.detail()).contains(limit[0] + " bytes");
    }
    assertThat(scan(GOOD.replace("tool_call", "a".repeat(64)))).isTrue();
    assertThat(scan(GOOD.replace("tool_call", "a".repeat(65)))).isFalse();
  }

  @Test
  void countsCauses() {
    StringBuilder causes = new StringBuilder();
    for (int i = 0; i < EntryLine.MAX_CAUSES; i++) {
      causes.append(i == 0 ? "" : ",").append("\"#").append(i).append('@').append(HASH).append('"');
    }
    String old = GOOD.substring(GOOD.indexOf("[\"#3@") + 1, GOOD.indexOf("],\"entry_hash"));
    assertThat(scan(GOOD.replace(old, causes))).as("%s", line.detail()).isTrue();
    assertThat(line.causeCount()).isEqualTo(EntryLine.MAX_CAUSES);
    assertThat(scan(GOOD.replace(old, causes + ",\"#99@" + HASH + "\""))).isFalse();
    assertThat(scan(GOOD.replace(old, ""))).isFalse();
  }

  @Test
  void tellsOtherSpellingsFromWhatIsNoJson() {
    assertThat(scan(GOOD.replace(",\"seq\"", ", \"seq\""))).isFalse();
    assertThat(line.problem()).isEqualTo(FindingKind.NOT_CANONICAL);
    assertThat(line.seq()).isEqualTo(7);
    assertThat(scan(GOOD.replace("tool_call", "tool\\u005fcall"))).isFalse();
    assertThat(line.problem()).isEqualTo(FindingKind.NOT_CANONICAL);
    assertThat(scan(GOOD.replace("\"a\":[1,{}]", "\"a\":[1.0,{}]"))).isFalse();
    assertThat(line.problem()).isEqualTo(FindingKind.NOT_CANONICAL);
    assertThat(scan(GOOD.replace("\"a\":[1,{}]", "\"a\":1,\"a\":1"))).isFalse();
    assertThat(line.problem()).isEqualTo(FindingKind.UNREADABLE);
    assertThat(line.seq()).isEqualTo(-1);
    assertThat(scan(GOOD.substring(1))).isFalse();
    assertThat(line.problem()).isEqualTo(FindingKind.UNREADABLE);
    assertThat(scan("")).isFalse();
    assertThat(line.problem()).isEqualTo(FindingKind.UNREADABLE);
    assertThat(scan("[]")).isFalse();
    assertThat(line.problem()).isEqualTo(FindingKind.BAD_MEMBER);
    assertThat(scan("\ufeff" + GOOD)).isFalse();
    assertThat(line.problem()).isEqualTo(FindingKind.UNREADABLE);
  }

  @Test
  void letsAPayloadNest64LevelsDeepAndNoDeeper() {
    String deep = "{\"a\":".repeat(63) + "{}" + "}".repeat(63);
    assertThat(scan(GOOD.replace("{\"a\":[1,{}]}", deep))).as("%s", line.detail()).isTrue();
    assertThat(scan(GOOD.replace("{\"a\":[1,{}]}", "{\"a\":" + deep + "}"))).isFalse();
    assertThat(line.problem()).isEqualTo(FindingKind.UNREADABLE);
    // Depth is allowed, spelling is not: still told as a matter of spelling.
    assertThat(scan(GOOD.replace("{\"a\":[1,{}]}", deep.replace("{}", "{ }")))).isFalse();
    assertThat(line.problem()).isEqualTo(FindingKind.NOT_CANONICAL);
  }

  @Test
  void refusesALineOverOneMebibyte() {
    byte[] big = new byte[EntryLine.MAX_LINE];
    Arrays.fill(big, (byte) 'a');
    String start = GOOD.substring(0, GOOD.indexOf("{\"a\":[1,{}]}")) + "{\"a\":\"";
    String rest = "\"}" + GOOD.substring(GOOD.indexOf("{\"a\":[1,{}]}") + 12);
    System.arraycopy(start.getBytes(UTF_8), 0, big, 0, start.length());
    int at = big.length - 1 - rest.length();
    System.arraycopy(rest.getBytes(UTF_8), 0, big, at, rest.length());
    assertThat(line.scan(big, 0, big.length - 1)).as("%s", line.detail()).isTrue();
    System.arraycopy(rest.getBytes(UTF_8), 0, big, at + 1, rest.length());
    big[at] = 'a';
    assertThat(line.scan(big, 0, big.length)).isFalse();
    assertThat(line.problem()).isEqualTo(FindingKind.BAD_MEMBER);
    assertThat(line.detail()).contains("1048577");
  }

  @Test
  void acceptsEntriesWithoutPayloadAndWithoutOptionalMembers() {
    String bare =
        BEFORE
            + ("\"entry_hash\":\"" + HASH + "\",\"payload_hash\":\"" + HASH + "\",")
            + ("\"prev_hash\":\"" + HASH + "\",\"seq\":9007199254740991,\"source\":\"api\",")
            + "\"status\":\"pending\",\"timestamp\":\"2026-03-01T14:23:00.847291000Z\"}";
    assertThat(scan(bare)).as("%s", line.detail()).isTrue();
    assertThat(line.hasPayload()).isFalse();
    assertThat(line.seq()).isEqualTo(JsonNumber.MAX_SAFE_INTEGER);
  }
}
