package io.osmoda.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.osmoda.fixtures.Needs;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the proxy's process lives and ends with the server's, and the reference server in full. */
final class RealServersTest extends RealPeers {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

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

  private Process start(String... server) throws IOException {
    return start(List.of(), server);
  }

  private Process start(List<String> before, String... server) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(proxied(FailureMode.DENY, NEVER, NEVER, server));
    return new ProcessBuilder(command)
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
    // Whoever runs the tests in the background ignores signals, and so would all they start.
    List<String> heeding =
        isIgnoredOnEntry(signal)
            ? List.of(Needs.program("env").toString(), "--default-signal=" + signal)
            : List.of();
    Process process =
        start(
            heeding,
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
    await().atMost(PATIENCE).until(() -> !sealed("capture_stop").isEmpty());
    assertThat(sealed("tool_result")).hasSize(1);
    assertThat(sealed("service_stop")).hasSize(1);
  }
}
