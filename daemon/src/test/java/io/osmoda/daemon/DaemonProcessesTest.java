package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.osmoda.client.DaemonSocket;
import io.osmoda.client.Json;
import io.osmoda.client.RuntimeFolder;
import io.osmoda.client.UnixHttp;
import io.osmoda.fixtures.MemoryFolder;
import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.folder.LedgerHolder;
import io.osmoda.ledger.LedgerReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Daemons and recorders in processes of their own, which are killed. */
class DaemonProcessesTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;
  Path ledger = Path.of("");
  Map<String, String> environment = Map.of();
  final List<Process> started = new ArrayList<>();

  @BeforeEach
  void create() throws IOException {
    ledger = DaemonFixture.createLedger(folder);
    environment = DaemonFixture.environment(folder);
  }

  @AfterEach
  void killWhatIsLeft() throws Exception {
    Optional<ProcessHandle> daemon = daemon();
    for (Process process : started) {
      process.destroyForcibly();
      process.waitFor();
    }
    if (daemon.isPresent() && daemon.get().pid() != ProcessHandle.current().pid()) {
      daemon.get().destroyForcibly();
      daemon.get().onExit().get(20, TimeUnit.SECONDS);
    }
  }

  private Process java(String main, Path output, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove(RuntimeFolder.SOCKET_VARIABLE);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.redirectInput(new File("/dev/null"));
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private Process recorder(String name, int count) throws IOException {
    return java(
        TestRecorder.class.getName(), output(name), ledger.toString(), name, String.valueOf(count));
  }

  private Path output(String name) {
    return folder.resolve(name + ".out");
  }

  /** The daemon that holds the ledger now. */
  private Optional<ProcessHandle> daemon() throws IOException {
    try (UnixHttp connection = DaemonSocket.connect(ledger, environment)) {
      if (connection == null) {
        return Optional.empty();
      }
      return LedgerHolder.of(ledger)
          .map(holder -> Json.integer(holder, "pid"))
          .flatMap(ProcessHandle::of);
    }
  }

  private long acknowledged(String name) throws IOException {
    return lines(name).stream().filter(line -> line.matches("\\d+ \\d+")).count();
  }

  /** What a recorder printed so far, as whole lines: a kill may have cut the last. */
  private List<String> lines(String name) throws IOException {
    String text = Files.readString(output(name));
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  /** Every receipt names its entry, no draft is sealed twice, and the ledger is intact. */
  private void check(Map<String, Integer> complete, List<String> killed) throws Exception {
    List<Entry> sealed = DaemonFixture.sealed(ledger);
    Map<String, Integer> seen = new HashMap<>();
    for (Entry entry : sealed) {
      if (entry.action().equals("tool_call")) {
        assertThat(seen.put(entry.actor() + entry.payloadText(), 1))
            .as("%s sealed twice", entry)
            .isNull();
      }
    }
    List<String> names = new ArrayList<>(complete.keySet());
    names.addAll(killed);
    for (String name : names) {
      List<String> lines = lines(name);
      if (complete.containsKey(name)) {
        assertThat(lines).as("output of %s", name).endsWith("done");
        assertThat(acknowledged(name)).as(name).isEqualTo((long) complete.get(name));
        assertThat(lines).noneMatch(line -> line.startsWith("failed"));
      }
      for (String line : lines) {
        if (line.matches("\\d+ \\d+")) {
          int space = line.indexOf(' ');
          Entry entry = sealed.get(Integer.parseInt(line.substring(0, space)));
          assertThat(entry.actor()).isEqualTo("agent:" + name);
          assertThat(entry.payloadText()).isEqualTo("{\"n\":" + line.substring(space + 1) + "}");
        }
      }
    }
    try (LedgerReader reader = LedgerReader.open(ledger)) {
      assertThat(reader.size()).isEqualTo(sealed.size());
    }
  }

  @Test
  void fiveRecordersStartedTogetherShareOneDaemon() throws Exception {
    Map<String, Integer> complete = new HashMap<>();
    for (int i = 0; i < 5; i++) {
      complete.put("r" + i, 200);
      recorder("r" + i, 200);
    }
    for (Process process : started) {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    check(complete, List.of());
    assertThat(DaemonFixture.sealed(ledger))
        .filteredOn(entry -> entry.action().equals("ledger_recover"))
        .isEmpty();
  }

  @Test
  void killingARecorderAndTheDaemonAgainAndAgainLosesAndDoublesNothing(
      @TempDir(factory = MemoryFolder.class) Path memory) throws Exception {
    folder = memory; // the other tests here are on a real disk
    create();
    long seed = Seed.fixed(7);
    Random random = new Random(seed);
    int count = 3_000;
    Map<String, Integer> complete = new HashMap<>();
    for (int i = 0; i < 4; i++) {
      complete.put("r" + i, count);
      recorder("r" + i, count);
    }
    Process victim = recorder("victim", 1_000_000);
    await().atMost(PATIENCE).until(() -> acknowledged("victim") > 100);
    victim.destroyForcibly().waitFor();

    for (int kill = 0; kill < 4; kill++) {
      long before = total(complete);
      long until = before + 100 + random.nextInt(400);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> total(complete) >= Math.min(until, 4L * count));
      Optional<ProcessHandle> daemon = daemon();
      if (daemon.isPresent()) {
        daemon.get().destroyForcibly();
        daemon.get().onExit().get(20, TimeUnit.SECONDS);
      }
    }
    for (Process process : started) {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("seed %d", seed)
          .isTrue();
    }

    check(complete, List.of("victim"));
  }

  private long total(Map<String, Integer> names) throws IOException {
    long total = 0;
    for (String name : names.keySet()) {
      total += acknowledged(name);
    }
    return total;
  }

  @Test
  void aSignalEndsTheDaemonInOrder() throws Exception {
    Path output = folder.resolve("serve.out");
    Process serve =
        java(
            TestServe.class.getName(), output, "serve", "--ledger", ledger.toString(), "--no-http");
    await().atMost(PATIENCE).until(() -> Files.readString(output).startsWith("serving "));
    serve.destroy();

    assertThat(serve.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(LedgerHolder.of(ledger)).isEmpty();
    assertThat(DaemonSocket.place(ledger, environment)).doesNotExist();
  }

  @Test
  void anIdleDaemonEndsByItself() throws Exception {
    Process serve =
        java(
            TestServe.class.getName(),
            folder.resolve("serve.out"),
            "serve",
            "--ledger",
            ledger.toString(),
            "--no-http",
            "--idle-exit",
            "1s");

    assertThat(serve.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(serve.exitValue()).isZero();
    assertThat(LedgerHolder.of(ledger)).isEmpty();
    assertThat(DaemonFixture.sealed(ledger))
        .extracting(Entry::action)
        .containsExactly("ledger_create", "capture_state");
  }

  @Test
  void aBackgroundDaemonThatFindsTheLedgerHeldEndsWithoutAWord() throws Exception {
    Path output = folder.resolve("second.out");
    try (Daemon first = Daemon.start(DaemonOptions.of(ledger).withEnvironment(environment))) {
      Process second =
          java(
              TestServe.class.getName(),
              output,
              "serve",
              "--ledger",
              ledger.toString(),
              "--no-http",
              "--idle-exit",
              "1s");
      assertThat(second.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(second.exitValue()).isEqualTo(Daemon.EXIT_LOCKED);
      assertThat(first.socket()).exists();
    }
    assertThat(output).isEmptyFile();
  }

  @Test
  void aDaemonAskedForByAPersonNamesWhoHoldsTheLedger() throws Exception {
    Path output = folder.resolve("second.out");
    try (Daemon first = Daemon.start(DaemonOptions.of(ledger).withEnvironment(environment))) {
      Process second =
          java(TestServe.class.getName(), output, "serve", "--ledger", ledger.toString());
      assertThat(second.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(second.exitValue()).isEqualTo(2);
      assertThat(first.socket()).exists();
    }
    assertThat(Files.readString(output))
        .contains("process " + ProcessHandle.current().pid())
        .doesNotContain("Exception");
  }

  @Test
  void aSocketThatAKilledDaemonLeftIsReplaced() throws Exception {
    Process serve =
        java(
            TestServe.class.getName(),
            folder.resolve("serve.out"),
            "serve",
            "--ledger",
            ledger.toString(),
            "--no-http");
    await().atMost(PATIENCE).until(() -> daemon().isPresent());
    serve.destroyForcibly().waitFor();
    Path socket = DaemonSocket.place(ledger, environment);
    assertThat(socket).exists();

    try (Daemon next = Daemon.start(DaemonOptions.of(ledger).withEnvironment(environment))) {
      assertThat(next.socket()).isEqualTo(socket);
      assertThat(daemon()).hasValue(ProcessHandle.current());
    } finally {
      started.clear();
    }
    assertThat(DaemonFixture.sealed(ledger)).isNotEmpty();
  }
}
