package io.osmoda.daemon;

import io.osmoda.client.UnixHttp;
import io.osmoda.client.Wire;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A ledger in a folder of its own and a daemon in this process, for tests. */
final class DaemonFixture implements AutoCloseable {
  static final String ORIGIN = "test.example/daemon";

  /** Held here, since a logger that nobody holds forgets its level. */
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  static {
    JETTY.setLevel(Level.WARNING);
  }

  static final Duration ANSWER = Duration.ofSeconds(20);

  final Path ledger;
  final Map<String, String> environment;
  final Daemon daemon;
  final TokenFile tokens;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private DaemonFixture(Path folder, Limits limits) throws IOException {
    this.ledger = createLedger(folder);
    this.environment = environment(folder);
    this.tokens = new TokenFile(keys(ledger));
    this.daemon =
        Daemon.start(DaemonOptions.of(ledger).withHttpPort(0).withEnvironment(environment), limits);
  }

  static DaemonFixture start(Path folder) throws IOException {
    return new DaemonFixture(folder, Limits.DEFAULT);
  }

  static DaemonFixture start(Path folder, Limits limits) throws IOException {
    return new DaemonFixture(folder, limits);
  }

  static Path createLedger(Path folder) throws IOException {
    Path ledger = folder.resolve("ledger");
    Ledger.create(ledger, ORIGIN, LedgerOptions.defaults()).close();
    return ledger;
  }

  static Path keys(Path ledger) {
    return ledger.resolveSibling(ledger.getFileName() + ".keys");
  }

  /** Sockets go into the test's folder, so that no test meets another's daemon. */
  static Map<String, String> environment(Path folder) throws IOException {
    Path runtime = folder.resolve("run");
    Files.createDirectories(runtime);
    return Map.of("XDG_RUNTIME_DIR", runtime.toString());
  }

  record Answer(int status, String body, HttpResponse<String> response) {
    JsonObject json() {
      return DaemonFixture.json(body);
    }

    String detail() {
      return String.valueOf(json().string("detail"));
    }

    List<String> lines() {
      return body.lines().toList();
    }
  }

  static JsonObject json(String text) {
    try {
      if (CanonicalJson.parse(text.getBytes(StandardCharsets.UTF_8)) instanceof JsonObject json) {
        return json;
      }
    } catch (JsonException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
    throw new AssertionError("no JSON object: " + text);
  }

  static JsonObject object(@Nullable JsonValue value) {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new AssertionError("no JSON object: " + value);
  }

  static List<JsonObject> entries(JsonObject page) {
    List<JsonObject> entries = new ArrayList<>();
    if (page.get("entries") instanceof JsonArray list) {
      for (JsonValue entry : list.elements()) {
        entries.add((JsonObject) entry);
      }
      return entries;
    }
    throw new AssertionError("no entries in " + page);
  }

  /** A request over HTTP. */
  Answer http(
      String method, String target, @Nullable String token, String @Nullable ... typeAndBody)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.httpPort() + target))
            .timeout(ANSWER);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (typeAndBody != null && typeAndBody.length == 2) {
      request.header("Content-Type", String.valueOf(typeAndBody[0]));
      request.method(method, HttpRequest.BodyPublishers.ofString(String.valueOf(typeAndBody[1])));
    } else {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    }
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body(), response);
  }

  /** A connection to the loopback port, for bytes that no client would send. */
  Socket raw() throws IOException {
    Integer port = daemon.httpPort();
    if (port == null) {
      throw new AssertionError("the daemon has no port");
    }
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) ANSWER.toMillis());
    return socket;
  }

  UnixHttp unix() throws IOException {
    return UnixHttp.connect(daemon.socket());
  }

  /** A request over the Unix socket, in a connection of its own. */
  Reply socket(String method, String target, Map<String, String> headers, @Nullable String body)
      throws IOException {
    try (UnixHttp connection = unix()) {
      return socket(connection, method, target, headers, body);
    }
  }

  static Reply socket(
      UnixHttp connection,
      String method,
      String target,
      Map<String, String> headers,
      @Nullable String body)
      throws IOException {
    UnixHttp.Reply reply =
        connection.send(
            method,
            target,
            headers,
            body == null ? null : body.getBytes(StandardCharsets.UTF_8),
            ANSWER);
    return new Reply(reply.status(), new String(reply.bytes(), StandardCharsets.UTF_8));
  }

  record Reply(int status, String body) {
    JsonObject json() {
      return DaemonFixture.json(body);
    }

    List<String> lines() {
      return body.lines().toList();
    }
  }

  Reply post(String target, String type, String body) throws IOException {
    return socket("POST", target, Map.of("Content-Type", type), body);
  }

  Reply append(String body) throws IOException {
    return post("/api/v1/entries", Wire.JSON, body);
  }

  Reply get(String target) throws IOException {
    return socket("GET", target, Map.of(), null);
  }

  /** All entries that the ledger has, read past the daemon. */
  List<Entry> sealed() throws IOException {
    return sealed(ledger);
  }

  static List<Entry> sealed(Path ledger) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (LedgerReader reader = LedgerReader.open(ledger);
        EntryCursor cursor = reader.read(0, Long.MAX_VALUE)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  long count(String action) throws IOException {
    return sealed().stream().filter(entry -> entry.action().equals(action)).count();
  }

  @Override
  public void close() throws IOException {
    http.close();
    daemon.close();
  }
}
