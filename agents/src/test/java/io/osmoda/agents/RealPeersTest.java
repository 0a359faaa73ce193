package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients and servers as people use them, in processes of their own, both eras. */
@Timeout(180)
final class RealPeersTest {
  private static final int NEVER = Integer.MAX_VALUE;
  private static Path peers = Path.of("");

  @TempDir private Path folder = Path.of("");

  @BeforeAll
  static void install() throws Exception {
    peers = NodePeers.folder();
  }

  /** What a process printed and ended with. */
  private record Ended(int exit, String out, String err) {}

  private static Ended run(List<String> command) throws Exception {
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

  private static CompletableFuture<byte[]> drain(java.io.InputStream stream) {
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

  private Path log() {
    return folder.resolve("sealed.ndjson");
  }

  private List<JsonObject> sealed() throws Exception {
    String text = Files.readString(log());
    List<JsonObject> entries = new ArrayList<>();
    // Whole lines only: the proxy may be writing the next.
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      entries.add((JsonObject) CanonicalJson.parse(line.getBytes(UTF_8)));
    }
    return entries;
  }

  private List<JsonObject> sealed(String action) throws Exception {
    return sealed().stream().filter(entry -> action.equals(entry.string("action"))).toList();
  }

  private static JsonObject payload(JsonObject entry) {
    return (JsonObject) Objects.requireNonNull(entry.get("payload"));
  }

  private static String causeHash(JsonObject entry) {
    JsonArray causes = (JsonArray) Objects.requireNonNull(entry.get("causes"));
    return ((JsonString) causes.elements().getFirst()).value();
  }

  private Map<String, JsonObject> byHash() throws Exception {
    Map<String, JsonObject> entries = new HashMap<>();
    for (String line : Files.readAllLines(log())) {
      byte[] bytes = line.getBytes(UTF_8);
      entries.put(
          PayloadText.sha256(bytes, 0, bytes.length), (JsonObject) CanonicalJson.parse(bytes));
    }
    return entries;
  }

  private JsonObject cause(JsonObject entry) throws Exception {
    return Objects.requireNonNull(byHash().get(causeHash(entry)));
  }

  private List<String> client(String era, String scenario, List<String> server) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("node", "client-" + era + ".mjs", scenario));
    command.addAll(server);
    return command;
  }

  private List<String> proxied(FailureMode mode, int failFrom, int failTo, String... server) {
    List<String> command = new ArrayList<>(NodePeers.wrap(log(), mode, failFrom, failTo));
    command.addAll(List.of(server));
    return command;
  }

  private List<String> proxied(String era) {
    return proxied(FailureMode.DENY, NEVER, NEVER, "node", "server-" + era + ".mjs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025", "2026"})
  void workIsTheSameWithAndWithoutTheProxyAndAllOfItIsSealed(String era) throws Exception {
    Ended bare = run(client(era, "work", List.of("node", "server-" + era + ".mjs")));
    Ended wrapped = run(client(era, "work", proxied(era)));
    assertThat(wrapped.exit()).as(wrapped.err()).isZero();
    assertThat(wrapped.out()).isEqualTo(bare.out()).contains("\"count\":1000");

    List<JsonObject> calls = sealed("tool_call");
    List<JsonObject> results = sealed("tool_result");
    assertThat(calls).hasSize(1_003);
    assertThat(results).hasSize(1_003);
    Map<String, JsonObject> byHash = byHash();
    for (JsonObject result : results) {
      JsonObject call = Objects.requireNonNull(byHash.get(causeHash(result)));
      assertThat(call.string("tool")).isEqualTo(result.string("tool"));
      if ("wait".equals(call.string("tool"))) {
        JsonObject arguments = (JsonObject) Objects.requireNonNull(payload(call).get("arguments"));
        assertThat(text(result)).contains("\"" + arguments.string("say") + "\"");
      }
    }
    assertThat(results.stream().filter(r -> "error".equals(r.string("status")))).hasSize(1);
    assertThat(sealed("protocol_error")).isEmpty();
    assertThat(sealed(era.equals("2025") ? "mcp_initialize" : "mcp_discover")).hasSize(1);
    assertThat(text(sealed("capture_stop").getFirst())).contains("\"lost\":0");
  }

  private static String text(JsonObject entry) throws Exception {
    return new String(CanonicalJson.write(entry), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025", "2026"})
  void bytesAreEqualOnBothSidesOfTheProxy(String era) throws Exception {
    Path taps = Files.createDirectory(folder.resolve("taps"));
    String server =
        "tee %1$s/server-in | node server-%2$s.mjs | tee %1$s/server-out".formatted(taps, era);
    List<String> wrap = proxied(FailureMode.DENY, NEVER, NEVER, "sh", "-c", server);
    StringBuilder quoted = new StringBuilder();
    for (String word : wrap) {
      quoted.append('\'').append(word.replace("'", "'\\''")).append("' ");
    }
    String tapped = "tee %1$s/client-out | %2$s | tee %1$s/client-in".formatted(taps, quoted);
    Ended ended = run(client(era, "work", List.of("sh", "-c", tapped)));
    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(Files.mismatch(taps.resolve("client-out"), taps.resolve("server-in"))).isEqualTo(-1);
    assertThat(Files.mismatch(taps.resolve("server-out"), taps.resolve("client-in"))).isEqualTo(-1);
    assertThat(Files.size(taps.resolve("client-in"))).isGreaterThan(10 * 1024 * 1024);
  }

  @Test
  void theEraIsTheOneThatThePeersChoose() throws Exception {
    Ended ended = run(client("2026", "version", proxied("2026")));
    assertThat(ended.out()).contains("2026-07-28");
    assertThat(payload(sealed("tool_call").getFirst()).string("protocol_version"))
        .isEqualTo("2026-07-28");
  }

  @Test
  void aNewClientFallsBackToAnOldServerThroughTheProxy() throws Exception {
    Ended ended = run(client("2026", "version", proxied("2025")));
    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(sealed("mcp_discover").getFirst().string("status")).isEqualTo("error");
    assertThat(sealed("mcp_initialize").getFirst().string("status")).isEqualTo("ok");
  }

  @Test
  void aPersonsConsentInsideACallIsOnRecord() throws Exception {
    Ended ended = run(client("2026", "deploy", proxied("2026")));
    assertThat(ended.out()).as(ended.err()).contains("deployed to prod");
    List<JsonObject> asked = sealed("elicitation");
    assertThat(asked).extracting(entry -> entry.string("status")).containsExactly("pending", "ok");
    assertThat(text(asked.get(1))).contains("\"action\":\"accept\"");
    assertThat(cause(asked.get(1))).isEqualTo(asked.get(0));
    assertThat(sealed("tool_call")).hasSize(2);
    assertThat(cause(sealed("tool_call").get(1))).isEqualTo(sealed("tool_call").get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025", "2026"})
  void aCallThatTheClientGivesUpOnIsATimeout(String era) throws Exception {
    Ended ended = run(client(era, "timeout", proxied(era)));
    assertThat(ended.out()).as(ended.err()).contains("\"next\":\"next\"");
    List<JsonObject> results = sealed("tool_result");
    assertThat(results.getFirst().string("status")).isEqualTo("timeout");
    assertThat(results.getLast().string("status")).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025", "2026"})
  void aToolThatAppearsLaterIsAnEntry(String era) throws Exception {
    Ended ended = run(client(era, "late_tool", proxied(era)));
    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(sealed("tool_change"))
        .extracting(entry -> entry.string("tool"))
        .containsExactly("late_tool");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025", "2026"})
  void aServerKilledInACallLeavesItUnknownAndIsACrash(String era) throws Exception {
    Ended bare = run(client(era, "die", List.of("node", "server-" + era + ".mjs")));
    Ended wrapped = run(client(era, "die", proxied(era)));
    assertThat(wrapped.out()).isEqualTo(bare.out());
    JsonObject open = sealed("tool_result").getFirst();
    assertThat(open.string("status")).isEqualTo("unknown");
    assertThat(cause(open).string("tool")).isEqualTo("die");
    JsonObject crash = sealed("service_fail").getFirst();
    assertThat(crash.string("status")).isEqualTo("crashed");
    assertThat(payload(crash).string("signal")).isEqualTo("KILL");
  }

  @Test
  void aRefusedCallIsAnErrorForTheClientAndTheNextOneWorks() throws Exception {
    List<String> server = proxied(FailureMode.DENY, 1, 3, "node", "server-2025.mjs");
    Ended ended = run(client("2025", "refused", server));
    assertThat(ended.out())
        .contains("[\"m0\",{\"code\":-32603,", "audit ledger could not record", ",\"m3\"]");
    assertThat(sealed("tool_call")).hasSize(2);
    assertThat(text(sealed("capture_gap").getFirst())).contains("\"refused\":");
    assertThat(text(sealed("capture_stop").getFirst())).contains("\"refused\":2");
  }

  @Test
  void anAllowedCallPassesAndIsCounted() throws Exception {
    List<String> server = proxied(FailureMode.ALLOW, 1, 3, "node", "server-2025.mjs");
    Ended ended = run(client("2025", "refused", server));
    assertThat(ended.out()).contains("[\"m0\",\"m1\",\"m2\",\"m3\"]");
    assertThat(sealed("tool_call")).hasSize(2);
    assertThat(text(sealed("capture_stop").getFirst())).contains("\"passed_unrecorded\":2");
  }

  @Test
  void theReferenceServerWorksInFull() throws Exception {
    String everything = "node_modules/@modelcontextprotocol/server-everything/dist/index.js";
    Ended bare = run(client("2025", "everything", List.of("node", everything, "stdio")));
    Ended wrapped =
        run(
            client(
                "2025",
                "everything",
                proxied(FailureMode.DENY, NEVER, NEVER, "node", everything, "stdio")));
    assertThat(wrapped.exit()).as(wrapped.err()).isZero();
    assertThat(wrapped.out()).isEqualTo(bare.out()).contains("\"research\":true");
    assertThat(wrapped.err()).contains("Starting default (STDIO) server");
    assertThat(sealed("sampling"))
        .extracting(entry -> entry.string("status"))
        .containsExactly("pending", "ok");
    assertThat(sealed("elicitation"))
        .extracting(entry -> entry.string("status"))
        .containsExactly("pending", "denied");
    assertThat(sealed("roots_list")).isNotEmpty();
    assertThat(sealed("prompt_get")).hasSize(2);
    assertThat(sealed("resource_read")).hasSize(2);
    assertThat(sealed("protocol_error")).isEmpty();
    JsonObject research = sealed("tool_result").getLast();
    assertThat(research.string("tool")).isEqualTo("simulate-research-query");
    assertThat(payload(research).string("task_id")).isNotEmpty();
    assertThat(cause(research).string("action")).isEqualTo("tool_call");
  }

  // ---- the life of the processes

  private Process start(String... server) throws IOException {
    return new ProcessBuilder(proxied(FailureMode.DENY, NEVER, NEVER, server))
        .directory(peers.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static int exit(Process process) throws Exception {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the proxy did not end");
    }
    return process.exitValue();
  }

  private static String line(Process process) throws Exception {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                StringBuilder line = new StringBuilder();
                int c = process.getInputStream().read();
                while (c >= 0 && c != '\n') {
                  line.append((char) c);
                  c = process.getInputStream().read();
                }
                return line.toString();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            },
            Thread::startVirtualThread)
        .get(60, TimeUnit.SECONDS);
  }

  @Test
  void theServersExitCodeIsTheProxys() throws Exception {
    Process process = start("sh", "-c", "exit 7");
    assertThat(exit(process)).isEqualTo(7);
    JsonObject failed = sealed("service_fail").getFirst();
    assertThat(failed.string("status")).isEqualTo("error");
  }

  @Test
  void aCommandThatIsNotThereIsSaidAndSealed() throws Exception {
    Ended ended = run(proxied(FailureMode.DENY, NEVER, NEVER, "no-such-command-anywhere"));
    assertThat(ended.exit()).isEqualTo(McpWrap.EXIT_NOT_FOUND);
    assertThat(ended.err()).contains("cannot start", "no-such-command-anywhere");
    assertThat(ended.out()).isEmpty();
    assertThat(sealed("service_fail")).hasSize(1);
    assertThat(sealed("capture_stop")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void aSignalIsPassedOnAndTheEndIsSealed(String signal) throws Exception {
    assumeFalse(
        isIgnoredOnEntry(signal),
        "SIG"
            + signal
            + " is ignored in this process and so in those it starts (nohup, background)");
    Process process =
        start(
            "sh",
            "-c",
            "trap 'echo got "
                + signal
                + "; exit 3' "
                + signal
                + "; echo ready; while :; do sleep 0.05; done");
    assertThat(line(process)).isEqualTo("ready");
    int kill =
        new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + process.pid()).start().waitFor();
    assertThat(kill).isZero();
    assertThat(line(process)).isEqualTo("got " + signal);
    assertThat(exit(process)).isEqualTo(3);
    JsonObject stop = sealed("service_stop").getFirst();
    assertThat(payload(stop).string("signal_passed_on")).isEqualTo(signal);
    assertThat(sealed("capture_stop")).hasSize(1);
  }

  private static boolean isIgnoredOnEntry(String signal) throws IOException {
    int number =
        switch (signal) {
          case "HUP" -> 1;
          case "INT" -> 2;
          case "TERM" -> 15;
          default -> throw new IllegalArgumentException(signal);
        };
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("SigIgn:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> (number - 1) & 1) != 0;
      }
    }
    return false;
  }

  @Test
  void aServerEndedByItsSignalIsRelayedAs128AndTheSignal() throws Exception {
    Process process = start("sh", "-c", "echo ready; exec sleep 60");
    assertThat(line(process)).isEqualTo("ready");
    process.destroy();
    assertThat(exit(process)).isEqualTo(128 + 15);
    assertThat(payload(sealed("service_stop").getFirst()).string("signal")).isEqualTo("TERM");
  }

  @Test
  void aServerThatTakesSecondsToEndIsWaitedFor() throws Exception {
    Process process = start("sh", "-c", "cat >/dev/null; sleep 2; echo done; exit 5");
    process.getOutputStream().close();
    assertThat(line(process)).isEqualTo("done");
    assertThat(exit(process)).isEqualTo(5);
    assertThat(payload(sealed("service_stop").getFirst()).get("killed")).isNull();
  }

  @Test
  void aServerThatDoesNotEndIsEndedInTheEnd() throws Exception {
    Process process = start("sh", "-c", "trap '' TERM; while :; do sleep 0.1; done");
    process.getOutputStream().close();
    assertThat(exit(process)).isEqualTo(128 + 9);
    assertThat(text(sealed("service_stop").getFirst())).contains("\"killed\":true");
    assertThat(sealed("capture_stop")).hasSize(1);
  }

  @Test
  void aClientThatVanishesEndsTheServerAndAllIsSealed() throws Exception {
    // Through a pipe, so that the killed client's ends close while the proxy lives.
    Ended ended = run(client("2025", "vanish", proxied("2025")));
    assertThat(ended.exit()).isEqualTo(128 + 9);
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (sealed("capture_stop").isEmpty()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
    assertThat(sealed("tool_result")).hasSize(1);
    assertThat(sealed("service_stop")).hasSize(1);
  }
}
