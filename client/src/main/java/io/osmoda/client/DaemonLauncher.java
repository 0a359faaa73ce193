package io.osmoda.client;

import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.folder.LedgerHolder;
import io.osmoda.format.folder.LedgerJson;
import io.osmoda.format.folder.ReadDisk;
import io.osmoda.format.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts a daemon in the background for writers that find none: one that has no HTTP port, belongs
 * to no terminal, and ends when it is idle. However many ask at once, one is started. Thread-safe.
 */
public final class DaemonLauncher {
  /** The system property with which the {@code osmoda} script names itself. */
  public static final String LAUNCHER_PROPERTY = "osmoda.launcher";

  /** How long a daemon started here stays without a connection. */
  public static final Duration IDLE_EXIT = Duration.ofSeconds(60);

  /** A heap that shrinks after work; the osmoda script has the same. */
  private static final List<String> SMALL_HEAP =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms16m",
          "-XX:MinHeapFreeRatio=20",
          "-XX:MaxHeapFreeRatio=40",
          "-XX:-ShrinkHeapInSteps");

  /** A daemon that lives and has not answered for so long never will. */
  static final Duration LONGEST_START = Duration.ofMinutes(5);

  private static final long POLL_MILLIS = 10;
  private static final int LOG_TAIL = 2_000;
  private static final long MAX_LOG = 4L * Wire.MIB;
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final List<String> command;
  private final @Nullable Path keys;
  private final Map<String, String> environment;

  /**
   * @param command what runs {@code osmoda}, without a verb
   * @param environment this process's environment variables
   */
  public DaemonLauncher(List<String> command, Map<String, String> environment) {
    this(command, null, environment);
  }

  private DaemonLauncher(
      List<String> command, @Nullable Path keys, Map<String, String> environment) {
    this.command = List.copyOf(command);
    this.keys = keys;
    this.environment = Map.copyOf(environment);
  }

  /**
   * Starts daemons the way in which this process was started: by the launcher script where it says
   * so, else with the same JVM and class path.
   *
   * @param main the class of the {@code osmoda} command; not taken from this process, which may be
   *     another program that only uses the command
   */
  public static DaemonLauncher ofThisProcess(Class<?> main) {
    String launcher = System.getProperty(LAUNCHER_PROPERTY);
    if (launcher != null && !launcher.isEmpty()) {
      return new DaemonLauncher(List.of(launcher), System.getenv());
    }
    return ofJava(main.getName(), List.of());
  }

  /** Starts daemons with this process's JVM and class path and another main class. */
  public static DaemonLauncher ofJava(String main, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(
        ProcessHandle.current()
            .info()
            .command()
            .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(SMALL_HEAP);
    command.addAll(options);
    command.add("--enable-native-access=ALL-UNNAMED"); // the index maps its files
    command.addAll(List.of("-cp", absoluteClassPath(), main));
    return new DaemonLauncher(command, System.getenv());
  }

  private static String absoluteClassPath() {
    List<String> parts = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      parts.add(Path.of(part).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, parts);
  }

  /** The same for a ledger whose keys are not in the usual folder; null for those that are. */
  public DaemonLauncher withKeys(@Nullable Path folder) {
    return new DaemonLauncher(command, folder, environment);
  }

  /**
   * A connection to the ledger's daemon, which is started if none answers. One that is on its way
   * is waited for, however slow the machine.
   *
   * @param nanos longest time to try while none is on its way
   * @throws IOException if there is no such ledger, no daemon in that time, or it fails to start
   */
  UnixHttp connect(Path ledger, long nanos) throws IOException {
    long deadline = System.nanoTime() + nanos;
    while (true) {
      UnixHttp connection = DaemonSocket.connect(ledger, environment);
      if (connection != null) {
        return connection;
      }
      // Says at once that there is no ledger to serve.
      LedgerJson.read(ReadDisk.real(), new LedgerFolder(ledger));
      RuntimeFolder folder = RuntimeFolder.of(ledger, environment);
      folder.prepare();
      connection = startUnderLock(ledger, folder);
      if (connection != null) {
        return connection;
      }
      long late = System.nanoTime() - deadline;
      if (late > 0 && (late > LONGEST_START.toNanos() || !isOnItsWay(ledger, folder))) {
        throw new IOException(
            "no daemon for " + ledger + " responded in time; see its log: " + folder.log());
      }
      pause();
    }
  }

  /** Null where another process is starting one, or the ledger is held by a short command. */
  private @Nullable UnixHttp startUnderLock(Path ledger, RuntimeFolder folder) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                folder.startLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel)) {
      if (lock == null) {
        return null;
      }
      UnixHttp connection = DaemonSocket.connect(ledger, environment);
      if (connection != null) {
        return connection; // started by whoever had the lock before
      }
      Process process = start(ledger, folder);
      long start = System.nanoTime();
      while (System.nanoTime() - start < LONGEST_START.toNanos()) {
        connection = DaemonSocket.connect(ledger, environment);
        if (connection != null) {
          return connection;
        }
        if (waitFor(process)) {
          if (process.exitValue() == Wire.EXIT_LOCKED) {
            return null;
          }
          throw new IOException(
              "the daemon for " + ledger + " did not start: " + lastOf(folder.log()));
        }
      }
      return null;
    }
  }

  /** Whether somebody else starts a daemon, or one that does not listen yet has the ledger. */
  private static boolean isOnItsWay(Path ledger, RuntimeFolder folder) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                folder.startLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel)) {
      if (lock == null) {
        return true;
      }
    }
    JsonObject holder = LedgerHolder.of(ledger).orElse(JsonObject.EMPTY);
    Long pid = Json.integer(holder, "pid");
    return pid != null
        && holder.string("socket") != null
        && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // another thread of this process starts one
    }
  }

  private Process start(Path ledger, RuntimeFolder folder) throws IOException {
    List<String> line = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      line.add(SETSID.toString()); // out of reach of the terminal's Ctrl-C and hang-up
    }
    line.addAll(command);
    line.addAll(
        List.of(
            "serve",
            "--ledger",
            ledger.toRealPath().toString(),
            "--no-http",
            "--idle-exit",
            IDLE_EXIT.toSeconds() + "s"));
    if (keys != null) {
      line.addAll(List.of("--keys", keys.toRealPath().toString()));
    }
    File log = folder.log().toFile();
    if (log.length() > MAX_LOG) {
      Files.delete(log.toPath());
    }
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.directory(new File("/"));
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectInput(new File("/dev/null"));
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log));
    return builder.start();
  }

  private static boolean waitFor(Process process) throws IOException {
    try {
      return process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the daemon", e);
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(2 * POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the daemon", e);
    }
  }

  private static String lastOf(Path log) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    int from = Math.max(0, bytes.length - LOG_TAIL);
    return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8).strip();
  }
}
