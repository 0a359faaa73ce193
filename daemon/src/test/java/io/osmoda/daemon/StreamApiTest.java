package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.client.UnixHttp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamApiTest {
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

  /** An open stream, whose events are read one by one. */
  private static final class Events implements AutoCloseable {
    final UnixHttp connection;
    final BufferedReader in;

    Events(UnixHttp connection, String target, Map<String, String> headers) throws IOException {
      this.connection = connection;
      UnixHttp.Reply reply = connection.send("GET", target, headers, null, DaemonFixture.ANSWER);
      assertThat(reply.status()).isEqualTo(200);
      this.in = new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8));
    }

    /** The lines up to the next empty one. */
    List<String> next() throws IOException {
      List<String> event = new ArrayList<>();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        event.add(line);
      }
      return event;
    }

    @Override
    public void close() {
      connection.close();
    }
  }

  private Events open(String query, Map<String, String> headers) throws IOException {
    return new Events(fixture.unix(), "/api/v1/stream" + query, headers);
  }

  private void append(String actor) throws IOException {
    assertThat(fixture.append("{\"actor\":\"" + actor + "\",\"action\":\"tool_call\"}").status())
        .isEqualTo(201);
  }

  @Test
  void entriesComeAsTheyAreSealed() throws IOException {
    try (Events events = open("?actor=agent:*", Map.of())) {
      assertThat(events.next()).containsExactly(": from 1");
      append("user:u");
      append("agent:a");

      List<String> event = events.next();

      assertThat(event).hasSize(3);
      assertThat(event.get(0)).isEqualTo("id: 3");
      assertThat(event.get(1)).isEqualTo("event: entry");
      assertThat(event.get(2)).isEqualTo("data: " + fixture.sealed().get(3).toJson());
    }
    assertThat(fixture.count("ledger_query")).isEqualTo(1);
  }

  @Test
  void aStreamGoesOnAfterTheLastEventThatItsReaderHas() throws IOException {
    append("agent:a");
    append("agent:b");
    append("agent:c");

    try (Events events = open("?actor=agent:*", Map.of("Last-Event-ID", "1"))) {
      assertThat(events.next()).containsExactly(": from 2");
      assertThat(events.next()).contains("id: 2");
      assertThat(events.next()).contains("id: 3");
    }
  }

  @Test
  void aStreamBeginsWhereItIsTold() throws IOException {
    append("agent:a");

    try (Events events = open("?from_seq=0&action=ledger_create", Map.of())) {
      events.next();
      assertThat(events.next()).contains("id: 0", "event: entry");
    }
  }

  @Test
  void aStreamThatBeginsPastTheEndWaitsUntilThen() throws IOException {
    try (Events events = open("?from_seq=4", Map.of())) {
      events.next();
      append("agent:a");
      append("agent:b");
      append("agent:c");

      assertThat(events.next()).contains("id: 4");
    }
  }

  @Test
  void aStoppingDaemonEndsItsStreamsWithAReason() throws IOException {
    try (Events events = open("", Map.of())) {
      events.next();
      assertThat(events.next()).contains("id: 1"); // its own ledger_query
      fixture.daemon.close();

      List<String> last = events.next();

      assertThat(last.get(0)).isEqualTo("event: end");
      assertThat(last.get(1)).contains("stopping").contains("Last-Event-ID");
      assertThat(events.in.readLine()).isNull();
    }
  }

  @Test
  void aReaderThatStopsReadingHoldsUpNobodyAndStopsTheDaemonInTime() throws IOException {
    try (Events events = open("?from_seq=0", Map.of())) {
      assertThat(events.next()).isNotEmpty();
      String text = "x".repeat(500_000);
      for (int i = 0; i < 20; i++) {
        // more than the socket's buffers take: the stream's writer is stuck by now
        DaemonFixture.Reply reply =
            fixture.append(
                "{\"actor\":\"agent:x\",\"action\":\"tool_call\",\"payload\":{\"t\":\""
                    + text
                    + "\"}}");
        assertThat(reply.status()).isEqualTo(201);
      }
      fixture.daemon.close();
    }
    assertThat(fixture.count("tool_call")).isEqualTo(20);
  }

  @Test
  void moreStreamsThanAllowedAreToldToComeBack() throws IOException {
    List<Events> open = new ArrayList<>();
    try {
      for (int i = 0; i < Limits.DEFAULT.streams(); i++) {
        open.add(open("", Map.of()));
      }
      DaemonFixture.Reply reply = fixture.get("/api/v1/stream");
      assertThat(reply.status()).isEqualTo(503);
    } finally {
      open.forEach(Events::close);
    }
  }
}
