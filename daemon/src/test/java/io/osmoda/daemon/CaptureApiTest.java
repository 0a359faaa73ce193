package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.osmoda.client.Json;
import io.osmoda.client.UnixHttp;
import io.osmoda.client.Wire;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureApiTest {
  private static final String CLIENT = "0123456789abcdef0123456789abcdef";
  private static final String SALT_1 = "11111111111111111111111111111111";
  private static final String SALT_2 = "22222222222222222222222222222222";
  private static final String START =
      """
      {"event":{"kind":"capture_start","source":"mcp_proxy","instance":"a/b","details":{"mode":"deny"}},"salt":"%s"}
      """
          .formatted(SALT_2);

  @TempDir Path folder;
  DaemonFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = DaemonFixture.start(folder);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private static JsonObject session(UnixHttp connection) throws IOException {
    DaemonFixture.Reply reply =
        DaemonFixture.socket(
            connection, "POST", "/api/v1/capture/session", Map.of(Wire.CLIENT_HEADER, CLIENT), "");
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.json();
  }

  private static DaemonFixture.Reply capture(
      UnixHttp connection, @Nullable Long session, @Nullable Long resumeAfter, String lines)
      throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(Wire.CLIENT_HEADER, CLIENT);
    headers.put(Wire.SESSION_HEADER, String.valueOf(session));
    if (resumeAfter != null) {
      headers.put(Wire.RESUME_HEADER, resumeAfter.toString());
    }
    return DaemonFixture.socket(connection, "POST", "/api/v1/capture", headers, lines);
  }

  private static String draft(String salt, int n) {
    return "{\"draft\":{\"actor\":\"agent:x\",\"action\":\"tool_call\",\"payload\":{\"n\":"
        + n
        + "}},\"salt\":\""
        + salt
        + "\",\"source\":\"mcp_proxy\"}\n";
  }

  private static String nested(int levels) {
    return "{\"a\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
  }

  @Test
  void aPayloadNestsAsDeepAsTheFormatLetsIt() throws IOException {
    try (UnixHttp connection = fixture.unix()) {
      Long session = Json.integer(session(connection), "session");
      String line = draft(SALT_1, 1);

      DaemonFixture.Reply deep =
          capture(connection, session, null, line.replace("{\"n\":1}", nested(64)));
      DaemonFixture.Reply tooDeep =
          capture(connection, session, null, line.replace("{\"n\":1}", nested(65)));

      assertThat(deep.lines().getFirst()).contains("entry_hash");
      assertThat(tooDeep.status()).isEqualTo(400);
      assertThat(fixture.sealed().get(1).payloadText()).isEqualTo(nested(64));
      assertThat(fixture.sealed()).hasSize(2);
    }
  }

  @Test
  void aCapturePointSetsTheSource() throws IOException {
    try (UnixHttp connection = fixture.unix()) {
      Long session = Json.integer(session(connection), "session");

      DaemonFixture.Reply reply = capture(connection, session, null, draft(SALT_1, 7));

      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      Entry entry = fixture.sealed().get(1);
      assertThat(entry.source()).isEqualTo("mcp_proxy");
      assertThat(entry.payloadSalt()).isEqualTo(SALT_1);
      assertThat(reply.json().string("entry_hash")).isEqualTo(entry.entryHash().hex());
    }
  }

  @Test
  void whatIsSentAgainIsAnsweredWithItsReceiptAndNotSealedTwice() throws IOException {
    try (UnixHttp first = fixture.unix();
        UnixHttp second = fixture.unix()) {
      Long session = Json.integer(session(first), "session");
      DaemonFixture.Reply sent = capture(first, session, null, draft(SALT_1, 1) + START);
      fixture.append("{\"actor\":\"agent:other\",\"action\":\"tool_call\"}");

      Long next = Json.integer(session(second), "session");
      DaemonFixture.Reply again = capture(second, next, 0L, draft(SALT_1, 1) + START);

      assertThat(again.body()).isEqualTo(sent.body());
      assertThat(again.lines()).hasSize(2);
      assertThat(fixture.sealed()).hasSize(4);
    }
  }

  @Test
  void whatWasNotSealedYetIsSealedOnTheResend() throws IOException {
    try (UnixHttp first = fixture.unix();
        UnixHttp second = fixture.unix()) {
      Long session = Json.integer(session(first), "session");
      capture(first, session, null, draft(SALT_1, 1));

      Long next = Json.integer(session(second), "session");
      capture(second, next, 0L, draft(SALT_1, 1) + draft(SALT_2, 2));

      assertThat(fixture.sealed())
          .extracting(Entry::payloadSalt)
          .containsSubsequence(SALT_1, SALT_2)
          .hasSize(3);
    }
  }

  @Test
  void aRedactedDraftIsRecognisedByItsPayloadHash() throws IOException {
    try (UnixHttp connection = fixture.unix()) {
      Long session = Json.integer(session(connection), "session");
      DaemonFixture.Reply sent = capture(connection, session, null, draft(SALT_1, 1));
      fixture.post("/api/v1/redactions", Wire.JSON, "{\"first\":1,\"reason\":\"art. 17\"}");
      assertThat(fixture.sealed().get(1).isRedacted()).isTrue();

      Long next = Json.integer(session(connection), "session");
      DaemonFixture.Reply again = capture(connection, next, 0L, draft(SALT_1, 1));

      assertThat(again.body()).isEqualTo(sent.body());
      assertThat(fixture.count("tool_call")).isEqualTo(1);
    }
  }

  @Test
  void anEarlierSessionOfTheSameClientGetsNothingSealed() throws IOException {
    try (UnixHttp first = fixture.unix();
        UnixHttp second = fixture.unix()) {
      Long session = Json.integer(session(first), "session");
      session(second);

      DaemonFixture.Reply late = capture(first, session, null, draft(SALT_1, 1));

      assertThat(late.status()).isEqualTo(409);
      assertThat(fixture.sealed()).hasSize(1);
    }
  }

  @Test
  void withoutASessionNothingIsTaken() throws IOException {
    try (UnixHttp connection = fixture.unix()) {
      assertThat(capture(connection, 1L, null, draft(SALT_1, 1)).status()).isEqualTo(409);
    }
  }

  @Test
  void controlEntriesAreRefusedFromCapturePointsTooAndOthersAreTaken() throws IOException {
    try (UnixHttp connection = fixture.unix()) {
      Long session = Json.integer(session(connection), "session");
      String forged = draft(SALT_2, 1).replace("tool_call", "ledger_redact");

      DaemonFixture.Reply reply = capture(connection, session, null, forged + draft(SALT_1, 1));

      assertThat(reply.lines().get(0)).contains("\"member\":\"action\"");
      assertThat(reply.lines().get(1)).contains("entry_hash");
      assertThat(fixture.sealed()).hasSize(2);
    }
  }

  @Test
  void aSourceWhoseProcessIsGoneIsSealedAsStopped() throws IOException {
    try (UnixHttp connection = fixture.unix()) {
      Long session = Json.integer(session(connection), "session");
      capture(connection, session, null, START);
    }
    await().atMost(DaemonFixture.ANSWER).until(() -> fixture.count("capture_stop") == 1);

    Entry stop = fixture.sealed().getLast();
    assertThat(stop.target()).isEqualTo("a/b");
    assertThat(stop.payloadText()).contains("the connection was lost");
  }

  @Test
  void aSourceThatIsOnAtTheEndIsSealedAsStoppedOnce() throws IOException {
    try (UnixHttp connection = fixture.unix()) {
      Long session = Json.integer(session(connection), "session");
      capture(connection, session, null, START);
      fixture.daemon.close();
    }
    assertThat(fixture.count("capture_stop")).isEqualTo(1);
  }

  @Test
  void aMalformedLineIsAProblemAndSealsNothingOfItsRequest() throws IOException {
    for (String bad :
        List.of(
            "{}",
            "[]",
            "nonsense",
            "{\"salt\":\"zz\",\"source\":\"x\",\"draft\":{}}",
            "{\"salt\":\"" + SALT_2 + "\",\"draft\":{}}",
            "{\"salt\":\"" + SALT_2 + "\",\"event\":{}}",
            START.replace("capture_start", "ledger_create").strip())) {
      try (UnixHttp connection = fixture.unix()) {
        Long session = Json.integer(session(connection), "session");
        DaemonFixture.Reply reply =
            capture(connection, session, null, draft(SALT_1, 1) + bad + "\n");
        assertThat(reply.status()).as(bad).isEqualTo(400);
      }
    }
    assertThat(fixture.sealed()).hasSize(1);
  }
}
