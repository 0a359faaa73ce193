package io.osmoda.bench;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.ledger.Ledger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** One producer that waits for each receipt, against the plain file's syncs. */
final class SyncRun implements Run {
  private static final double TARGET_OF_FLOOR = 0.85;

  /** Entries until the other has its turn: disks have moods, and both must meet the same ones. */
  private static final int BLOCK = 10;

  @Override
  public String name() {
    return "sync";
  }

  @Override
  public String about() {
    return "one producer that waits for each receipt: durable entries/s";
  }

  /** What the ledger and the plain file did in turns. */
  private static final class Turns {
    final Histogram ledger = new Histogram(3);
    final Histogram floor = new Histogram(3);

    static double perSecond(Histogram nanos) {
      return 1e9 / nanos.getMean();
    }

    static double medianMicros(Histogram nanos) {
      return nanos.getValueAtPercentile(50) / 1e3;
    }
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    List<Turns> rounds = new ArrayList<>();
    for (int round = 0; round <= session.options().rounds(); round++) {
      Path folder = session.folders().next("turns");
      Turns turns = turns(folder, session);
      Folders.remove(folder);
      if (round > 0) {
        rounds.add(turns);
      }
      session.tell(
          "  %s: ledger %s/s, floor %s/s"
              .formatted(
                  round == 0 ? "warm-up" : "round " + round,
                  ResultTable.number(Turns.perSecond(turns.ledger)),
                  ResultTable.number(Turns.perSecond(turns.floor))));
    }
    Series own = series(rounds, turns -> Turns.perSecond(turns.ledger));
    Series floor = series(rounds, turns -> Turns.perSecond(turns.floor));
    double ofFloor = own.over(floor).median();
    Series ownMedian = series(rounds, turns -> Turns.medianMicros(turns.ledger));
    Series floorMedian = series(rounds, turns -> Turns.medianMicros(turns.floor));

    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.compared("ledger", "entries/s", own, 1));
    figures.add(
        Figure.compared("floor: a line, a sync", "entries/s", floor, ofFloor)
            .target(">= 0.85 x", ofFloor >= TARGET_OF_FLOOR));
    List<Contender> others =
        List.of(
            new SqliteChain(1, session.events()),
            new RocksLog(1, 1, session.lines()),
            new KafkaLog(1, 1, session.lines()));
    List<SideBySide.Outcome> outcomes = SideBySide.run(session, others);
    for (int i = 0; i < others.size(); i++) {
      Series rates = outcomes.get(i).rates();
      figures.add(
          Figure.compared(others.get(i).name(), "entries/s", rates, own.median() / rates.median()));
    }
    figures.add(Figure.compared("ledger, median wait", "us", ownMedian, 1));
    figures.add(
        Figure.compared(
            "floor, median wait", "us", floorMedian, ownMedian.over(floorMedian).median()));
    return new ResultTable(
        name(),
        about(),
        "how many times as many the ledger seals, or how many times as long it takes",
        figures,
        List.of(
            "ledger and floor take turns after each %d entries, in one folder".formatted(BLOCK),
            "each entry is one write and one sync for all of them; Kafka's log flushes its indexes"
                + " too"));
  }

  private static Turns turns(Path folder, Session session) throws IOException {
    Files.createDirectories(folder);
    EntryDraft[] drafts = session.drafts();
    byte[][] lines = session.lines();
    ByteBuffer line = ByteBuffer.allocateDirect(Lines.MAX_LINE);
    Turns turns = new Turns();
    Duration time = session.options().time().multipliedBy(2);
    try (Ledger ledger = Ledgers.create(folder.resolve("ledger"));
        FileChannel file =
            FileChannel.open(
                folder.resolve("floor.ndjson"),
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE_NEW)) {
      long end = System.nanoTime() + time.toNanos();
      int next = 0;
      long at = 0;
      do {
        for (int i = 0; i < BLOCK; i++) {
          EntryDraft draft = drafts[(next + i) % drafts.length];
          long start = System.nanoTime();
          ledger.appendDurably(draft);
          turns.ledger.recordValue(System.nanoTime() - start);
        }
        for (int i = 0; i < BLOCK; i++) {
          line.clear().put(lines[(next + i) % lines.length]).flip();
          long start = System.nanoTime();
          while (line.hasRemaining()) {
            at += file.write(line, at);
          }
          file.force(false);
          turns.floor.recordValue(System.nanoTime() - start);
        }
        next += BLOCK;
      } while (System.nanoTime() < end);
    }
    return turns;
  }

  private static Series series(List<Turns> rounds, ToDoubleFunction<Turns> value) {
    return new Series(rounds.stream().mapToDouble(value).boxed().toList());
  }
}
