package io.osmoda.bench;

import io.osmoda.format.entry.EntryDraft;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Durable entries a second under load, side by side. */
final class AppendRun implements Run {
  private static final int SQLITE_BATCH = 1_000;
  private static final double TARGET_PER_SECOND = 400_000;
  private static final double TARGET_OF_FLOOR = 0.7;
  private static final double TARGET_OVER_ROW = 50;
  private static final double TARGET_OVER_BATCH = 2;
  private static final double TARGET_OVER_ROCKS = 3;

  @Override
  public String name() {
    return "append";
  }

  @Override
  public String about() {
    return "durable entries/s, 64 producers with up to 64 appends outstanding each";
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    EntryDraft[] drafts = session.drafts();
    Event[] events = session.events();
    LedgerLoad ledger =
        new LedgerLoad(
            "ledger",
            "ledger: 64 threads, drafts ready; sealed, chained, in the tree, checkpoints each"
                + " second",
            Load.full(drafts));
    LedgerLoad fromJson =
        new LedgerLoad(
            "ledger, drafts made on the way",
            "drafts made on the way: members checked and payload canonicalised in the same threads",
            new Load(
                Load.PRODUCERS,
                Load.OUTSTANDING,
                number -> events[(int) (number % events.length)].draft()));
    List<Contender> contenders =
        List.of(
            ledger,
            new FloorLoad("(a) floor: same bytes, same groups", ledger::groups),
            new SqliteChain(1, events),
            new SqliteChain(SQLITE_BATCH, events),
            new RocksLog(Load.PRODUCERS, 1, session.lines()),
            new RocksLog(Load.PRODUCERS, Load.OUTSTANDING, session.lines()),
            new KafkaLog(Load.PRODUCERS, Load.OUTSTANDING, session.lines()),
            fromJson);
    List<SideBySide.Outcome> outcomes = SideBySide.run(session, contenders);
    List<Series> rates = outcomes.stream().map(SideBySide.Outcome::rates).toList();
    Series own = rates.getFirst();
    double ofFloor = own.over(rates.get(1)).median();

    List<Figure> figures = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (int i = 0; i < contenders.size(); i++) {
      Contender contender = contenders.get(i);
      double ratio = own.over(rates.get(i)).median();
      Figure figure = Figure.compared(contender.name(), "entries/s", rates.get(i), ratio);
      figures.add(
          switch (i) {
            case 0 ->
                figure.target(
                    ">= 400,000 or 0.7 x (a)",
                    own.median() >= TARGET_PER_SECOND || ofFloor >= TARGET_OF_FLOOR);
            case 2 -> figure.target(">= 50 x", ratio >= TARGET_OVER_ROW);
            case 3 -> figure.target(">= 2 x", ratio >= TARGET_OVER_BATCH);
            case 4, 5 -> figure.target(">= 3 x", ratio >= TARGET_OVER_ROCKS);
            default -> figure;
          });
      notes.add(contender.how());
    }
    for (int i = 0; i < contenders.size(); i++) {
      Series micros = outcomes.get(i).cpuMicros();
      figures.add(
          Figure.compared(
              "processor time, " + contenders.get(i).name(),
              "us/entry",
              micros,
              micros.median() / outcomes.getFirst().cpuMicros().median()));
    }
    LedgerLoad.Groups groups = ledger.groups();
    notes.add(
        "the ledger's last round: %.0f entries and %,d bytes a sync, %.0f bytes a line"
            .formatted(groups.entriesPerSync(), groups.bytesPerSync(), groups.bytesPerEntry()));
    Path folder = session.folders().next("bare");
    notes.add(
        "the disk's bare bandwidth, 8 MB a sync: %.0f MB/s; the ledger wrote %.0f MB/s"
            .formatted(
                Floor.bareBandwidth(folder, session.options().time()).bytesPerSecond() / 1e6,
                own.median() * groups.bytesPerEntry() / 1e6));
    Folders.remove(folder);
    return new ResultTable(
        name(),
        about(),
        "how many times as many the ledger seals (median of the rounds' own ratios), or how many"
            + " times as much processor time an entry takes there",
        figures,
        notes);
  }
}
