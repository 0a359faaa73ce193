package io.osmoda.daemon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClientPresenceTest {
  private static final String COUNT = "GET /count HTTP/1.1\r\nHost: test\r\n\r\n";
  private static final String QUICK = "GET /quick HTTP/1.1\r\nHost: test\r\n\r\n";

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server, 0, 1);
  private final CountDownLatch counting = new CountDownLatch(1);
  private final SynchronousQueue<Boolean> outcome = new SynchronousQueue<>();
  private volatile boolean enough;
  private final AtomicLong looks = new AtomicLong();

  /** Counts until the client is gone, or is told that it is enough. */
  private final class Counting extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (Request.getPathInContext(request).equals("/count")) {
        ClientPresence client = new ClientPresence(request, response, ClientPresenceTest.this::now);
        counting.countDown();
        boolean gone;
        do {
          gone = client.isGone();
        } while (!gone && !(enough && looks.get() > 2));
        if (!enough) {
          outcome.put(client.isGone());
        }
      }
      Content.Sink.write(response, true, "answer of " + request.getHttpURI().getPath(), callback);
      return true;
    }
  }

  /** A clock by which each look is due. */
  private long now() {
    return TimeUnit.SECONDS.toNanos(looks.incrementAndGet());
  }

  @BeforeEach
  void start() throws Exception {
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new Counting());
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  /** What comes up to the end of an answer's body, which is the last line here. */
  private static List<String> answer(BufferedReader in, String path) throws IOException {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    String end = "answer of " + path;
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == '\n') {
        lines.add(line.toString().strip());
        line.setLength(0);
      } else if (line.append((char) c).toString().equals(end)) {
        return lines;
      }
    }
    throw new AssertionError("the connection ended after " + lines + line);
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
  }

  @Test
  void oneThatClosesItsConnectionIsGone() throws Exception {
    try (Socket socket = connect()) {
      send(socket, COUNT);
      counting.await();
    }
    assertThat(outcome.take()).isTrue();
  }

  @Test
  void oneThatBreaksItsConnectionIsGone() throws Exception {
    try (Socket socket = connect()) {
      send(socket, COUNT);
      counting.await();
      socket.setSoLinger(true, 0); // a reset
    }
    assertThat(outcome.take()).isTrue();
  }

  @Test
  void oneThatWaitsIsAnsweredAndKeepsItsConnection() throws Exception {
    try (Socket socket = connect()) {
      BufferedReader in = reader(socket);
      send(socket, COUNT);
      counting.await();
      enough = true;
      assertThat(answer(in, "/count")).noneMatch(line -> line.startsWith("Connection:"));
      send(socket, QUICK);
      answer(in, "/quick");
    }
  }

  @Test
  void oneThatSendsItsNextRequestEarlyIsAnsweredAndToldToSendThatAnew() throws Exception {
    try (Socket socket = connect()) {
      BufferedReader in = reader(socket);
      send(socket, COUNT);
      counting.await();
      send(socket, QUICK);
      long before = looks.get();
      await().until(() -> looks.get() >= before + 1000);
      enough = true;
      assertThat(answer(in, "/count")).contains("Connection: close");
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void aRequestsOwnBodyIsNotTakenForTheNextRequest() throws Exception {
    try (Socket socket = connect()) {
      BufferedReader in = reader(socket);
      send(socket, "POST /count HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbo");
      counting.await();
      enough = true;
      send(socket, "dy");
      answer(in, "/count");
      send(socket, QUICK);
      answer(in, "/quick");
    }
  }
}
