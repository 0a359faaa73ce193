package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.fixtures.OtherUser;
import io.osmoda.format.entry.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Protected mode: the daemon under one user, the callers under another, whom the kernel names. */
class OtherUsersTest {
  private static final String CLIENT = "0123456789abcdef0123456789abcdef";

  /** Sends standard input to a Unix socket and prints what comes back; needs nothing but a JDK. */
  private static final String PEER =
      """
      import java.net.*;
      import java.nio.*;
      import java.nio.channels.*;

      public class Peer {
        public static void main(String[] arguments) throws Exception {
          try (SocketChannel channel =
              SocketChannel.open(UnixDomainSocketAddress.of(arguments[0]))) {
            channel.write(ByteBuffer.wrap(System.in.readAllBytes()));
            ByteBuffer answer = ByteBuffer.allocate(1 << 16);
            while (channel.read(answer) >= 0) {}
            System.out.write(answer.array(), 0, answer.position());
            System.out.flush();
          }
        }
      }
      """;

  @TempDir Path folder;
  Path ledger = Path.of("");
  Path socket = Path.of("");
  Path peer = Path.of("");

  @BeforeEach
  void create() throws IOException {
    OtherUser.needed();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    ledger = DaemonFixture.createLedger(folder);
    socket = folder.resolve("s.sock");
    peer = Files.writeString(folder.resolve("Peer.java"), PEER);
  }

  private Daemon daemon(PeerGrant... grants) throws IOException {
    return Daemon.start(DaemonOptions.of(ledger).withSocket(socket).withGrants(List.of(grants)));
  }

  private String asOther(String request) throws Exception {
    List<String> command = new ArrayList<>(OtherUser.command());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(peer.toString(), socket.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(folder.toFile()).redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return answer;
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  }

  private static String post(String target, String headers, String body, boolean last) {
    return "POST "
        + target
        + " HTTP/1.1\r\nHost: x\r\n"
        + (last ? "Connection: close\r\n" : "")
        + headers
        + "Content-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  private static String append(String actor) {
    return post(
        "/api/v1/entries",
        "Content-Type: application/json\r\n",
        "{\"actor\":\"" + actor + "\",\"action\":\"tool_call\"}",
        true);
  }

  @Test
  void withoutAGrantTheSocketItselfIsClosedToOthers() throws Exception {
    try (Daemon daemon = daemon()) {
      assertThat(daemon.socket()).exists();
      assertThat(asOther(get("/healthz"))).contains("Permission denied");
    }
  }

  @Test
  void aUserWithoutAGrantGetsNothingFromADaemonThatHasOthers() throws Exception {
    try (Daemon daemon = daemon(PeerGrant.parse("bin=auditor"))) {
      assertThat(daemon.socket()).exists();
      assertThat(asOther(get("/api/v1/status"))).startsWith("HTTP/1.1 403 ").contains("--grant");
    }
  }

  @Test
  void aWriterWritesAsItsActorsAndReadsNothing() throws Exception {
    try (Daemon daemon = daemon(PeerGrant.parse(OtherUser.UID + "=writer:agent:n*"))) {
      assertThat(daemon.socket()).exists();
      assertThat(asOther(append("agent:n1"))).startsWith("HTTP/1.1 201 ");
      assertThat(asOther(append("agent:other"))).startsWith("HTTP/1.1 403 ");
      assertThat(asOther(get("/api/v1/entries"))).startsWith("HTTP/1.1 403 ");
      assertThat(asOther(session(true))).startsWith("HTTP/1.1 403 ");
    }
    assertThat(DaemonFixture.sealed(ledger)).extracting(Entry::source).contains("api");
  }

  private static String session(boolean last) {
    return post("/api/v1/capture/session", "Osmoda-Client: " + CLIENT + "\r\n", "", last);
  }

  @Test
  void aCapturePointOfAnotherUserSetsTheSourceAsItsActorsOnly() throws Exception {
    try (Daemon daemon = daemon(PeerGrant.parse(OtherUser.UID + "=capture:agent:n*"))) {
      assertThat(daemon.socket()).exists();
      String lines = draft("agent:n1", "1".repeat(32)) + draft("agent:other", "2".repeat(32));

      String answer =
          asOther(
              session(false)
                  + post(
                      "/api/v1/capture",
                      "Osmoda-Client: " + CLIENT + "\r\nOsmoda-Session: 1\r\n",
                      lines,
                      true));

      assertThat(answer).contains("\"sources\":0").contains("\"seq\":1}");
      assertThat(answer).contains("may not write as agent:other");
    }
    assertThat(DaemonFixture.sealed(ledger))
        .filteredOn(entry -> entry.action().equals("tool_call"))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.source()).isEqualTo("mcp_proxy");
              assertThat(entry.actor()).isEqualTo("agent:n1");
            });
  }

  private static String draft(String actor, String salt) {
    return "{\"draft\":{\"actor\":\""
        + actor
        + "\",\"action\":\"tool_call\"},\"salt\":\""
        + salt
        + "\",\"source\":\"mcp_proxy\"}\n";
  }

  @Test
  void anAuditorReadsAndTheRecordNamesTheUser() throws Exception {
    try (Daemon daemon = daemon(PeerGrant.parse(OtherUser.UID + "=auditor"))) {
      assertThat(daemon.socket()).exists();
      assertThat(asOther(get("/api/v1/entries/0")))
          .startsWith("HTTP/1.1 200 ")
          .contains("ledger_create");
      assertThat(asOther(append("agent:n1"))).startsWith("HTTP/1.1 403 ");
    }
    assertThat(DaemonFixture.sealed(ledger))
        .filteredOn(entry -> entry.action().equals("ledger_query"))
        .singleElement()
        .satisfies(
            entry ->
                assertThat(entry.payloadText())
                    .containsPattern("\"by\":\"uid:(nobody|65534)\"")
                    .contains("socket"));
  }

  private static String statement(String target, String body) {
    return post("/api/v1/" + target, "Content-Type: application/json\r\n", body, true);
  }

  @Test
  void anAuditorReviewsAndHoldsInItsOwnNameAndReleasesNothing() throws Exception {
    try (Daemon daemon = daemon(PeerGrant.parse(OtherUser.UID + "=auditor"))) {
      assertThat(daemon.socket()).exists();
      assertThat(asOther(statement("reviews", "{\"note\":\"looked\"}")))
          .startsWith("HTTP/1.1 201 ");
      assertThat(asOther(statement("holds", "{\"reason\":\"case 7\"}")))
          .startsWith("HTTP/1.1 201 ");
      assertThat(asOther(statement("holds/2/release", "{\"reason\":\"closed\"}")))
          .startsWith("HTTP/1.1 403 ");
    }
    assertThat(DaemonFixture.sealed(ledger))
        .filteredOn(entry -> entry.source().equals("statement"))
        .hasSize(2)
        .allSatisfy(entry -> assertThat(entry.actor()).matches("user:uid:(nobody|65534)"));
  }

  @Test
  void aCapturePointCannotSayWhatAPersonStates() throws Exception {
    try (Daemon daemon = daemon(PeerGrant.parse(OtherUser.UID + "=capture:user:*"))) {
      assertThat(daemon.socket()).exists();
      String lines =
          draft("user:ana", "1".repeat(32)).replace("tool_call", "review")
              + draft("user:ana", "2".repeat(32)).replace("mcp_proxy", "statement")
              + draft("user:ana", "3".repeat(32));

      String answer =
          asOther(
              session(false)
                  + post(
                      "/api/v1/capture",
                      "Osmoda-Client: " + CLIENT + "\r\nOsmoda-Session: 1\r\n",
                      lines,
                      true));

      assertThat(answer).contains("what a person states").contains("not a capture point's to set");
    }
    assertThat(DaemonFixture.sealed(ledger))
        .filteredOn(entry -> entry.actor().equals("user:ana"))
        .singleElement()
        .satisfies(entry -> assertThat(entry.action()).isEqualTo("tool_call"));
  }

  @Test
  void aGrantToAUserWhomTheMachineDoesNotKnowIsRefused() {
    assertThatThrownBy(() -> daemon(PeerGrant.parse("no-such-user=auditor")).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-user");
    assertThat(socket).doesNotExist();
  }
}
