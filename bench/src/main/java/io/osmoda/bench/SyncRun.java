package io.osmoda.bench;

import io.osmoda.ledger.EntryDraft;
import io.osmoda.ledger.Ledger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One producer that waits for each receipt, against the plain file's syncs. */
final class SyncRun implements Run {
  private static final double TARGET_OF_FLOOR = 0.85;

  @Override
  public String name() {
    return "sync";
  }

  @Override
  public String about() {
    return "one producer that waits for each receipt: durable entries/s";
  }

  @Override
  public Table run(Session session) throws Exception {
    OneByOne ledger = new OneByOne(session.drafts());
    List<Contender> contenders =
        List.of(
            ledger,
            new FloorLoad("floor: one line a sync", ledger::groups),
            new SqliteChain(1, session.events()),
            new RocksLog(1, 1, session.lines()),
            new KafkaLog(1, 1, session.lines()));
    List<Series> rates =
        SideBySide.run(session, contenders).stream().map(SideBySide.Outcome::rates).toList();
    Series own = rates.getFirst();
    List<Figure> figures = new ArrayList<>();
    for (int i = 0; i < contenders.size(); i++) {
      double ratio = own.over(rates.get(i)).median();
      Figure figure =
          Figure.compared(contenders.get(i).name(), "entries/s", rates.get(i), ratio);
      figures.add(i == 1 ? figure.target(">= 0.85 x", ratio >= TARGET_OF_FLOOR) : figure);
    }
    return new Table(
        name(),
        about(),
        "how many times as many the ledger seals; median of the rounds' own ratios",
        figures,
        List.of(
            "each entry is one write and one sync for all of them; Kafka's log flushes its indexes"
                + " too"));
  }

  private static final class OneByOne implements Contender {
    private final EntryDraft[] drafts;
    private LedgerLoad.Groups groups;

    OneByOne(EntryDraft[] drafts) {
      this.drafts = drafts;
      Lines lines = Lines.of(1, 1 << 20);
      groups = new LedgerLoad.Groups(lines.buffer(), (int) lines.averageBytes(), 1);
    }

    LedgerLoad.Groups groups() {
      return groups;
    }

    @Override
    public String name() {
      return "ledger";
    }

    @Override
    public String how() {
      return "ledger: appendDurably, one after the other";
    }

    @Override
    public Pace run(Path folder, Duration time) throws Exception {
      Files.createDirectories(folder);
      Path home = folder.resolve("ledger");
      Pace pace;
      try (Ledger ledger = Ledgers.create(home)) {
        long start = System.nanoTime();
        long end = start + time.toNanos();
        long count = 0;
        long now = start;
        while (now < end) {
          ledger.appendDurably(drafts[(int) (count++ % drafts.length)]);
          now = System.nanoTime();
        }
        pace = new Pace(count, now - start);
      }
      groups =
          new LedgerLoad.Groups(
              groups.lines(), (int) (Ledgers.segmentBytes(home) / pace.entries()), 1);
      return pace;
    }
  }
}
