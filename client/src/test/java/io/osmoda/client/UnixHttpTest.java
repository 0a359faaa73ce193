package io.osmoda.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.fixtures.Seed;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against servers that answer well, badly, or not at all. */
class UnixHttpTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  @TempDir Path folder;

  private record Answer(int status, String body) {}

  /** What the client makes of an answer that is sent in pieces of some size. */
  private Answer ask(byte[] answer, int piece, Duration timeout, boolean close)
      throws IOException, InterruptedException {
    Path socket = folder.resolve("s" + System.nanoTime());
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread serving = Thread.ofVirtual().start(() -> serve(server, answer, piece, close));
      try (UnixHttp client = UnixHttp.connect(socket)) {
        UnixHttp.Reply reply = client.send("GET", "/", Map.of(), null, timeout);
        return new Answer(reply.status(), new String(reply.bytes(), StandardCharsets.UTF_8));
      } finally {
        serving.interrupt();
        serving.join();
      }
    }
  }

  private static void serve(ServerSocketChannel server, byte[] answer, int piece, boolean close) {
    try (SocketChannel channel = server.accept()) {
      channel.read(ByteBuffer.allocate(1_024));
      for (int at = 0; at < answer.length; at += piece) {
        channel.write(ByteBuffer.wrap(answer, at, Math.min(piece, answer.length - at)));
      }
      while (!close && channel.read(ByteBuffer.allocate(1)) >= 0) {
        // until the client gives up
      }
    } catch (IOException e) {
      // the client gave up
    }
  }

  private Answer ask(String answer, int piece) throws IOException, InterruptedException {
    return ask(answer.getBytes(StandardCharsets.UTF_8), piece, TIMEOUT, true);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 10_000})
  void bodiesOfKnownLengthAndInChunksAreReadInAnyPieces(int piece) throws Exception {
    assertThat(ask("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nGrüß", piece).status())
        .isEqualTo(200);
    assertThat(
            ask(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok",
                piece))
        .isEqualTo(new Answer(201, "ok"));
    assertThat(ask(CHUNKED + "3\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", piece))
        .isEqualTo(new Answer(200, "abc0123456789"));
    assertThat(ask("HTTP/1.1 204 No Content\r\n\r\n", piece)).isEqualTo(new Answer(204, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense\r\n\r\n",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
      })
  void anAnswerThatIsNoneIsAFailureThatSaysSo(String answer) {
    assertThatThrownBy(() -> ask(answer, 10_000))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(".{5,}");
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUpInTime() {
    assertThatThrownBy(() -> ask(new byte[0], 1, Duration.ofMillis(1_200), false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not respond within 1 s");
  }

  @Test
  void nobodyListeningIsAFailure() {
    assertThatThrownBy(() -> UnixHttp.connect(folder.resolve("nobody")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void answersOfRandomBytesNeverDoMoreThanFail() throws Exception {
    long seed = Seed.fixed(5);
    Random random = new Random(seed);
    String good =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    for (int round = 0; round < 300; round++) {
      byte[] bytes = good.getBytes(StandardCharsets.ISO_8859_1);
      for (int change = random.nextInt(3); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(ask(bytes, 1 + random.nextInt(80), TIMEOUT, true).status())
            .as("seed %d round %d", seed, round)
            .isBetween(100, 599);
      } catch (IOException e) {
        assertThat(e).as("seed %d round %d", seed, round).hasMessageMatching("(?s).{5,}");
      }
    }
  }
}
