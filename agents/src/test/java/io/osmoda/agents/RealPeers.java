package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients and servers as people use them, in processes of their own, beside the proxy's. */
@Timeout(180)
abstract class RealPeers {
  static final int NEVER = Integer.MAX_VALUE;
  static Path peers = Path.of("");

  @TempDir Path folder = Path.of("");

  @BeforeAll
  static void install() throws Exception {
    peers = NodePeers.folder();
  }

  /** What a process printed and ended with. */
  record Ended(int exit, String out, String err) {}

  static Ended run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).directory(peers.toFile()).start();
    process.getOutputStream().close();
    CompletableFuture<byte[]> out = drain(process.getInputStream());
    CompletableFuture<byte[]> err = drain(process.getErrorStream());
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(
          "did not end: " + command + "\n" + new String(err.get(5, TimeUnit.SECONDS), UTF_8));
    }
    return new Ended(
        process.exitValue(), new String(out.get(), UTF_8), new String(err.get(), UTF_8));
  }

  static CompletableFuture<byte[]> drain(java.io.InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        },
        // Of its own: a read of a pipe holds the thread that carries a virtual one.
        work -> Thread.ofPlatform().daemon().start(work));
  }

  Path log() {
    return folder.resolve("sealed.ndjson");
  }

  List<JsonObject> sealed() throws Exception {
    String text = Files.readString(log());
    List<JsonObject> entries = new ArrayList<>();
    // Whole lines only: the proxy may be writing the next.
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      entries.add((JsonObject) CanonicalJson.parse(line.getBytes(UTF_8)));
    }
    return entries;
  }

  List<JsonObject> sealed(String action) throws Exception {
    return sealed().stream().filter(entry -> action.equals(entry.string("action"))).toList();
  }

  static JsonObject payload(JsonObject entry) {
    return (JsonObject) Objects.requireNonNull(entry.get("payload"));
  }

  static String causeHash(JsonObject entry) {
    JsonArray causes = (JsonArray) Objects.requireNonNull(entry.get("causes"));
    return ((JsonString) causes.elements().getFirst()).value();
  }

  Map<String, JsonObject> byHash() throws Exception {
    Map<String, JsonObject> entries = new HashMap<>();
    for (String line : Files.readAllLines(log())) {
      byte[] bytes = line.getBytes(UTF_8);
      entries.put(
          PayloadText.sha256(bytes, 0, bytes.length), (JsonObject) CanonicalJson.parse(bytes));
    }
    return entries;
  }

  JsonObject cause(JsonObject entry) throws Exception {
    return Objects.requireNonNull(byHash().get(causeHash(entry)));
  }

  List<String> client(String era, String scenario, List<String> server) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("node", "client-" + era + ".mjs", scenario));
    command.addAll(server);
    return command;
  }

  List<String> proxied(FailureMode mode, int failFrom, int failTo, String... server) {
    List<String> command = new ArrayList<>(NodePeers.wrap(log(), mode, failFrom, failTo));
    command.addAll(List.of(server));
    return command;
  }

  List<String> proxied(String era) {
    return proxied(FailureMode.DENY, NEVER, NEVER, "node", "server-" + era + ".mjs");
  }

  static String text(JsonObject entry) throws Exception {
    return new String(CanonicalJson.write(entry), UTF_8);
  }
}
