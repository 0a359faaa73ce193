package io.osmoda.daemon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever watches a daemon is answered also while requests that wait have taken all places. */
class FullHouseTest {
  private static Limits onePlace() {
    Limits usual = Limits.DEFAULT;
    return new Limits(
        usual.bodyBytes(),
        usual.lineBytes(),
        usual.drafts(),
        usual.bufferedBytes(),
        usual.headerBytes(),
        usual.socketConnections(),
        usual.httpConnections(),
        usual.headerTime(),
        usual.bodyTime(),
        usual.idleTime(),
        usual.requestsPerSecond(),
        usual.requestBurst(),
        usual.anonymousPerSecond(),
        /* waitingRequests= */ 1,
        usual.queries(),
        usual.queryTime(),
        usual.pageEntries(),
        usual.pageBytes(),
        usual.streams(),
        usual.streamLag(),
        usual.heartbeat());
  }

  @Test
  void healthAndMetricsAreToldWhileNobodyElseIsServed(@TempDir Path folder) throws IOException {
    try (DaemonFixture fixture = DaemonFixture.start(folder, onePlace())) {
      String writer = fixture.tokens.add("w", Role.WRITER, List.of("*"), null);
      try (Socket slow = fixture.raw()) {
        slow.getOutputStream()
            .write(
                ("POST /api/v1/entries HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                        + writer
                        + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
                    .getBytes(ISO_8859_1));
        await().until(() -> fixture.get("/api/v1/status").status() == 503);

        assertThat(fixture.get("/healthz").status()).isEqualTo(200);
        assertThat(fixture.get("/metrics").body()).contains("osmoda_entries 1");
      }
    }
  }
}
