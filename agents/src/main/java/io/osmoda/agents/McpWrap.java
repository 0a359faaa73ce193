package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Recorder;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A transparent proxy between an MCP client and an MCP server over standard input and output. Bytes
 * pass unchanged both ways; what acts is sealed before it passes, what comes of it after. It serves
 * every revision of the protocol, since it reads messages and never takes part.
 *
 * <p>One instance is one run; {@link #run} may be called once. The recorder is left open.
 */
public final class McpWrap {
  /** Exit code where the run could not be recorded and the server was therefore not started. */
  public static final int EXIT_NOT_RECORDED = 2;

  /** Exit code where the command was found but could not be started, as shells have it. */
  public static final int EXIT_CANNOT_START = 126;

  /** Exit code where the command was not found, as shells have it. */
  public static final int EXIT_NOT_FOUND = 127;

  /** Longest line, in bytes, that is read as a message; less where the heap is small. */
  private static final int MAX_LINE = 256 * 1024 * 1024;

  private static final int SIGNAL_BASE = 128;
  private static final int MAX_SERVER_NAME = 200;
  private static final List<String> PASSED_ON = List.of("TERM", "INT", "HUP");

  private final Builder config;
  private final String session;
  private final Recording recording;
  private final PayloadText text;
  private final Entries entries;
  private final Conversation conversation;

  private final AtomicBoolean asked = new AtomicBoolean();
  private final AtomicBoolean inputClosed = new AtomicBoolean();
  private final Object processLock = new Object();
  private volatile @Nullable Process process;
  private volatile @Nullable String signalled;
  private volatile boolean killed;

  private McpWrap(Builder config) {
    this.config = config;
    byte[] id = new byte[16];
    config.random.nextBytes(id);
    this.session = "mcp-" + HexFormat.of().formatHex(id);
    this.recording =
        new Recording(
            config.recorder,
            "agent:" + config.agent,
            session,
            config.agent + "/" + config.server,
            config.onFailure,
            config.clock,
            config.gapRetry,
            config.intentTimeout);
    this.text = new PayloadText(new SecretMask(config.random), config.policy.maxPart());
    this.entries = new Entries(recording, text, config.server, config.nanos);
    this.conversation = new Conversation(entries, config.policy, config.nanos);
  }

  /**
   * Starts a configuration.
   *
   * @param agent the agent's name: entries have the actor {@code agent:NAME}
   * @param command the server's command line
   * @throws RequestRefusedException if the name is no actor id or the command is empty
   */
  public static Builder builder(Recorder recorder, String agent, List<String> command) {
    return new Builder(recorder, agent, command);
  }

  /** The session that all entries of this run name. */
  public String session() {
    return session;
  }

  /**
   * Runs the server until it ends. It is started at once, beside a ledger that is still being
   * reached; what acts waits until the run's start is on record.
   *
   * @return the exit code to end with: the server's own, 128 + n where signal n ended it, or one of
   *     this class's where it did not start
   */
  public int run() {
    CompletableFuture<Receipt> begun = begin();
    CompletableFuture<Receipt> intent =
        entries.service("service_start", Status.PENDING, List.of(), commandLine());
    CompletableFuture<Void> onRecord = CompletableFuture.allOf(begun, intent);
    if (config.onFailure == FailureMode.DENY && onRecord.isCompletedExceptionally()) {
      sayNotRecorded(onRecord.exceptionNow(), "not started");
      return EXIT_NOT_RECORDED;
    }
    try (Signals _ = Signals.take(PASSED_ON, this::passOn)) {
      Process server;
      try {
        server = start();
      } catch (IOException e) {
        return cannotStart(e, intent);
      }
      return serve(server, intent, onRecord);
    }
  }

  private void sayNotRecorded(Throwable failure, String whatCameOfIt) {
    say(
        "the ledger does not accept entries ("
            + Recording.describe(failure)
            + "), so the MCP server was "
            + whatCameOfIt
            + ". Fix the ledger (see osmoda status), or use"
            + " --on-failure allow to run unrecorded.");
  }

  private Process start() throws IOException {
    synchronized (processLock) {
      Process server = config.starter.start(config.command);
      process = server;
      return server;
    }
  }

  private int cannotStart(IOException failure, CompletableFuture<Receipt> intent) {
    say("cannot start the MCP server: " + failure.getMessage());
    Throwable _ = recording.failureOf(intent, config.startTimeout); // what follows names it
    var _ =
        entries.service(
            "service_fail",
            Status.ERROR,
            causes(intent),
            JsonObject.builder().put("reason", text.text(Recording.describe(failure))).build());
    stop();
    String message = failure.getMessage();
    return message != null && message.contains("error=13,") ? EXIT_CANNOT_START : EXIT_NOT_FOUND;
  }

  private int serve(
      Process server, CompletableFuture<Receipt> intent, CompletableFuture<Void> onRecord) {
    CompletableFuture<Receipt> started = startedAfter(intent, server.pid());
    StartGate gate = new StartGate(onRecord, config.startTimeout, config.nanos);
    int maxLine = (int) Math.min(MAX_LINE, Runtime.getRuntime().maxMemory() / 8);
    FrameSink toServer = new FrameSink(server.getOutputStream());
    FrameSink toClient = new FrameSink(config.out);
    Thread up =
        relay(
            Direction.TO_SERVER,
            new FrameReader(config.in, maxLine),
            toServer,
            toClient,
            gate,
            () -> closeInput(server, toServer));
    Thread down =
        relay(
            Direction.TO_CLIENT,
            new FrameReader(server.getInputStream(), maxLine),
            toClient,
            toServer,
            gate,
            () -> {});
    if (config.onFailure == FailureMode.DENY) {
      Throwable failure = awaitStart(server, gate);
      if (failure != null) {
        return notRecorded(server, failure);
      }
    }
    int exit = awaitExit(server);
    join(down, config.drainGrace);
    up.interrupt();
    conversation.end("the server exited before it responded");
    ended(exit, started);
    stop();
    return exit;
  }

  /** Tells that the server runs as soon as the entry is known that this names as its cause. */
  private CompletableFuture<Receipt> startedAfter(CompletableFuture<Receipt> intent, long pid) {
    CompletableFuture<Receipt> started = new CompletableFuture<>();
    var _ =
        intent.whenComplete(
            (receipt, failure) -> {
              var _ =
                  entries
                      .service(
                          "service_start",
                          Status.OK,
                          causes(intent),
                          JsonObject.builder().put("pid", pid).build())
                      .whenComplete(
                          (sealed, refused) -> {
                            if (refused == null) {
                              started.complete(sealed);
                            } else {
                              started.completeExceptionally(refused);
                            }
                          });
            });
    return started;
  }

  /** Waits until the run's start is on record, or the server has ended before. */
  private @Nullable Throwable awaitStart(Process server, StartGate gate) {
    while (true) {
      try {
        gate.awaitOrEnd(server);
        return gate.failure();
      } catch (InterruptedException e) {
        // Whoever interrupts this run wants it to end: so must the server.
        asked.set(true);
        kill(server);
      }
    }
  }

  /** Ends a server that is not on record: nothing that acts has reached it. */
  private int notRecorded(Process server, Throwable failure) {
    terminate(server);
    if (!exits(server, config.killGrace)) {
      kill(server);
    }
    sayNotRecorded(failure, "stopped before any call reached it");
    return EXIT_NOT_RECORDED;
  }

  private Thread relay(
      Direction direction,
      FrameReader in,
      FrameSink onward,
      FrameSink back,
      StartGate gate,
      Runnable atEnd) {
    Relay relay =
        new Relay(
            direction,
            in,
            onward,
            back,
            conversation,
            recording,
            config.onFailure,
            gate,
            config.intentTimeout,
            config.nanos,
            atEnd);
    return Thread.ofPlatform().daemon().name("osmoda-from-" + direction.sender()).start(relay);
  }

  /** The client has closed its end: the server gets the time that a client would give it. */
  private void closeInput(Process server, FrameSink toServer) {
    if (!inputClosed.compareAndSet(false, true)) {
      return;
    }
    asked.set(true);
    toServer.close();
    Thread.ofVirtual()
        .name("osmoda-stop")
        .start(
            () -> {
              if (signalled == null && !exits(server, config.stopGrace)) {
                terminate(server);
              }
              if (!exits(server, config.killGrace)) {
                kill(server);
              }
            });
  }

  private void passOn(String signal) {
    asked.set(true);
    signalled = signal;
    Process server;
    synchronized (processLock) {
      server = process;
    }
    if (server == null || (!signal.equals("TERM") && Signals.reachWholeGroup())) {
      return;
    }
    if (signal.equals("TERM")) {
      terminate(server);
    } else {
      sendSignal(server, signal);
    }
    if (inputClosed.get()) {
      Thread.ofVirtual()
          .name("osmoda-kill")
          .start(
              () -> {
                if (!exits(server, config.killGrace)) {
                  kill(server);
                }
              });
    }
  }

  /** SIGTERM alone: {@link Process#destroy} would close the pipes, and with them its last words. */
  private static void terminate(Process server) {
    try {
      server.toHandle().destroy();
    } catch (UnsupportedOperationException e) {
      server.destroy(); // a process that a starter made up has no handle
    }
  }

  private static void sendSignal(Process server, String signal) {
    List<String> command = List.of("/bin/sh", "-c", "kill -s " + signal + " " + server.pid());
    try {
      new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      terminate(server); // no shell here: the signal that Java has must do
    }
  }

  private void kill(Process server) {
    killed = true;
    server.descendants().forEach(ProcessHandle::destroyForcibly);
    server.destroyForcibly();
  }

  private static boolean exits(Process server, Duration patience) {
    try {
      return server.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private int awaitExit(Process server) {
    while (true) {
      try {
        return server.waitFor();
      } catch (InterruptedException e) {
        // Whoever interrupts this run wants it to end: so must the server.
        asked.set(true);
        kill(server);
      }
    }
  }

  private static void join(Thread thread, Duration patience) {
    try {
      thread.join(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ended(int exit, CompletableFuture<Receipt> started) {
    JsonObject.Builder payload =
        JsonObject.builder().put("exit_code", exit).put("asked", asked.get());
    String signal = signalOf(exit);
    payload.putIfPresent("signal", signal).putIfPresent("signal_passed_on", signalled);
    if (killed) {
      payload.put("killed", true);
    }
    boolean crash = signal != null && (!asked.get() || isFault(exit));
    boolean failure = crash || (exit != 0 && !asked.get());
    var _ =
        entries.service(
            failure ? "service_fail" : "service_stop",
            crash ? Status.CRASHED : failure ? Status.ERROR : Status.OK,
            causes(started),
            payload.build());
  }

  /** Signals that no one sends to ask a process to end. */
  private static boolean isFault(int exit) {
    return switch (exit - SIGNAL_BASE) {
      case 4, 6, 7, 8, 11, 31 -> true;
      default -> false;
    };
  }

  private static @Nullable String signalOf(int exit) {
    return switch (exit - SIGNAL_BASE) {
      case 1 -> "HUP";
      case 2 -> "INT";
      case 3 -> "QUIT";
      case 4 -> "ILL";
      case 5 -> "TRAP";
      case 6 -> "ABRT";
      case 7 -> "BUS";
      case 8 -> "FPE";
      case 9 -> "KILL";
      case 11 -> "SEGV";
      case 13 -> "PIPE";
      case 14 -> "ALRM";
      case 15 -> "TERM";
      case 24 -> "XCPU";
      case 25 -> "XFSZ";
      case 31 -> "SYS";
      default -> exit > SIGNAL_BASE && exit <= SIGNAL_BASE + 64 ? "" + (exit - SIGNAL_BASE) : null;
    };
  }

  // ---- what the capture source reports about itself

  private CompletableFuture<Receipt> begin() {
    return recording.capture(
        CaptureEvent.Kind.START,
        JsonObject.builder()
            .put("session", session)
            .put("server", config.server)
            .put("on_failure", config.onFailure.text())
            .put("capture", config.policy.toString())
            .put("max_part_bytes", config.policy.maxPart())
            .build());
  }

  /** Waits for what is under way, tells what was lost, and seals the end with its counts. */
  private void stop() {
    recording.flush(config.flushTimeout);
    Recording.Counts counts = recording.counts();
    CompletableFuture<Receipt> stopped =
        recording.capture(
            CaptureEvent.Kind.STOP,
            JsonObject.builder()
                .put("session", session)
                .put("entries", counts.sealed())
                .put("lost", counts.lost())
                .put("refused", counts.refused())
                .put("passed_unrecorded", counts.passedUnrecorded())
                .put("protocol_errors", conversation.protocolErrors())
                .put("messages_from_client", conversation.messages(Direction.TO_SERVER))
                .put("messages_from_server", conversation.messages(Direction.TO_CLIENT))
                .put("bytes_from_client", conversation.bytes(Direction.TO_SERVER))
                .put("bytes_from_server", conversation.bytes(Direction.TO_CLIENT))
                .build());
    Throwable failure = recording.failureOf(stopped, config.flushTimeout);
    if (failure != null) {
      say("the end of this run could not be recorded: " + Recording.describe(failure));
    }
  }

  private JsonObject commandLine() {
    List<String> masked = text.mask().maskCommand(config.command);
    return JsonObject.builder()
        .put(
            "command",
            new JsonArray(
                masked.stream()
                    .map(
                        argument -> {
                          String clean = SecretMask.clean(argument, 4_096);
                          return (JsonValue) new JsonString(clean == null ? "" : clean);
                        })
                    .limit(100)
                    .toList()))
        .build();
  }

  private static List<CauseReference> causes(CompletableFuture<Receipt> receipt) {
    CauseReference cause = Call.reference(receipt);
    return cause == null ? List.of() : List.of(cause);
  }

  private void say(String message) {
    config.messages.println("osmoda mcp wrap: " + message);
  }

  /** A run's settings; not thread-safe. */
  public static final class Builder {
    private final Recorder recorder;
    private final String agent;
    private final List<String> command;
    private String server;
    private CapturePolicy policy = CapturePolicy.FULL;
    private FailureMode onFailure = FailureMode.DENY;
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();
    private PrintStream messages = System.err;
    private ServerStarter starter = ServerStarter.PROCESS;
    private Clock clock = Clock.systemUTC();
    private LongSupplier nanos = System::nanoTime;
    private SecureRandom random = new SecureRandom();
    private Duration intentTimeout = Duration.ofSeconds(10);
    private Duration startTimeout = Duration.ofSeconds(10);
    private Duration stopGrace = Duration.ofSeconds(5);
    private Duration killGrace = Duration.ofMillis(1_500);
    private Duration drainGrace = Duration.ofSeconds(2);
    private Duration flushTimeout = Duration.ofSeconds(5);
    private Duration gapRetry = Duration.ofSeconds(1);

    private Builder(Recorder recorder, String agent, List<String> command) {
      if (command.isEmpty() || command.getFirst().isEmpty()) {
        throw new RequestRefusedException(
            "the server's command is missing; for example: osmoda mcp wrap --agent NAME -- npx -y"
                + " SERVER");
      }
      // Checked here, so that a bad name is told before anything starts.
      EntryDraft _ =
          EntryDraft.builder(Recording.SOURCE, "agent:" + agent, "capture_check").build();
      this.recorder = recorder;
      this.agent = agent;
      this.command = List.copyOf(command);
      this.server = serverName(command);
    }

    /** The server's name in entries; made from the command unless said. */
    public Builder server(String name) {
      String clean = SecretMask.clean(name, MAX_SERVER_NAME);
      if (clean == null || !clean.equals(name)) {
        throw new RequestRefusedException(
            "a server name must have 1 to " + MAX_SERVER_NAME + " bytes and no control characters");
      }
      this.server = name;
      return this;
    }

    /** What content goes into entries; everything in full unless said. */
    public Builder policy(CapturePolicy capture) {
      this.policy = capture;
      return this;
    }

    /** What happens to messages that the ledger does not take; they are refused unless said. */
    public Builder onFailure(FailureMode mode) {
      this.onFailure = mode;
      return this;
    }

    /** Where the client's messages come from and the server's go to. */
    public Builder streams(InputStream fromClient, OutputStream toClient) {
      this.in = fromClient;
      this.out = toClient;
      return this;
    }

    /**
     * Uses this process's own standard input and output, unbuffered. Whatever else in this process
     * prints to {@link System#out} goes to standard error from now on: the client reads the other.
     */
    public Builder standardStreams() {
      OutputStream stdout = new FileOutputStream(FileDescriptor.out);
      System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8));
      return streams(new FileInputStream(FileDescriptor.in), stdout);
    }

    /** Where the proxy's own words to people go; standard error unless said. */
    public Builder messages(PrintStream stream) {
      this.messages = stream;
      return this;
    }

    /** How the server is started; as a process of this machine unless said. */
    public Builder starter(ServerStarter serverStarter) {
      this.starter = serverStarter;
      return this;
    }

    /** The clock for the times in {@code capture_gap}. */
    public Builder clock(Clock wallClock) {
      this.clock = wallClock;
      return this;
    }

    /**
     * How long a message waits for its entry before it counts as not recorded; 10 s unless said.
     */
    public Builder intentTimeout(Duration timeout) {
      this.intentTimeout = timeout;
      return this;
    }

    /**
     * How long the run's start may take to be on record; 10 s unless said. A recorder that starts a
     * daemon knows best when that is in vain, and may be given more.
     */
    public Builder startTimeout(Duration timeout) {
      this.startTimeout = timeout;
      return this;
    }

    /**
     * How long the server may take to end by itself when the client has closed; 5 s unless said.
     */
    public Builder stopGrace(Duration grace) {
      this.stopGrace = grace;
      return this;
    }

    /**
     * How long it may take to end on a signal, once the client has closed; 1.5 s unless said, which
     * is less than the 2 s after which clients kill this process.
     */
    public Builder killGrace(Duration grace) {
      this.killGrace = grace;
      return this;
    }

    /** How long the end waits for outstanding receipts; 5 s unless said. */
    public Builder flushTimeout(Duration timeout) {
      this.flushTimeout = timeout;
      return this;
    }

    /** How often a {@code capture_gap} is tried again; 1 s unless said. */
    Builder gapRetry(Duration interval) {
      this.gapRetry = interval;
      return this;
    }

    /** Randomness for the session's name and the mask's key. */
    Builder random(SecureRandom source) {
      this.random = source;
      return this;
    }

    public McpWrap build() {
      return new McpWrap(this);
    }

    /** Options of runners whose next word is theirs, not what is run. */
    private static final Set<String> WITH_VALUE =
        Set.of(
            "--prefix",
            "--package",
            "-p",
            "--cache",
            "--registry",
            "--workspace",
            "-w",
            "--from",
            "--with",
            "--python",
            "--directory",
            "--project",
            "--spec",
            "--require",
            "-r",
            "--import",
            "-cp",
            "-classpath",
            "--class-path");

    /** A name people recognise: the package that npx and its like run, else the last file named. */
    static String serverName(List<String> command) {
      String program = fileName(command.getFirst());
      String name = program;
      boolean runner =
          switch (program) {
            case "npx",
                "bunx",
                "uvx",
                "pipx",
                "node",
                "bun",
                "deno",
                "python",
                "python3",
                "java",
                "uv",
                "pnpm",
                "yarn",
                "npm",
                "tsx" ->
                true;
            default -> false;
          };
      if (runner) {
        boolean isValue = false;
        for (String argument : command.subList(1, command.size())) {
          if (isValue) {
            isValue = false;
            continue;
          }
          isValue = WITH_VALUE.contains(argument);
          boolean verb =
              switch (argument) {
                case "run", "exec", "dlx", "x", "tool" -> true;
                default -> false;
              };
          if (!argument.startsWith("-") && !verb) {
            boolean scoped = argument.startsWith("@") && argument.indexOf('/') > 0;
            name = scoped ? argument : fileName(argument);
            break;
          }
        }
      }
      String clean = SecretMask.clean(name, MAX_SERVER_NAME);
      return clean == null ? "server" : clean;
    }

    private static String fileName(String path) {
      String name = path.substring(path.lastIndexOf('/') + 1);
      return name.isEmpty() ? path : name;
    }
  }
}
