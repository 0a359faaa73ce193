package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.osmoda.client.Wire;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.log.InclusionProof;
import io.osmoda.format.log.SignedCheckpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator and an auditor ask of a running daemon. */
class OperationsTest {
  @TempDir Path folder;
  DaemonFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = DaemonFixture.start(folder);
    fixture.append(
        "{\"actor\":\"agent:x\",\"action\":\"tool_call\",\"payload\":{\"name\":\"Ada\"}}");
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void theNewestEntryIsProvenAtOnce() throws Exception {
    DaemonFixture.Reply reply = fixture.get("/api/v1/entries/1/proof");

    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    InclusionProof proof = InclusionProof.parse(reply.body().getBytes(StandardCharsets.UTF_8));
    Entry entry = fixture.sealed().get(1);
    assertThat(proof.index()).isEqualTo(1);
    assertThat(proof.leadsToRoot(entry.entryHash())).isTrue();
    assertThat(fixture.count("ledger_query")).isZero();
  }

  @Test
  void aProofOfWhatIsNotThereIsNotFound() throws Exception {
    assertThat(fixture.get("/api/v1/entries/7/proof").status()).isEqualTo(404);
  }

  @Test
  void aCheckpointIsSignedOnDemandAndServed() throws Exception {
    DaemonFixture.Reply made = fixture.post("/api/v1/checkpoints", Wire.JSON, "{}");
    DaemonFixture.Reply served = fixture.get("/checkpoint");

    assertThat(served.body()).isEqualTo(made.body());
    SignedCheckpoint checkpoint =
        SignedCheckpoint.parse(made.body().getBytes(StandardCharsets.UTF_8));
    assertThat(checkpoint.checkpoint().size()).isEqualTo(2);
    assertThat(checkpoint.checkpoint().origin()).isEqualTo(DaemonFixture.ORIGIN);
  }

  @Test
  void aRedactionRemovesThePayloadAndSaysWhoAsked() throws Exception {
    DaemonFixture.Reply reply =
        fixture.post(
            "/api/v1/redactions",
            Wire.JSON,
            "{\"first\":1,\"reason\":\"art. 17\",\"payload\":{\"basis\":\"request 5\"}}");

    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.json().toString()).contains("announced_by");
    assertThat(fixture.sealed().get(1).isRedacted()).isTrue();
    assertThat(fixture.sealed().get(2).payloadText())
        .contains("\"asked_by\":\"uid:", "\"basis\":\"request 5\"");
    assertThat(fixture.get("/api/v1/entries/1").body()).doesNotContain("Ada");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"first":9,"reason":"x"}                   | 422
          {"first":0,"reason":"x"}                   | 422
          {"first":1,"last":0,"reason":"x"}          | 400
          {"first":1}                                | 400
          {"first":"1","reason":"x"}                 | 400
          {"first":1.5,"reason":"x"}                 | 400
          {"first":1,"reason":"x","lust":2}          | 400
          []                                         | 400
          {                                          | 400
          """)
  void aRedactionThatCannotBeIsRefusedAndNothingIsSealed(String body, int status) throws Exception {
    DaemonFixture.Reply reply = fixture.post("/api/v1/redactions", Wire.JSON, body);

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(fixture.sealed()).hasSize(2);
  }

  @Test
  void keysAreRotatedAndTheDaemonGoesOn() throws Exception {
    DaemonFixture.Reply reply =
        fixture.post("/api/v1/keys/rotate", Wire.JSON, "{\"why\":\"yearly\"}");

    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(fixture.count("key_rotate")).isEqualTo(1);
    assertThat(fixture.append("{\"actor\":\"agent:x\",\"action\":\"tool_call\"}").status())
        .isEqualTo(201);
    assertThat(fixture.post("/api/v1/keys/rotate", Wire.JSON, "{}").status()).isEqualTo(400);
  }

  @Test
  void aDaemonThatIsToldToStopAnswersAndStops() throws Exception {
    DaemonFixture.Reply reply = fixture.post("/api/v1/shutdown", Wire.JSON, "");

    assertThat(reply.status()).isEqualTo(202);
    await().atMost(DaemonFixture.ANSWER).until(() -> !fixture.daemon.socket().toFile().exists());
  }

  @Test
  void metricsCountWhatHappened() throws Exception {
    fixture.get("/api/v1/entries/1");
    fixture.append("{\"actor\":\"agent:x\",\"action\":\"ledger_x\"}");

    List<String> expected =
        List.of(
            "osmoda_appended_total 1",
            "osmoda_refused_drafts_total 1",
            "osmoda_queries_total 1",
            "osmoda_entries 3",
            "osmoda_requests_total{route=\"/api/v1/entries\",status=\"422\"} 1",
            "# TYPE osmoda_requests_total counter");
    // A request is counted once its answer is out, so the last may be missing for a moment.
    await()
        .atMost(DaemonFixture.ANSWER)
        .untilAsserted(() -> assertThat(fixture.get("/metrics").lines()).containsAll(expected));
  }
}
