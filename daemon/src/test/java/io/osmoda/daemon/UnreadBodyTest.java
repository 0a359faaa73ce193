package io.osmoda.daemon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A client that reuses a connection never meets a silent end: an answer that was given before the
 * body was read says that the connection closes, and lets the client finish sending first.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnreadBodyTest {
  private static final String GOOD = "{\"actor\":\"agent:x\",\"action\":\"tool_call\"}";

  /** More than any socket's buffers hold, less than a body may have. */
  private static final int LARGE = 6 * Limits.MIB;

  private DaemonFixture fixture;
  private String writer = "";

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    fixture = DaemonFixture.start(folder);
    writer = fixture.tokens.add("w", Role.WRITER, List.of("*"), null);
  }

  @AfterAll
  void stop() throws IOException {
    fixture.close();
  }

  /** One connection on which a client sends and reads for itself. */
  private final class Client implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Client() throws IOException {
      Integer port = fixture.daemon.httpPort();
      assertThat(port).isNotNull();
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout((int) DaemonFixture.ANSWER.toMillis());
      in = socket.getInputStream();
      out = socket.getOutputStream();
    }

    void head(String method, String target, String token, String type, int length)
        throws IOException {
      send(
          String.join(
                  "\r\n",
                  method + " " + target + " HTTP/1.1",
                  "Host: localhost",
                  "Authorization: Bearer " + token,
                  "Content-Type: " + type,
                  "Content-Length: " + length,
                  "",
                  "")
              .getBytes(ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** The head of the next answer, in lower case; its body is read and dropped. */
    String answer() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        assertThat(next).as("an answer after: " + head.toString(ISO_8859_1)).isNotNegative();
        head.write(next);
      }
      String text = head.toString(ISO_8859_1).toLowerCase(Locale.ROOT);
      int at = text.indexOf("content-length: ");
      assertThat(at).as(text).isPositive();
      int length = Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
      assertThat(in.readNBytes(length)).hasSize(length);
      return text;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /api/v1/entries,        right, text/plain,       415",
    "POST, /api/v1/entries?a=b,    right, application/json, 400",
    "POST, /api/v1/entries,        wrong, application/json, 401",
    "POST, /api/v1/checkpoints,    right, application/json, 403",
    "POST, /api/v1/capture,        right, application/json, 403",
    "PUT,  /api/v1/entries,        right, application/json, 405",
    "POST, /api/v1/nothing,        right, application/json, 404",
    "GET,  /healthz,               right, application/json, 200",
    "GET,  /api/v1/status,         right, application/json, 200",
  })
  void anAnswerBeforeTheBodyCameEndsTheConnectionAndSaysSo(
      String method, String target, String token, String type, int status) throws IOException {
    try (Client client = new Client()) {
      client.head(method, target, token.equals("right") ? writer : token, type, LARGE);
      String answer = client.answer();
      assertThat(answer).startsWith("http/1.1 " + status).contains("connection: close");
      assertThat(client.in.read()).isNegative();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /api/v1/entries,      text/plain,       415",
    "POST, /api/v1/entries,      application/json, 400",
    "POST, /api/v1/checkpoints,  application/json, 403",
    "PUT,  /api/v1/entries,      application/json, 405",
    "GET,  /api/v1/status,       application/json, 200",
  })
  void aConnectionOnWhichTheWholeRequestCameTakesTheNextOrSaysThatItDoesNot(
      String method, String target, String type, int status) throws IOException {
    try (Client client = new Client()) {
      byte[] body = "{\"actor\":1".getBytes(ISO_8859_1);
      client.head(method, target, writer, type, body.length);
      client.send(body);
      String answer = client.answer();
      assertThat(answer).startsWith("http/1.1 " + status);
      if (answer.contains("connection: close")) {
        assertThat(client.in.read()).isNegative();
        return;
      }
      client.head("POST", "/api/v1/entries", writer, "application/json", GOOD.length());
      client.send(GOOD.getBytes(ISO_8859_1));
      assertThat(client.answer()).startsWith("http/1.1 201");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /api/v1/entries,        right, text/plain,       415",
    "POST, /api/v1/entries,        wrong, application/json, 401",
    "POST, /api/v1/checkpoints,    right, application/json, 403",
    "PUT,  /api/v1/entries,        right, application/json, 405",
  })
  void aClientThatSendsItsWholeBodyBeforeItReadsMeetsNoBrokenPipe(
      String method, String target, String token, String type, int status) throws IOException {
    try (Client client = new Client()) {
      client.head(method, target, token.equals("right") ? writer : token, type, LARGE);
      client.send(new byte[LARGE]);
      assertThat(client.answer()).startsWith("http/1.1 " + status);
    }
  }

  @Test
  void aBodyThatIsReadKeepsTheConnection() throws IOException {
    try (Client client = new Client()) {
      for (int i = 0; i < 3; i++) {
        client.head("POST", "/api/v1/entries", writer, "application/json", 8);
        client.send("{\"actor\"".getBytes(ISO_8859_1));
        assertThat(client.answer()).startsWith("http/1.1 400").doesNotContain("connection: close");
      }
    }
  }
}
