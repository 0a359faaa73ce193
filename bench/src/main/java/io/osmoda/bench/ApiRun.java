package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What the API takes: single entries and batches, through a daemon that keeps its index. */
final class ApiRun implements Run {
  static final String JSON = "application/json";
  static final String NDJSON = "application/x-ndjson";

  private static final int CONNECTIONS = 64;
  private static final double TARGET_SINGLE = 15_000;
  private static final double TARGET_P99_MILLIS = 1.5;
  private static final int BATCH = 1_000;
  private static final int BATCH_CONNECTIONS = 4;
  private static final double TARGET_BATCHES = 120_000;
  private static final double TARGET_CPU_MICROS = 12;

  @Override
  public String name() {
    return "api";
  }

  @Override
  public String about() {
    return "POST /api/v1/entries over a daemon's Unix socket: one entry, and batches";
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    Path osmoda = Launcher.osmoda().orElse(null);
    if (osmoda == null) {
      return ResultTable.skipped(
          this, "there is no osmoda command here; start with ./osmoda bench");
    }
    Path folder = session.folders().next("api");
    Files.createDirectories(folder);
    Path home = folder.resolve("ledger");
    Ledgers.create(home).close();
    try (DaemonProcess daemon = DaemonProcess.start(osmoda, home, session.folders().next("d"));
        ApiLoad one = new ApiLoad(daemon.socket(), 1);
        ApiLoad many = new ApiLoad(daemon.socket(), CONNECTIONS);
        ApiLoad batches = new ApiLoad(daemon.socket(), BATCH_CONNECTIONS)) {
      return measure(session, daemon, one, many, batches);
    } finally {
      Folders.remove(folder);
    }
  }

  /** The event as a caller of the API writes it. */
  static byte[] draft(Event event) {
    return """
    {"actor":"%s","action":"%s","tool":"%s","target":"%s","status":"%s","session":"%s","payload":%s}
    """
        .formatted(
            event.actor(),
            event.action(),
            event.tool(),
            event.target(),
            event.status().text(),
            event.session(),
            event.payload())
        .getBytes(UTF_8);
  }

  private static List<ApiLoad.Request> singles(Event[] events) {
    List<ApiLoad.Request> requests = new ArrayList<>();
    for (Event event : events) {
      requests.add(ApiLoad.post(JSON, draft(event), 1));
    }
    return requests;
  }

  private static List<ApiLoad.Request> batches(Event[] events, int size) {
    List<ApiLoad.Request> requests = new ArrayList<>();
    for (int from = 0; from + size <= events.length; from += size) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (int i = from; i < from + size; i++) {
        body.writeBytes(draft(events[i]));
      }
      requests.add(ApiLoad.post(NDJSON, body.toByteArray(), size));
    }
    return requests;
  }

  /** One way to send, and what came of it in each round. */
  private static final class Way {
    final ApiLoad load;
    final List<ApiLoad.Request> requests;
    final List<Double> rates = new ArrayList<>();
    final List<Double> cpuMicros = new ArrayList<>();
    final List<Double> cpuWithIndex = new ArrayList<>();
    final List<Double> medians = new ArrayList<>();
    final List<Double> p99s = new ArrayList<>();

    Way(ApiLoad load, List<ApiLoad.Request> requests) {
      this.load = load;
      this.requests = requests;
    }

    void round(DaemonProcess daemon, Duration time, boolean counts) throws Exception {
      Histogram nanos = new Histogram(3);
      Duration cpu = daemon.cpuTime();
      Pace pace = load.run(requests, time.toNanos(), nanos);
      Duration spent = daemon.cpuTime().minus(cpu);
      daemon.awaitIndexed(); // or the next way pays for this one
      Duration whole = daemon.cpuTime().minus(cpu);
      if (counts) {
        rates.add(pace.perSecond());
        cpuMicros.add(spent.toNanos() / 1e3 / pace.entries());
        cpuWithIndex.add(whole.toNanos() / 1e3 / pace.entries());
        medians.add(nanos.getValueAtPercentile(50) / 1e6);
        p99s.add(nanos.getValueAtPercentile(99) / 1e6);
      }
    }
  }

  private ResultTable measure(
      Session session, DaemonProcess daemon, ApiLoad one, ApiLoad many, ApiLoad batches)
      throws Exception {
    Event[] events = session.events();
    int batch = Math.min(BATCH, events.length);
    List<ApiLoad.Request> singles = singles(events);
    Way alone = new Way(one, singles);
    Way together = new Way(many, singles);
    Way inBatches = new Way(batches, batches(events, batch));
    for (int round = 0; round <= session.options().rounds(); round++) {
      for (Way way : List.of(alone, together, inBatches)) {
        way.round(daemon, session.options().time(), round > 0);
      }
      if (round > 0) {
        session.tell(
            "  round %d: %s/s, in batches %s/s"
                .formatted(
                    round,
                    ResultTable.number(together.rates.getLast()),
                    ResultTable.number(inBatches.rates.getLast())));
      }
    }
    Series rate = new Series(together.rates);
    Series p99 = new Series(alone.p99s);
    Series batchRate = new Series(inBatches.rates);
    Series batchCpu = new Series(inBatches.cpuMicros);
    return new ResultTable(
        name(),
        about(),
        "",
        List.of(
            Figure.plain("single, 64 connections", "entries/s", rate)
                .target(">= 15,000/s", rate.median() >= TARGET_SINGLE),
            Figure.plain("  answer after, p99", "ms", new Series(together.p99s)),
            Figure.plain("  daemon's CPU an entry", "µs", new Series(together.cpuMicros)),
            Figure.plain("single, 1 connection", "entries/s", new Series(alone.rates)),
            Figure.plain("  answer after, median", "ms", new Series(alone.medians)),
            Figure.plain("  answer after, p99", "ms", p99)
                .target("<= 1.5 ms", p99.median() <= TARGET_P99_MILLIS),
            Figure.plain(
                    "batches of %,d, %d connections".formatted(batch, BATCH_CONNECTIONS),
                    "entries/s",
                    batchRate)
                .target(">= 120,000/s", batchRate.median() >= TARGET_BATCHES),
            Figure.plain("  daemon's CPU an entry", "µs", batchCpu)
                .target("<= 12 µs", batchCpu.median() <= TARGET_CPU_MICROS),
            Figure.plain(
                "  and until the index has them all", "µs", new Series(inBatches.cpuWithIndex))),
        List.of(
            "every answer is a durable receipt; the index follows in the daemon, and each round"
                + " begins when it has all entries",
            "one client process on the same cores, one thread for all connections"));
  }
}
