package io.osmoda.daemon;

import io.osmoda.evidence.Configuration;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Collects evidence as {@code osmoda.yaml} asks: what is due at the start, and each period when it
 * is over. Each look records what the file says, where that is new. What fails is told in the
 * status and in the ledger, and tried again. Thread-safe.
 */
final class EvidenceSchedule {
  /** For whom it collects by itself. */
  static final String ACTOR = "system:schedule";

  /** How long it goes at most without looking: the file or the clock may have been changed. */
  static final Duration LOOK = Duration.ofMinutes(15);

  private static final Logger LOG = System.getLogger(EvidenceSchedule.class.getName());

  /** Rings once, after some time. */
  interface Alarm {
    void ring(Duration after, Runnable what);
  }

  private final AuditDesk desk;
  private final InstantSource clock;
  private final Alarm alarm;

  /** Held while something is collected. */
  private final ReentrantLock collecting = new ReentrantLock();

  private volatile @Nullable Failure failure;
  private volatile boolean isStopped;
  private final LongAdder collected = new LongAdder();
  private final LongAdder failures = new LongAdder();

  private record Failure(Instant at, String why) {}

  EvidenceSchedule(AuditDesk desk, InstantSource clock, Alarm alarm) {
    this.desk = desk;
    this.clock = clock;
    this.alarm = alarm;
  }

  /** Begins to look after what is due. */
  void start() {
    alarm.ring(Duration.ZERO, this::wake);
  }

  private void wake() {
    if (isStopped) {
      return;
    }
    Duration next = LOOK;
    try {
      while (!isStopped && collectNext(ACTOR) != null) {
        // the next period, until none is due
      }
      next = untilDue();
    } catch (IOException | RuntimeException e) {
      if (!isStopped) {
        LOG.log(Level.WARNING, "evidence was not collected: {0}", why(e));
      }
    }
    if (!isStopped) {
      alarm.ring(next, this::wake);
    }
  }

  private Duration untilDue() throws IOException {
    Configuration.EvidencePlan plan = desk.configuration().evidence();
    if (plan == null) {
      return LOOK;
    }
    Instant now = clock.instant();
    Duration left = Duration.between(now, desk.collector().standing(plan, now).next().to());
    return left.compareTo(LOOK) < 0 ? left : LOOK;
  }

  /**
   * Collects the next period that is over.
   *
   * @param by the actor for whom
   * @return its file; null where nothing is due
   * @throws IOException if it cannot be; it is told in {@link #tell} until it can
   */
  @Nullable Path collectNext(String by) throws IOException {
    collecting.lock();
    try {
      Configuration.EvidencePlan plan = desk.configurationOnRecord().evidence();
      Path file =
          plan == null
              ? null
              : desk.collector().collectNext(plan, by, clock.instant(), () -> !isStopped);
      if (file != null) {
        collected.increment();
      }
      failure = null;
      return file;
    } catch (IOException | RuntimeException e) {
      failures.increment();
      failure = new Failure(clock.instant(), why(e));
      throw e;
    } finally {
      collecting.unlock();
    }
  }

  private static String why(Exception e) {
    return e instanceof IOException io ? Failures.describe(io) : String.valueOf(e.getMessage());
  }

  /** Collects no more; what is under way breaks off soon. */
  void stop() {
    isStopped = true;
  }

  /** Waits until nothing is under way, and nothing can begin. */
  void awaitStop() {
    collecting.lock();
    try {
      isStopped = true;
    } finally {
      collecting.unlock();
    }
  }

  /** Where the collecting stands, and what failed. */
  JsonObject tell() throws IOException {
    JsonObject.Builder json = JsonObject.builder();
    desk.schedule().members().forEach(json::put);
    Failure last = failure;
    return json.put(
            "failure",
            last == null
                ? JsonNull.NULL
                : JsonObject.builder()
                    .put("at", last.at().toString())
                    .put("why", last.why())
                    .build())
        .build();
  }

  /** Adds its counters. */
  void addTo(Metrics.Exposition text) {
    text.one("osmoda_evidence_collected_total", "counter", "Bundles collected.", collected.sum());
    text.one(
        "osmoda_evidence_failures_total", "counter", "Collections that failed.", failures.sum());
    text.one(
        "osmoda_evidence_failing",
        "gauge",
        "1 if the last attempt to collect evidence failed.",
        failure == null ? 0 : 1);
  }

  /** How many periods are due, for {@code /metrics}; -1 where that cannot be told. */
  long due() {
    try {
      Configuration.EvidencePlan plan = desk.configuration().evidence();
      return plan == null ? 0 : desk.collector().standing(plan, clock.instant()).due();
    } catch (IOException e) {
      return -1;
    }
  }
}
