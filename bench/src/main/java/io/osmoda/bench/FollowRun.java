package io.osmoda.bench;

import com.sun.management.OperatingSystemMXBean;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.ledger.Ledger;
import io.osmoda.query.IndexFollower;
import io.osmoda.query.IndexStatus;
import io.osmoda.query.LedgerIndex;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What an index that follows the ledger costs those who append, and how far behind it is. */
final class FollowRun implements Run {
  private static final long PER_SECOND = 20_000;
  private static final long TICK_NANOS = 1_000_000;
  private static final int PER_TICK = (int) (PER_SECOND * TICK_NANOS / 1_000_000_000);

  /** How often the follower is asked how far it is. */
  private static final int TICKS_A_LOOK = 100;

  private static final long BURST_ENTRIES = 500_000;
  private static final double TARGET_RATIO = 1.15;
  private static final long TARGET_LAG_MILLIS = 1_000;

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  @Override
  public String name() {
    return "follow";
  }

  @Override
  public String about() {
    return "appending 20,000 entries/s, and as many as can be, with an index that follows";
  }

  /** A ledger that is appended to, and what follows it, if anything. */
  private record Followed(
      Ledger ledger, @Nullable LedgerIndex index, @Nullable IndexFollower follower)
      implements AutoCloseable {
    static Followed create(Path folder, boolean isFollowed) throws IOException {
      Files.createDirectories(folder);
      Ledger ledger = Ledgers.create(folder.resolve("ledger"));
      if (!isFollowed) {
        return new Followed(ledger, null, null);
      }
      LedgerIndex index = LedgerIndex.open(ledger.reader());
      return new Followed(ledger, index, IndexFollower.start(index));
    }

    /** How far the follower is; null if there is none. */
    @Nullable IndexStatus status() throws IOException {
      if (follower == null) {
        return null;
      }
      IndexStatus status = follower.status();
      if (status.problem() != null) {
        throw new IOException("the index does not follow: " + status.problem());
      }
      return status;
    }

    @Override
    public void close() throws IOException {
      if (follower != null) {
        follower.close();
      }
      if (index != null) {
        index.close();
      }
      ledger.close();
    }
  }

  /** What one paced round saw. */
  private record Paced(
      Histogram held,
      Histogram durable,
      double cpuMicros,
      double perSecond,
      Series lagMillis,
      double mostMissing) {}

  /** How an index came to terms with a burst. */
  private record Burst(double perSecond, double caughtUpAfterSeconds) {}

  @Override
  public ResultTable run(Session session) throws Exception {
    List<Paced> alone = new ArrayList<>();
    List<Paced> followed = new ArrayList<>();
    List<Double> mostAlone = new ArrayList<>();
    List<Double> mostFollowed = new ArrayList<>();
    for (int round = 0; round <= session.options().rounds(); round++) {
      Paced without = paced(session, false);
      Paced with = paced(session, true);
      double most = unpaced(session, false);
      double mostWith = unpaced(session, true);
      session.tell(
          "  %s: durable p50 %s us, followed %s us; at most %s/s, followed %s/s"
              .formatted(
                  round == 0 ? "warm-up" : "round " + round,
                  ResultTable.number(without.durable.getValueAtPercentile(50) / 1e3),
                  ResultTable.number(with.durable.getValueAtPercentile(50) / 1e3),
                  ResultTable.number(most),
                  ResultTable.number(mostWith)));
      if (round > 0) {
        alone.add(without);
        followed.add(with);
        mostAlone.add(most);
        mostFollowed.add(mostWith);
      }
    }
    Burst burst = burst(session);
    List<Figure> figures = new ArrayList<>();
    for (int percentile : new int[] {50, 99}) {
      boolean isTarget = percentile == 50;
      pair(
          figures,
          "append holds its caller, p" + percentile,
          "us",
          micros(alone, Paced::held, percentile),
          micros(followed, Paced::held, percentile),
          isTarget);
      pair(
          figures,
          "durable receipt, p" + percentile,
          "us",
          micros(alone, Paced::durable, percentile),
          micros(followed, Paced::durable, percentile),
          isTarget);
    }
    pair(
        figures,
        "processor time",
        "us/entry",
        series(alone, Paced::cpuMicros),
        series(followed, Paced::cpuMicros),
        false);
    pair(
        figures,
        "entries",
        "/s",
        series(alone, Paced::perSecond),
        series(followed, Paced::perSecond),
        false);
    Series lag = series(followed, round -> round.lagMillis.median());
    figures.add(
        Figure.plain("lag of the index, p50", "ms", lag)
            .target("< %d ms".formatted(TARGET_LAG_MILLIS), lag.median() < TARGET_LAG_MILLIS));
    figures.add(Figure.plain("  longest", "ms", series(followed, round -> round.lagMillis.max())));
    figures.add(
        Figure.plain(
            "most entries that it lacked", "entries", series(followed, Paced::mostMissing)));
    pair(figures, "full load", "entries/s", new Series(mostAlone), new Series(mostFollowed), false);
    String ofBurst = "%,d entries at once".formatted(burstEntries(session));
    figures.add(Figure.plain(ofBurst, "entries/s", Series.of(burst.perSecond)));
    figures.add(
        Figure.plain(
            "  then known to the index after", "s", Series.of(burst.caughtUpAfterSeconds)));
    return new ResultTable(
        name(),
        about(),
        "with an index that follows, as a part of without",
        figures,
        List.of(
            "one thread appends %d entries of a fleet of agents each millisecond; what comes late"
                    .formatted(PER_TICK)
                + " is followed at once by the next",
            "processor time is that of the whole process, with making the entries up",
            "lag is the age of the oldest entry that the index lacks, looked at ten times a second;"
                + " a search reads what it lacks",
            "full load as in the run append: %d threads, drafts that lie ready"
                .formatted(Load.PRODUCERS)));
  }

  private static void pair(
      List<Figure> figures,
      String what,
      String unit,
      Series alone,
      Series followed,
      boolean isTarget) {
    double ratio = followed.over(alone).median();
    Figure figure = Figure.compared("  followed", unit, followed, ratio);
    figures.add(Figure.plain(what, unit, alone));
    figures.add(isTarget ? figure.target("ratio <= 1.15", ratio <= TARGET_RATIO) : figure);
  }

  private Paced paced(Session session, boolean isFollowed) throws Exception {
    Path folder = session.folders().next("follow");
    Histogram held = new Histogram(3);
    Histogram durable = new ConcurrentHistogram(3);
    long ticks = Math.max(1, session.options().time().toNanos() / TICK_NANOS);
    List<Double> lags = new ArrayList<>();
    long mostMissing = 0;
    long cpu;
    long nanos;
    try (Followed followed = Followed.create(folder, isFollowed)) {
      AgentFleet fleet = FleetLedger.fleet(0, ticks * PER_TICK);
      CompletableFuture<Receipt> last = CompletableFuture.completedFuture(null);
      cpu = system.getProcessCpuTime();
      long start = System.nanoTime();
      for (long tick = 0; tick < ticks; tick++) {
        awaitNanoTime(start + tick * TICK_NANOS);
        for (int i = 0; i < PER_TICK; i++) {
          EntryDraft draft = fleet.next();
          long before = System.nanoTime();
          last = followed.ledger().append(draft);
          held.recordValue(System.nanoTime() - before);
          fleet.appended(last);
          var _ = last.thenAccept(receipt -> durable.recordValue(System.nanoTime() - before));
        }
        if (tick % TICKS_A_LOOK == TICKS_A_LOOK - 1) {
          IndexStatus status = followed.status();
          if (status != null) {
            lags.add(status.lag().toNanos() / 1e6);
            mostMissing = Math.max(mostMissing, status.missing());
          }
        }
      }
      last.get();
      nanos = System.nanoTime() - start;
      cpu = system.getProcessCpuTime() - cpu;
    }
    Folders.remove(folder);
    double entries = ticks * PER_TICK;
    return new Paced(
        held,
        durable,
        cpu / 1e3 / entries,
        entries * 1e9 / nanos,
        lags.isEmpty() ? Series.of(0) : new Series(lags),
        mostMissing);
  }

  private static void awaitNanoTime(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static double unpaced(Session session, boolean isFollowed) throws Exception {
    Path folder = session.folders().next("follow");
    Pace pace;
    try (Followed followed = Followed.create(folder, isFollowed)) {
      long nanos = session.options().time().toNanos();
      pace = Load.full(session.drafts()).forTime(followed.ledger(), nanos);
    }
    Folders.remove(folder);
    return pace.perSecond();
  }

  private static long burstEntries(Session session) {
    return Math.min(BURST_ENTRIES, session.options().entries());
  }

  private static Burst burst(Session session) throws Exception {
    Path folder = session.folders().next("follow");
    Pace pace;
    long start;
    try (Followed followed = Followed.create(folder, true)) {
      pace = FleetLedger.append(followed.ledger(), burstEntries(session), () -> {});
      start = System.nanoTime();
      IndexStatus status = followed.status();
      while (status != null && status.missing() > 0) {
        LockSupport.parkNanos(TICK_NANOS); // nobody tells when it is there
        status = followed.status();
      }
      start = System.nanoTime() - start;
    }
    Folders.remove(folder);
    session.tell("  %,d entries at once".formatted(pace.entries()));
    return new Burst(pace.perSecond(), start / 1e9);
  }

  private static Series micros(List<Paced> rounds, Function<Paced, Histogram> of, int percentile) {
    return series(rounds, round -> of.apply(round).getValueAtPercentile(percentile) / 1e3);
  }

  private static Series series(List<Paced> rounds, ToDoubleFunction<Paced> value) {
    return new Series(rounds.stream().mapToDouble(value).boxed().toList());
  }
}
