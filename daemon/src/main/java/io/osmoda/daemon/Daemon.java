package io.osmoda.daemon;

import io.osmoda.client.DaemonSocket;
import io.osmoda.client.UnixHttp;
import io.osmoda.client.Wire;
import io.osmoda.evidence.BadConfigurationException;
import io.osmoda.evidence.Configuration;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerLockedException;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.ledger.LedgerStatus;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.IndexFollower;
import io.osmoda.query.IndexStatus;
import io.osmoda.query.LedgerIndex;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;

/**
 * One process that holds a ledger open for all writers and readers of a machine: the writer's lock,
 * the Unix socket, the loopback HTTP port. Thread-safe.
 */
public final class Daemon implements AutoCloseable {
  /**
   * Exit code of a background daemon that found the ledger held by another process: not a fault,
   * and not for people to see.
   */
  public static final int EXIT_LOCKED = Wire.EXIT_LOCKED;

  private static final Logger LOG = System.getLogger(Daemon.class.getName());
  private static final long POLL_MILLIS = 20;

  /** How long a background daemon waits for a short command to let go of the ledger. */
  private static final Duration LOCK_WAIT = Duration.ofSeconds(2);

  private final Path folder;
  private final Ledger ledger;
  private final LedgerReader reader;
  private final LedgerIndex index;
  private final IndexFollower follower;
  private final Metrics metrics = new Metrics();
  private final Gate gate;
  private final HttpShell shell;
  private final Thread idleWatch;
  private final StreamApi streams;
  private final CaptureApi capture;
  private final AuditDesk desk;
  private final EvidenceSchedule schedule;
  private final ScheduledThreadPoolExecutor alarms =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("schedule").factory());
  private final Instant since = Instant.now();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private volatile @Nullable IOException stopFailure;

  private Daemon(DaemonOptions options, Path socket, Ledger ledger, Limits limits)
      throws IOException {
    InstantSource clock = InstantSource.system();
    this.folder = options.ledger().toRealPath();
    this.ledger = ledger;
    this.reader = ledger.reader();
    byte[] id = new byte[8];
    new SecureRandom().nextBytes(id);
    String instance = HexFormat.of().formatHex(id);

    this.index = LedgerIndex.open(reader);
    this.follower = IndexFollower.start(index);
    EntrySearch finder = new EntrySearch(index);
    ReadDesk reads = ReadDesk.of(ledger, () -> finder);
    this.desk = new AuditDesk(ledger, finder, clock);
    Answering answering = new Answering(limits, metrics, System::nanoTime);
    EntriesApi entries = new EntriesApi(ledger, reads, answering, metrics);
    SearchApi search = new SearchApi(reads, answering);
    OverviewApi overview = new OverviewApi(reads, answering, clock);
    this.streams = new StreamApi(reader, reads, answering, limits, metrics, System::nanoTime);
    this.capture = new CaptureApi(ledger, reader, metrics, instance, Limits.CAPTURE_GRACE);
    AdminApi admin = new AdminApi(ledger, this::stopSoon);
    TreeApi tree = new TreeApi(reader);
    EvidenceApi evidence = new EvidenceApi(ledger, reads, desk, answering);
    alarms.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.schedule = new EvidenceSchedule(desk, clock, this::ring);
    AuditApi audit = new AuditApi(desk, schedule, reads, answering);
    Path keys = AuditDesk.keyFolder(ledger);
    Identity identity = new Identity(keys, options.grants(), new TokenFile(keys));
    this.gate =
        new Gate(
            routes(entries, search, overview, streams, capture, admin, tree, evidence, audit),
            identity,
            limits,
            metrics,
            System::nanoTime);
    this.shell =
        new HttpShell(
            socket,
            !options.grants().isEmpty(),
            options.httpPort(),
            gate,
            capture::closed,
            limits,
            System::nanoTime);
    this.idleWatch =
        new IdleWatch(
                options.idleExit(),
                shell::connections,
                () -> Math.max(gate.lastActivity(), capture.lastActivity()),
                this::stopSoon)
            .start();
  }

  private void ring(Duration after, Runnable what) {
    try {
      // what rings reports its failures itself
      Future<?> _ = alarms.schedule(what, after.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      if (!stopping.get()) {
        throw e;
      }
      // nothing is collected any more
    }
  }

  private void recordConfiguration() {
    try {
      Configuration _ = desk.configurationOnRecord();
    } catch (IOException | RuntimeException e) {
      if (!stopping.get()) {
        LOG.log(Level.WARNING, "could not record the configuration: {0}", e.getMessage());
      }
    }
  }

  private List<Route> routes(
      EntriesApi entries,
      SearchApi search,
      OverviewApi overview,
      StreamApi stream,
      CaptureApi capture,
      AdminApi admin,
      TreeApi tree,
      EvidenceApi evidence,
      AuditApi audit) {
    return List.of(
        new Route("GET", "/healthz", Access.OPEN, this::health),
        new Route("GET", "/api/v1/openapi.json", Access.OPEN, Daemon::openApi),
        new Route("GET", "/api/v1/status", Access.ANY, this::status),
        new Route("POST", "/api/v1/entries", Access.WRITER, entries::append),
        new Route("GET", "/api/v1/entries", Access.AUDITOR, search::entries),
        new Route("GET", "/api/v1/count", Access.AUDITOR, search::count),
        new Route("GET", "/api/v1/facets", Access.AUDITOR, search::facets),
        new Route("GET", "/api/v1/histogram", Access.AUDITOR, search::histogram),
        new Route("GET", "/api/v1/trace", Access.AUDITOR, overview::sessionTrace),
        new Route("GET", "/api/v1/trace/{of}", Access.AUDITOR, overview::trace),
        new Route("GET", "/api/v1/summary", Access.AUDITOR, overview::summary),
        new Route("GET", "/api/v1/entries/{seq}", Access.AUDITOR, entries::one),
        new Route("GET", "/api/v1/entries/{seq}/proof", Access.ANY, entries::proof),
        new Route("GET", "/api/v1/stream", Access.AUDITOR, stream::stream),
        new Route("POST", "/api/v1/controls", Access.AUDITOR, evidence::controls),
        new Route("POST", "/api/v1/exports", Access.AUDITOR, evidence::export),
        new Route("POST", "/api/v1/reviews", Access.AUDITOR, audit::review),
        new Route("GET", "/api/v1/reviews", Access.AUDITOR, audit::reviews),
        new Route("POST", "/api/v1/sign-offs", Access.AUDITOR, audit::signOff),
        new Route("GET", "/api/v1/sign-offs", Access.AUDITOR, audit::signOffs),
        new Route("POST", "/api/v1/holds", Access.AUDITOR, audit::setHold),
        new Route("GET", "/api/v1/holds", Access.AUDITOR, audit::holds),
        new Route("POST", "/api/v1/holds/{seq}/release", Access.ADMIN, audit::releaseHold),
        new Route("GET", "/api/v1/schedule", Access.AUDITOR, audit::schedule),
        new Route("POST", "/api/v1/schedule/run", Access.ADMIN, audit::collect),
        new Route("GET", "/api/v1/retention", Access.AUDITOR, audit::retention),
        new Route("POST", "/api/v1/redactions", Access.ADMIN, audit::redact),
        new Route("POST", "/api/v1/checkpoints", Access.ADMIN, admin::checkpoint),
        new Route("POST", "/api/v1/keys/rotate", Access.ADMIN, admin::rotateKeys),
        new Route("POST", "/api/v1/clock/confirm", Access.ADMIN, admin::confirmClock),
        new Route("POST", "/api/v1/shutdown", Access.ADMIN, admin::shutdown),
        new Route("POST", "/api/v1/capture/session", Access.CAPTURE, capture::session),
        new Route("POST", "/api/v1/capture", Access.CAPTURE, capture::capture),
        new Route("GET", "/checkpoint", Access.ANY, tree::checkpoint),
        new Route("GET", "/tile/{path...}", Access.ANY, tree::tile),
        new Route("GET", "/metrics", Access.ANY, this::metrics));
  }

  /**
   * Opens the ledger and starts listening.
   *
   * @throws LedgerLockedException if another process holds the ledger; it is named
   * @throws IOException if the ledger, the socket or the port cannot be had; says why
   */
  public static Daemon start(DaemonOptions options) throws IOException {
    return start(options, Limits.DEFAULT);
  }

  static Daemon start(DaemonOptions options, Limits limits) throws IOException {
    if (options.socket() != null) {
      Path parent = options.socket().toAbsolutePath().getParent();
      if (parent != null && !Files.isDirectory(parent)) {
        throw new NoSuchFileException(parent.toString()); // binding tells no name
      }
    }
    Path socket =
        options.socket() != null
            ? options.socket().toAbsolutePath()
            : DaemonSocket.place(options.ledger(), options.environment());
    Ledger ledger =
        Ledger.open(
            options.ledger(),
            LedgerOptions.defaults()
                .withKeys(options.keys())
                .withHolder(JsonObject.builder().put("socket", socket.toString()).build()));
    try {
      return new Daemon(options, socket, ledger, limits);
    } catch (IOException | RuntimeException e) {
      try {
        ledger.close();
      } catch (IOException close) {
        e.addSuppressed(close);
      }
      throw e;
    }
  }

  /**
   * Runs a daemon until it is told to stop: what {@code osmoda serve} does.
   *
   * @param out told once when the daemon is ready
   * @return 0 after an orderly stop, {@link #EXIT_LOCKED} for a background daemon whose ledger
   *     another process holds
   * @throws IOException if it could not start or stop; says why
   */
  public static int run(DaemonOptions options, PrintWriter out) throws IOException {
    quietLogs();
    Daemon daemon;
    try {
      daemon = options.idleExit() == null ? start(options) : startWhenFree(options);
      daemon.ledger.sealStateAtStart(); // coverage from the first moment
      if (options.idleExit() == null) {
        daemon.schedule.start(); // one that ends when nobody is there is none to rely on
      } else {
        daemon.ring(Duration.ZERO, daemon::recordConfiguration);
      }
    } catch (LedgerLockedException e) {
      if (options.idleExit() != null) {
        return EXIT_LOCKED;
      }
      throw e;
    }
    Thread hook = new Thread(daemon::stopQuietly, "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    Integer port = daemon.httpPort();
    out.println("serving " + options.ledger() + " on " + daemon.socket());
    if (port != null) {
      out.println("HTTP on http://127.0.0.1:" + port);
    }
    out.flush();
    IOException failure = daemon.awaitStop();
    if (failure != null) {
      throw failure;
    }
    return 0;
  }

  /** Jetty reports each connector; a daemon's log is for what needs somebody. */
  private static void quietLogs() {
    String config =
        """
        .level=WARNING
        handlers=java.util.logging.ConsoleHandler
        java.util.logging.SimpleFormatter.format=%1$tFT%1$tT %4$s %5$s%6$s%n
        """;
    try (InputStream in = new ByteArrayInputStream(config.getBytes(StandardCharsets.UTF_8))) {
      LogManager.getLogManager().readConfiguration(in);
    } catch (IOException e) {
      throw new IllegalStateException("a configuration in memory is readable", e);
    }
  }

  private static Daemon startWhenFree(DaemonOptions options) throws IOException {
    long deadline = System.nanoTime() + LOCK_WAIT.toNanos();
    while (true) {
      try {
        return start(options);
      } catch (LedgerLockedException e) {
        UnixHttp other = DaemonSocket.connect(options.ledger(), options.environment());
        if (other != null) {
          other.close();
          throw e; // held by another daemon, which answers
        }
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The Unix socket that it listens on. */
  public Path socket() {
    return shell.socket();
  }

  /** The loopback port that it listens on, null if there is none. */
  public @Nullable Integer httpPort() {
    return shell.port();
  }

  /** What the API has. */
  List<Route> routes() {
    return gate.routes();
  }

  /** Waits until the daemon has stopped; the failure of an orderly stop, or null. */
  @Nullable IOException awaitStop() {
    while (true) {
      try {
        stopped.await();
        return stopFailure;
      } catch (InterruptedException e) {
        stopSoon();
      }
    }
  }

  private void stopSoon() {
    Thread.ofPlatform().name("stop").start(this::stopQuietly);
  }

  private void stopQuietly() {
    try {
      close();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "stopping: {0}", e.getMessage());
    }
  }

  /**
   * Stops in order, within 5 s: takes no more requests, lets those under way finish, ends streams,
   * removes the socket, and closes the ledger, which seals that its sources stop and signs a last
   * checkpoint. Waits where another thread stops it already.
   */
  @Override
  public void close() throws IOException {
    if (!stopping.compareAndSet(false, true)) {
      awaitStop();
      return;
    }
    try {
      idleWatch.interrupt();
      schedule.stop();
      alarms.shutdown(); // no interrupt, which would close files under the ledger
      gate.stopTaking();
      streams.stop();
      capture.stop();
      long deadline = System.nanoTime() + Limits.STOP_GRACE.toNanos();
      while (gate.active() + capture.active() > 0 && System.nanoTime() - deadline < 0) {
        pause();
      }
      shell.close();
    } catch (IOException e) {
      stopFailure = e;
    } finally {
      closeLedger();
      stopped.countDown();
    }
    IOException failure = stopFailure;
    if (failure != null) {
      throw failure;
    }
  }

  private void closeLedger() {
    schedule.awaitStop();
    try {
      follower.close();
      index.close();
      reader.close();
      ledger.close();
    } catch (IOException e) {
      stopFailure = e;
    }
  }

  private void health(Exchange exchange) throws IOException {
    String stoppedBecause = ledger.status().stoppedBecause();
    exchange.json(
        stoppedBecause == null ? 200 : 503,
        JsonObject.builder().put("ok", stoppedBecause == null).build());
  }

  private static void openApi(Exchange exchange) throws IOException {
    exchange.bytes(200, Wire.JSON, OpenApi.read());
  }

  private void status(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    exchange.json(
        200,
        StatusJson.of(ledger.status(), follower.status(), desk, schedule::tell)
            .put("daemon", about())
            .build());
  }

  private JsonObject about() {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("pid", ProcessHandle.current().pid())
            .put("since", since.toString())
            .put("ledger", folder.toString())
            .put("socket", socket().toString())
            .put("user", System.getProperty("user.name", ""))
            .put("connections", shell.connections())
            .put("streams", streams.open());
    Integer port = httpPort();
    if (port != null) {
      json.put("http_port", JsonNumber.of(port));
    }
    return json.build();
  }

  private boolean isReviewOverdue() throws IOException {
    try {
      JsonObject state = desk.reviewState();
      return state != null && state.get("overdue") == JsonBoolean.TRUE;
    } catch (BadConfigurationException e) {
      return false; // told by the status
    }
  }

  private void metrics(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    LedgerStatus status = ledger.status();
    Metrics.Exposition text = metrics.exposition();
    text.one("osmoda_entries", "gauge", "Durable entries in the ledger.", status.size());
    text.one("osmoda_anchored_entries", "gauge", "Entries below a checkpoint.", status.anchored());
    text.one("osmoda_segments", "gauge", "Segments of the ledger.", status.segments());
    text.one(
        "osmoda_backlog_bytes",
        "gauge",
        "Bytes submitted and not sealed yet.",
        status.backlogBytes());
    text.one(
        "osmoda_stopped",
        "gauge",
        "1 if the ledger has stopped accepting entries.",
        status.stoppedBecause() == null ? 0 : 1);
    text.one(
        "osmoda_clock_held",
        "gauge",
        "1 if the clock is waiting for confirmation.",
        status.clockHeld() ? 1 : 0);
    IndexStatus indexed = follower.status();
    text.one(
        "osmoda_index_missing_entries",
        "gauge",
        "Unindexed entries, which searches read directly.",
        indexed.missing());
    text.seconds(
        "osmoda_index_lag_seconds",
        "gauge",
        "Age of the oldest unindexed entry in the newest part of the index.",
        indexed.lag());
    text.one("osmoda_connections", "gauge", "Open connections.", shell.connections());
    text.one(
        "osmoda_refused_connections_total",
        "counter",
        "Connections over the limit.",
        shell.refusedConnections());
    text.one("osmoda_streams", "gauge", "Open live streams.", streams.open());
    schedule.addTo(text);
    text.one(
        "osmoda_evidence_due_periods",
        "gauge",
        "Periods that are over and not collected; -1 if unknown.",
        schedule.due());
    text.one(
        "osmoda_review_overdue",
        "gauge",
        "1 if a review required by osmoda.yaml is overdue.",
        isReviewOverdue() ? 1 : 0);
    text.one(
        "osmoda_uptime_seconds",
        "gauge",
        "Seconds since the daemon started.",
        Duration.between(since, Instant.now()).toSeconds());
    exchange.bytes(200, Metrics.MEDIA_TYPE, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
