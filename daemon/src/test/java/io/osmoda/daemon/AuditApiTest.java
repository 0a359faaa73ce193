package io.osmoda.daemon;

import static io.osmoda.daemon.DaemonFixture.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.client.Json;
import io.osmoda.client.Wire;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.ExportRequest;
import io.osmoda.evidence.FolderSink;
import io.osmoda.evidence.SignOffRequest;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.ledger.LedgerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reviews, sign-offs, holds and retention over the API of a real daemon. */
class AuditApiTest {
  private static final String CALL =
      "{\"actor\":\"agent:x\",\"action\":\"tool_call\",\"tool\":\"t\",\"payload\":{\"a\":1}}";

  @TempDir Path temp = Path.of("");
  DaemonFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = DaemonFixture.start(temp);
    fixture.append(CALL);
    fixture.append(CALL);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private DaemonFixture.Reply post(String target, String body) throws IOException {
    return fixture.post("/api/v1/" + target, Wire.JSON, body);
  }

  private Entry last(String action) throws IOException {
    return fixture.sealed().stream()
        .filter(entry -> entry.action().equals(action))
        .reduce((before, after) -> after)
        .orElseThrow();
  }

  private void configure(String yaml) throws IOException {
    Files.writeString(DaemonFixture.keys(fixture.ledger).resolve("osmoda.yaml"), yaml);
  }

  @Test
  void aReviewIsTheCallersAndStandsUnderACheckpoint() throws Exception {
    fixture.get("/api/v1/entries/1");
    DaemonFixture.Reply reply = post("reviews", "{\"note\":\"all fine\"}");
    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    JsonObject review = reply.json();
    Entry entry = last("review");
    String user = System.getProperty("user.name");
    assertThat(entry.actor()).isEqualTo("user:uid:" + user);
    assertThat(entry.source()).isEqualTo("statement");
    assertThat(entry.target()).isEqualTo("#0-3");
    assertThat(review.get("seq")).isEqualTo(JsonNumber.of(entry.seq()));
    assertThat(review.get("entries")).isEqualTo(JsonNumber.of(4));
    assertThat(review.get("reads")).isEqualTo(JsonNumber.of(1));
    assertThat(object(review.get("ledger")).get("size")).isEqualTo(JsonNumber.of(4));
    assertThat(object(review.get("checkpoint")).get("size")).isEqualTo(JsonNumber.of(5));

    String token = fixture.tokens.add("ana", Role.AUDITOR, List.of(), null);
    DaemonFixture.Answer second =
        fixture.http("POST", "/api/v1/reviews", token, Wire.JSON, "{\"note\":\"the rest\"}");
    assertThat(second.status()).as(second.body()).isEqualTo(201);
    assertThat(last("review").actor()).isEqualTo("user:token:ana");
    assertThat(last("review").target()).isEqualTo("#4");
  }

  @Test
  void whatIsNotReviewedIsToldAndWhetherAReviewIsOverdue() throws IOException {
    assertThat(fixture.get("/api/v1/status").json().get("review")).isNull();
    configure("review: {every: 1s}\n");
    JsonObject before = object(fixture.get("/api/v1/status").json().get("review"));
    assertThat(before.get("unreviewed")).isEqualTo(JsonNumber.of(3));
    configure("review: {every: 7d}\n");
    assertThat(object(fixture.get("/api/v1/status").json().get("review")).get("overdue"))
        .isEqualTo(JsonBoolean.FALSE);
    String second = fixture.sealed().get(1).timestamp();
    post("reviews", "{\"note\":\"the second on\",\"from\":\"" + second + "\"}");
    JsonObject reviews = fixture.get("/api/v1/reviews").json();
    assertThat(Objects.requireNonNull(reviews.get("unreviewed")).toString())
        .contains("first")
        .isEqualTo(
            new JsonArray(
                    List.of(
                        JsonObject.builder().put("first", 0).put("last", 0).build(),
                        JsonObject.builder().put("first", 3).put("last", 4).build()))
                .toString());
    assertThat(fixture.count("ledger_query")).isEqualTo(1);
  }

  @Test
  void aReviewWhoseNoteIsRedactedIsStillOneAndItsNoteIsGone() throws IOException {
    long seq =
        Objects.requireNonNull(
            Json.integer(post("reviews", "{\"note\":\"about Maria\"}").json(), "seq"));
    assertThat(fixture.get("/api/v1/reviews").body()).contains("about Maria");
    assertThat(post("redactions", "{\"first\":" + seq + ",\"reason\":\"asked\"}").status())
        .isEqualTo(200);
    String reviews = fixture.get("/api/v1/reviews").body();
    assertThat(reviews).doesNotContain("Maria").contains("\"redacted\":true");
    post("reviews", "{\"note\":\"the rest\"}");
    assertThat(last("review").target()).startsWith("#" + seq + "-");
  }

  @Test
  void noWriterForgesWhatAPersonStates() throws Exception {
    for (String action : List.of("review", "sign_off", "hold_set", "hold_release")) {
      DaemonFixture.Reply reply =
          fixture.append("{\"actor\":\"user:ana\",\"action\":\"" + action + "\"}");
      assertThat(reply.status()).isEqualTo(422);
      assertThat(reply.body()).contains("what a person states");
    }
    String writer = fixture.tokens.add("w", Role.WRITER, List.of("user:*"), null);
    String auditor = fixture.tokens.add("a", Role.AUDITOR, List.of(), null);
    for (String path : List.of("reviews", "sign-offs", "holds", "holds/1/release", "redactions")) {
      assertThat(fixture.http("POST", "/api/v1/" + path, writer, Wire.JSON, "{}").status())
          .as(path)
          .isEqualTo(403);
    }
    for (String path : List.of("holds/1/release", "redactions")) {
      assertThat(fixture.http("POST", "/api/v1/" + path, auditor, Wire.JSON, "{}").status())
          .as(path)
          .isEqualTo(403);
    }
    assertThat(fixture.count("review")).isZero();
  }

  @Test
  void whatIsHeldIsRedactedOnlyAfterItsRelease() throws Exception {
    DaemonFixture.Reply set = post("holds", "{\"reason\":\"case 7\",\"actor\":\"agent:*\"}");
    assertThat(set.status()).as(set.body()).isEqualTo(201);
    Long seq = Json.integer(set.json(), "seq");
    String redaction = "{\"first\":1,\"reason\":\"asked\",\"before_retention_ends\":\"anyhow\"}";
    DaemonFixture.Reply refused = post("redactions", redaction);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body()).contains("legal hold " + seq).contains("case 7");
    assertThat(fixture.get("/api/v1/holds").body()).contains("case 7");
    assertThat(post("holds/" + seq + "/release", "{}").status()).isEqualTo(400);
    assertThat(post("holds/" + seq + "/release", "{\"reason\":\"closed\"}").status())
        .isEqualTo(200);
    assertThat(fixture.get("/api/v1/holds").json().get("holds"))
        .isEqualTo(new JsonArray(List.of()));
    assertThat(post("redactions", redaction).status()).isEqualTo(200);
    assertThat(fixture.sealed().get(1).isRedacted()).isTrue();
  }

  @Test
  void retentionRefusesUntilItsEndUnlessSomebodySaysWhy() throws IOException {
    configure("retention: {preset: hipaa-documentation-6y}\n");
    DaemonFixture.Reply refused = post("redactions", "{\"first\":1,\"reason\":\"asked\"}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body()).contains("is kept until").contains("hipaa-documentation-6y");
    assertThat(
            post("redactions", "{\"first\":1,\"reason\":\"asked\",\"before_retention_ends\":\" \"}")
                .status())
        .isEqualTo(400);
    assertThat(
            post(
                    "redactions",
                    "{\"first\":1,\"reason\":\"asked\",\"before_retention_ends\":\"Art. 17\"}")
                .status())
        .isEqualTo(200);
    assertThat(String.valueOf(last("ledger_redact").payloadText()))
        .contains("\"why\":\"Art. 17\"")
        .contains("6 years (hipaa-documentation-6y)");
    assertThat(fixture.get("/api/v1/retention").body()).contains("\"past\":0");
    assertThat(fixture.get("/api/v1/retention?preset=part11-predicate").status()).isEqualTo(400);
  }

  @Test
  void aWrongConfigurationIsToldAndNothingIsRedactedMeanwhile() throws IOException {
    configure("retention: {kep: 6 years}\n");
    DaemonFixture.Reply refused = post("redactions", "{\"first\":1,\"reason\":\"asked\"}");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.body()).contains("did you mean keep?");
    assertThat(fixture.get("/api/v1/status").json().string("configuration_problem"))
        .contains("osmoda.yaml, retention");
    assertThat(fixture.append(CALL).status()).isEqualTo(201);
  }

  @Test
  void aSignOffNamesTheExactBundleAndItsExport() throws Exception {
    Path bundle = temp.resolve("bundle");
    try (LedgerSession access =
            LedgerAccess.open(fixture.ledger, LedgerOptions.defaults(), fixture.environment);
        BundleSink sink = new FolderSink(bundle)) {
      access.export(new ExportRequest(null, null, null, null, Map.of(), false), Map.of(), sink);
      TrustPolicy trust =
          TrustPolicy.load(DaemonFixture.keys(fixture.ledger).resolve("trust.policy"));
      SignOffRequest request = SignOffRequest.of(bundle, trust, "Ana Lima", "approved");
      JsonObject signed = access.signOff(request);
      Entry closing = last("ledger_export");
      Entry entry = last("sign_off");
      assertThat(entry.causedBy())
          .containsExactly(new CauseReference("", closing.seq(), closing.entryHash()));
      assertThat(entry.target()).isEqualTo("manifest:sha256:" + request.manifestSha256());
      assertThat(signed.string("name")).isEqualTo("Ana Lima");
      assertThat(access.signOffs(request.manifestSha256()).get("sign_offs"))
          .isEqualTo(new JsonArray(List.of(signed)));

      // An export that this ledger never closed with that manifest.
      SignOffRequest other =
          new SignOffRequest(
              "Ana", "approved", DaemonFixture.ORIGIN, "0".repeat(64), request.export());
      DaemonFixture.Reply refused = post("sign-offs", Json.text(other.toJson()));
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.body()).contains("is not the one that closes the export");
    }
  }
}
