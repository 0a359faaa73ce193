package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.client.Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolesTest {
  DaemonFixture fixture;
  String writer = "";
  String auditor = "";
  String admin = "";

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    fixture = DaemonFixture.start(folder);
    writer = fixture.tokens.add("w", Role.WRITER, List.of("agent:a", "agent:team-*"), null);
    auditor = fixture.tokens.add("r", Role.AUDITOR, List.of(), null);
    admin = fixture.tokens.add("o", Role.ADMIN, List.of("user:root"), null);
  }

  @AfterAll
  void stop() throws IOException {
    fixture.close();
  }

  private String token(String role) {
    return switch (role) {
      case "writer" -> writer;
      case "auditor" -> auditor;
      case "admin" -> admin;
      default -> throw new IllegalArgumentException(role);
    };
  }

  private static String draft(String actor) {
    return "{\"actor\":\"" + actor + "\",\"action\":\"tool_call\"}";
  }

  @ParameterizedTest
  @CsvSource({
    "writer, GET, /api/v1/status, 200",
    "writer, GET, /checkpoint, 200",
    "writer, GET, /metrics, 200",
    "writer, GET, /api/v1/entries, 403",
    "writer, GET, /api/v1/entries/0, 403",
    "writer, GET, /api/v1/stream, 403",
    "writer, POST, /api/v1/checkpoints, 403",
    "auditor, GET, /api/v1/entries, 200",
    "auditor, GET, /api/v1/entries/0, 200",
    "auditor, POST, /api/v1/entries, 403",
    "auditor, POST, /api/v1/redactions, 403",
    "auditor, POST, /api/v1/keys/rotate, 403",
    "auditor, POST, /api/v1/clock/confirm, 403",
    "auditor, POST, /api/v1/shutdown, 403",
    "admin, GET, /api/v1/entries, 200",
    "admin, POST, /api/v1/checkpoints, 200",
    "admin, POST, /api/v1/capture/session, 403",
    "admin, POST, /api/v1/capture, 403",
  })
  void aTokenOpensWhatItsRoleOpens(String role, String method, String target, int status)
      throws Exception {
    DaemonFixture.Answer answer = fixture.http(method, target, token(role));

    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/api/v1/status", "/api/v1/entries", "/checkpoint", "/metrics", "/api/v1/stream"})
  void withoutATokenNothingIsOpen(String target) throws Exception {
    DaemonFixture.Answer answer = fixture.http("GET", target, null);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.response().headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(answer.response().headers().firstValue("Content-Type")).hasValue(Problem.MEDIA_TYPE);
  }

  @Test
  void aTokenThatIsNearlyRightIsNone() throws Exception {
    String wrong = auditor.substring(0, auditor.length() - 1);

    assertThat(fixture.http("GET", "/api/v1/status", wrong).status()).isEqualTo(401);
    assertThat(fixture.http("GET", "/api/v1/status", auditor + "A").status()).isEqualTo(401);
    assertThat(fixture.http("GET", "/api/v1/status", "").status()).isEqualTo(401);
  }

  @Test
  void aWriterIsBoundToItsActorsAndItsSourceIsApi() throws Exception {
    String[] json = {Wire.JSON, draft("agent:a")};
    assertThat(fixture.http("POST", "/api/v1/entries", writer, json).status()).isEqualTo(201);
    json[1] = draft("agent:team-7");
    DaemonFixture.Answer taken = fixture.http("POST", "/api/v1/entries", writer, json);
    assertThat(taken.status()).isEqualTo(201);
    json[1] = draft("agent:ab");
    DaemonFixture.Answer refused = fixture.http("POST", "/api/v1/entries", writer, json);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.json().string("member")).isEqualTo("actor");

    assertThat(fixture.sealed())
        .filteredOn(entry -> entry.entryHash().hex().equals(taken.json().string("entry_hash")))
        .singleElement()
        .satisfies(entry -> assertThat(entry.source()).isEqualTo("api"));
  }

  @Test
  void inABatchEachDraftIsCheckedAgainstTheActors() throws Exception {
    DaemonFixture.Answer answer =
        fixture.http(
            "POST",
            "/api/v1/entries",
            writer,
            Wire.NDJSON,
            draft("agent:a") + "\n" + draft("user:root") + "\n");

    assertThat(answer.lines()).hasSize(2);
    assertThat(answer.lines().get(0)).contains("entry_hash");
    assertThat(answer.lines().get(1)).contains("\"status\":403").contains("user:root");
  }

  @Test
  void anExpiredOrRevokedTokenIsNone() throws Exception {
    String past =
        fixture.tokens.add("past", Role.AUDITOR, List.of(), Instant.parse("2026-01-01T00:00:00Z"));
    String revoked = fixture.tokens.add("gone", Role.AUDITOR, List.of(), null);
    assertThat(fixture.http("GET", "/api/v1/status", revoked).status()).isEqualTo(200);
    assertThat(fixture.tokens.revoke("gone")).isTrue();

    assertThat(fixture.http("GET", "/api/v1/status", past).status()).isEqualTo(401);
    assertThat(fixture.http("GET", "/api/v1/status", revoked).status()).isEqualTo(401);
  }

  private String raw(String head) throws IOException {
    try (Socket socket = fixture.raw()) {
      OutputStream out = socket.getOutputStream();
      out.write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\n",
        "GET /api/v1/status HTTP/1.1\r\nHost: evil.example:7677\r\n",
        "GET /api/v1/status HTTP/1.1\r\nHost: localhost.evil.example\r\n",
        "GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n",
        "GET http://evil.example/api/v1/status HTTP/1.1\r\nHost: localhost\r\n",
        "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n",
        "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n",
        "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n",
        "GET /api/v1/status HTTP/1.0\r\n",
      })
  void aWebPageThatPointsAHostNameHereGetsNothing(String head) throws IOException {
    String answer = raw(head + "Authorization: Bearer " + auditor + "\r\n");

    assertThat(answer).startsWith("HTTP/1.").containsPattern("^HTTP/1\\.[01] 40[03] ");
    assertThat(answer).doesNotContain(DaemonFixture.ORIGIN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:9", "[::1]:7677"})
  void loopbackNamesAreTaken(String host) throws IOException {
    assertThat(
            raw(
                "GET /api/v1/status HTTP/1.1\r\nHost: "
                    + host
                    + "\r\nAuthorization: bearer "
                    + auditor
                    + "\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void ownUserIsAdminOverTheSocketAndNoTokenIsAsked() throws IOException {
    assertThat(fixture.get("/api/v1/entries").status()).isEqualTo(200);
    assertThat(fixture.post("/api/v1/checkpoints", Wire.JSON, "{}").status()).isEqualTo(200);
  }

  @Test
  void theReadOfATokenNamesItOnRecord() throws Exception {
    fixture.http("GET", "/api/v1/entries?actor=user:nobody", auditor);

    assertThat(fixture.sealed())
        .anyMatch(
            entry ->
                String.valueOf(entry.payloadText())
                    .equals(
                        "{\"by\":\"token:r\",\"filter\":{\"actor\":[\"user:nobody\"]},"
                            + "\"via\":\"http\"}"));
  }
}
