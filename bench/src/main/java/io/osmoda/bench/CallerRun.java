package io.osmoda.bench;

import com.sun.management.ThreadMXBean;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.ledger.Ledger;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** How long {@code append} holds a caller who does not wait for the receipt. */
final class CallerRun implements Run {
  private static final long PER_SECOND = 50_000;
  private static final long INTERVAL_NANOS = 1_000_000_000 / PER_SECOND;
  private static final double TARGET_P50_MICROS = 3;
  private static final double TARGET_P99_MICROS = 50;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Override
  public String name() {
    return "caller";
  }

  @Override
  public String about() {
    return "how long append holds its caller at 50,000 entries/s when nobody waits";
  }

  /** What one round saw. */
  private record Round(
      Histogram held,
      double callerBytesPerEntry,
      double allBytesPerEntry,
      double pace,
      long collections,
      long collectionMillis) {}

  @Override
  public ResultTable run(Session session) throws Exception {
    List<Round> rounds = new ArrayList<>();
    for (int i = 0; i <= session.options().rounds(); i++) {
      Path folder = session.folders().next("caller");
      Files.createDirectories(folder);
      Round round = round(folder.resolve("ledger"), session);
      Folders.remove(folder);
      session.tell(
          "  %s: p50 %s us, p99 %s us"
              .formatted(
                  i == 0 ? "warm-up" : "round " + i,
                  ResultTable.number(round.held.getValueAtPercentile(50) / 1e3),
                  ResultTable.number(round.held.getValueAtPercentile(99) / 1e3)));
      if (i > 0) {
        rounds.add(round);
      }
    }
    Series p50 = micros(rounds, 50);
    Series p99 = micros(rounds, 99);
    return new ResultTable(
        name(),
        about(),
        "",
        List.of(
            Figure.plain("held, p50", "us", p50)
                .target("<= 3 us", p50.median() <= TARGET_P50_MICROS),
            Figure.plain("held, p99", "us", p99)
                .target("<= 50 us", p99.median() <= TARGET_P99_MICROS),
            Figure.plain("held, p99.9", "us", micros(rounds, 99.9)),
            Figure.plain("held, longest", "us", micros(rounds, 100)),
            Figure.plain("entries", "/s", series(rounds, round -> round.pace)),
            Figure.plain(
                "allocated by the caller", "B/entry", series(rounds, Round::callerBytesPerEntry)),
            Figure.plain("allocated in all", "B/entry", series(rounds, Round::allBytesPerEntry)),
            Figure.plain("collections", "/round", series(rounds, Round::collections)),
            Figure.plain(
                "time in collections", "ms/round", series(rounds, Round::collectionMillis))),
        List.of(
            "one thread appends ready drafts every 20 us by the clock; one that comes late is"
                + " followed at once by the next",
            "the caller encodes the line and hashes the payload; it spins between appends and so"
                + " keeps one core to itself"));
  }

  private Round round(Path home, Session session) throws Exception {
    EntryDraft[] drafts = session.drafts();
    Histogram held = new Histogram(3);
    long appends = Math.max(1, session.options().time().toNanos() / INTERVAL_NANOS);
    try (Ledger ledger = Ledgers.create(home)) {
      long collections = collections();
      long collectionMillis = collectionMillis();
      long callerBytes = threads.getCurrentThreadAllocatedBytes();
      long allBytes = threads.getTotalThreadAllocatedBytes();
      CompletableFuture<Receipt> last = CompletableFuture.completedFuture(null);
      long start = System.nanoTime();
      for (long i = 0; i < appends; i++) {
        long due = start + i * INTERVAL_NANOS;
        long before = System.nanoTime();
        while (before < due) {
          Thread.onSpinWait();
          before = System.nanoTime();
        }
        last = ledger.append(drafts[(int) (i % drafts.length)]);
        held.recordValue(System.nanoTime() - before);
      }
      long nanos = System.nanoTime() - start;
      callerBytes = threads.getCurrentThreadAllocatedBytes() - callerBytes;
      last.get();
      return new Round(
          held,
          (double) callerBytes / appends,
          (double) (threads.getTotalThreadAllocatedBytes() - allBytes) / appends,
          appends * 1e9 / nanos,
          collections() - collections,
          collectionMillis() - collectionMillis);
    }
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private static long collectionMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  private static Series micros(List<Round> rounds, double percentile) {
    return series(rounds, round -> round.held.getValueAtPercentile(percentile) / 1e3);
  }

  private static Series series(List<Round> rounds, ToDoubleFunction<Round> value) {
    return new Series(rounds.stream().mapToDouble(value).boxed().toList());
  }
}
