package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.osmoda.client.Wire;
import io.osmoda.fixtures.Seed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that mean harm: each is got rid of, and the others are served all the while. */
class HostileClientTest {
  private static final Limits SMALL =
      new Limits(
          /* bodyBytes= */ 64 * Limits.KIB,
          /* lineBytes= */ 16 * Limits.KIB,
          /* drafts= */ 50,
          /* bufferedBytes= */ 256 * Limits.KIB,
          /* headerBytes= */ 4 * Limits.KIB,
          /* socketConnections= */ 16,
          /* httpConnections= */ 8,
          /* headerTime= */ Duration.ofSeconds(2),
          /* bodyTime= */ Duration.ofSeconds(2),
          /* idleTime= */ Duration.ofSeconds(4),
          /* requestsPerSecond= */ 1,
          /* requestBurst= */ 20,
          /* anonymousPerSecond= */ 1, // fewer than even a slow machine asks
          /* waitingRequests= */ 8,
          /* queries= */ 2,
          /* queryTime= */ Duration.ofSeconds(5),
          /* pageEntries= */ 10,
          /* pageBytes= */ 4 * Limits.KIB,
          /* streams= */ 2,
          /* streamLag= */ 10,
          /* heartbeat= */ Duration.ofMillis(200));

  @TempDir Path folder;
  DaemonFixture fixture;
  String writer = "";

  @BeforeEach
  void start() throws IOException {
    fixture = DaemonFixture.start(folder, SMALL);
    writer = fixture.tokens.add("w", Role.WRITER, List.of("*"), null);
  }

  @AfterEach
  void stop() throws IOException {
    othersAreServed();
    fixture.close();
  }

  private void othersAreServed() throws IOException {
    assertThat(fixture.append("{\"actor\":\"agent:x\",\"action\":\"tool_call\"}").status())
        .isEqualTo(201);
  }

  private String head(String length) {
    return "POST /api/v1/entries HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
        + writer
        + "\r\nContent-Type: application/x-ndjson\r\n"
        + length
        + "\r\n\r\n";
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** What the daemon answers until it closes the connection. */
  private static String rest(Socket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int c = in.read(); c >= 0; c = in.read()) {
        answer.append((char) c);
      }
    } catch (SocketException e) {
      answer.append("[reset]"); // also an end
    }
    return answer.toString();
  }

  @Test
  void headersThatTrickleInAreCutOff() throws Exception {
    try (Socket socket = fixture.raw()) {
      send(socket, "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
      // Each byte keeps the idle timeout away; only a deadline for the whole ends it.
      await()
          .atMost(DaemonFixture.ANSWER)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                try {
                  send(socket, "x");
                  return false;
                } catch (SocketException e) {
                  return true;
                }
              });
    }
  }

  @Test
  void aBodyThatTricklesInIsCutOff() throws Exception {
    try (Socket socket = fixture.raw()) {
      send(socket, head("Content-Length: 60000"));
      Thread trickle =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        send(socket, " ");
                        LockSupport.parkNanos(100_000_000); // the pace of the trickle
                      }
                    } catch (IOException e) {
                      // cut off, as it should be
                    }
                  });
      assertThat(rest(socket)).startsWith("HTTP/1.1 408 ").contains("too-slow");
      trickle.join();
    }
  }

  @Test
  void aBodyThatStopsIsCutOff() throws Exception {
    try (Socket socket = fixture.raw()) {
      send(socket, head("Content-Length: 60000") + "{");
      assertThat(rest(socket)).startsWith("HTTP/1.1 408 ");
    }
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() throws Exception {
    try (Socket socket = fixture.raw()) {
      assertThat(rest(socket)).isIn("", "[reset]");
    }
  }

  @Test
  void aBodyThatIsAnnouncedTooLargeIsNotRead() throws Exception {
    try (Socket socket = fixture.raw()) {
      send(socket, head("Content-Length: 999999999999"));
      assertThat(rest(socket)).startsWith("HTTP/1.1 413 ").contains("smaller batches");
    }
  }

  @Test
  void aBodyThatGrowsTooLargeIsCutOff() throws Exception {
    try (Socket socket = fixture.raw()) {
      send(socket, head("Transfer-Encoding: chunked"));
      String chunk = "1000\r\n" + " ".repeat(0x1000) + "\r\n";
      try {
        for (int i = 0; i < 64; i++) {
          send(socket, chunk);
        }
      } catch (SocketException e) {
        // cut off while we were sending
      }
      assertThat(rest(socket)).containsAnyOf("HTTP/1.1 413 ", "[reset]");
    }
  }

  @Test
  void tooManyDraftsAndTooLongLinesAreRefused() throws Exception {
    String draft = "{\"actor\":\"agent:x\",\"action\":\"tool_call\"}\n";
    DaemonFixture.Reply many = fixture.post("/api/v1/entries", Wire.NDJSON, draft.repeat(51));
    assertThat(many.status()).isEqualTo(413);

    String text = "x".repeat(SMALL.lineBytes());
    DaemonFixture.Reply longLine =
        fixture.post(
            "/api/v1/entries",
            Wire.NDJSON,
            "{\"actor\":\"agent:x\",\"action\":\"tool_call\",\"payload\":{\"t\":\""
                + text
                + "\"}}\n"
                + draft);
    assertThat(longLine.lines().get(0)).contains("\"status\":413");
    assertThat(longLine.lines().get(1)).contains("entry_hash");
  }

  @Test
  void headersThatAreTooLargeAreRefusedAsAProblem() throws Exception {
    try (Socket socket = fixture.raw()) {
      send(
          socket,
          "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nX-Large: "
              + "x".repeat(2 * SMALL.headerBytes())
              + "\r\n\r\n");
      assertThat(rest(socket)).startsWith("HTTP/1.1 431 ").contains(Problem.MEDIA_TYPE);
    }
  }

  @Test
  void moreConnectionsThanAllowedAreClosedAndTheSocketStaysFree() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 3 * SMALL.httpConnections(); i++) {
        sockets.add(fixture.raw());
      }
      await()
          .atMost(DaemonFixture.ANSWER)
          .until(
              () -> fixture.get("/metrics").body().contains("osmoda_refused_connections_total 16"));
      othersAreServed();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void oneCallersRequestsAreLimitedAndToldWhenToComeBack() throws Exception {
    int limited = 0;
    for (int i = 0; i < 2 * SMALL.requestBurst(); i++) {
      DaemonFixture.Answer answer = fixture.http("GET", "/api/v1/status", writer);
      if (answer.status() == 429) {
        limited++;
        assertThat(answer.response().headers().firstValue("Retry-After")).hasValue("1");
      }
    }
    assertThat(limited).isPositive();
  }

  @Test
  void guessingTokensIsLimitedAndDoesNotLockOutWhoHasOne() throws Exception {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 20 * SMALL.anonymousPerSecond(); i++) {
      statuses.add(fixture.http("GET", "/api/v1/status", "osm_guess" + i).status());
    }
    assertThat(statuses).contains(401, 429);
    assertThat(fixture.http("GET", "/api/v1/status", writer).status()).isEqualTo(200);
  }

  @Test
  void garbageInsteadOfHttpIsAnsweredOrCutOffAndHarmsNobody() throws Exception {
    long seed = Seed.fixed(20_261_124);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      byte[] garbage = new byte[1 + random.nextInt(600)];
      random.nextBytes(garbage);
      String lead =
          switch (round % 4) {
            case 0 -> "";
            case 1 -> "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
            case 2 -> "POST /api/v1/entries HTTP/1.1\r\nHost: localhost\r\n";
            default -> head("Transfer-Encoding: chunked");
          };
      try (Socket socket = fixture.raw()) {
        OutputStream out = socket.getOutputStream();
        out.write(lead.getBytes(StandardCharsets.ISO_8859_1));
        out.write(garbage);
        socket.shutdownOutput();
        String answer = rest(socket);
        assertThat(answer)
            .as("seed %d round %d", seed, round)
            .doesNotContain("HTTP/1.1 500")
            .doesNotContain("Exception");
      }
    }
  }
}
