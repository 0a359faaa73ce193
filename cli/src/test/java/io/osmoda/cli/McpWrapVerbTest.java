package io.osmoda.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.osmoda.daemon.LedgerAccess;
import io.osmoda.format.folder.LedgerHolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mcp wrap} as a process of its own, with daemons that it starts itself. */
class McpWrapVerbTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String CALL =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"x\"}}";

  @TempDir Path temp;

  /** A proxy before {@code cat}, which sends each call back: so it passes twice. */
  private Process wrap(Path ledger, Path errors, String... options) throws IOException {
    Path runtime = Files.createDirectories(temp.resolve("run"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Osmoda.class.getName(), "mcp", "wrap", "--agent", "a1"));
    command.addAll(List.of("--ledger", ledger.toString()));
    command.addAll(List.of(options));
    command.addAll(List.of("--", "cat"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().remove("OSMODA_SOCKET");
    builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
    return builder.start();
  }

  private static void call(Process wrap, BufferedReader answers) throws IOException {
    wrap.getOutputStream().write((CALL + "\n").getBytes(UTF_8));
    wrap.getOutputStream().flush();
    assertThat(answers.readLine()).isEqualTo(CALL);
  }

  private static void end(Process wrap) throws Exception {
    wrap.getOutputStream().close();
    assertThat(wrap.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(wrap.exitValue()).isZero();
  }

  private static List<String> lines(Path ledger) throws IOException {
    return Files.readAllLines(ledger.resolve("segments").resolve("00000000000000000000.ndjson"));
  }

  private static void stopDaemon(Path ledger) throws IOException {
    LedgerAccess.stopDaemon(ledger);
    await().atMost(PATIENCE).until(() -> LedgerHolder.of(ledger).isEmpty());
  }

  @Test
  void allowServesWithoutALedgerAndSealsTheGapOnceThereIsOne() throws Exception {
    Path ledger = temp.resolve("ledger");
    Path errors = temp.resolve("errors");
    Process wrap = wrap(ledger, errors, "--on-failure", "allow");
    try (BufferedReader answers =
        new BufferedReader(new InputStreamReader(wrap.getInputStream(), UTF_8))) {
      call(wrap, answers);
      assertThat(Files.readString(errors)).contains("osmoda init").contains("unrecorded");

      TempLedger.createAt(ledger);
      await()
          .atMost(PATIENCE)
          .until(() -> lines(ledger).stream().anyMatch(line -> line.contains("capture_gap")));
      call(wrap, answers);
      end(wrap);
    } finally {
      wrap.destroyForcibly();
      stopDaemon(ledger);
    }
    assertThat(lines(ledger))
        .filteredOn(line -> line.contains("\"action\":\"capture_gap\""))
        .first()
        .satisfies(gap -> assertThat(gap).contains("\"passed_unrecorded\":2"));
    assertThat(lines(ledger))
        .filteredOn(line -> line.contains("\"action\":\"tool_call\""))
        .isNotEmpty();
    assertThat(lines(ledger))
        .filteredOn(line -> line.contains("\"action\":\"capture_start\""))
        .singleElement()
        .satisfies(start -> assertThat(start).contains("\"late\":true"));
  }

  @Test
  void aDaemonThatIsStartedOnDemandGetsTheKeysThatTheCommandWasGiven() throws Exception {
    Path ledger = TempLedger.createAt(temp.resolve("ledger")).folder();
    Path keys = temp.resolve("elsewhere");
    Files.move(ledger.resolveSibling("ledger.keys"), keys);
    Process wrap = wrap(ledger, temp.resolve("errors"), "--keys", keys.toString());
    try (BufferedReader answers =
        new BufferedReader(new InputStreamReader(wrap.getInputStream(), UTF_8))) {
      call(wrap, answers);
      end(wrap);
    } finally {
      wrap.destroyForcibly();
      stopDaemon(ledger);
    }
    assertThat(lines(ledger)).anyMatch(line -> line.contains("\"action\":\"tool_call\""));
  }
}
