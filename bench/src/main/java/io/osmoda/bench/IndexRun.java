package io.osmoda.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** How fast the index of a ledger is made, and how large it is. */
final class IndexRun implements Run {
  /** Entries of the ledger that is put side by side with databases. */
  static final long COMPARED_ENTRIES = 1_000_000;

  private static final long WARM_UP_ENTRIES = 100_000;
  private static final double TARGET_PER_SECOND = 50_000;
  private static final double TARGET_SHARE = 0.5;

  @Override
  public String name() {
    return "index";
  }

  @Override
  public String about() {
    return "making the index of a ledger, beside filling a table of SQLite";
  }

  /** What was seen of making one index. */
  private record Made(double perSecond, double cpuMicros) {}

  @Override
  public ResultTable run(Session session) throws Exception {
    int cores = Runtime.getRuntime().availableProcessors();
    long entries = session.options().entries();
    FleetLedger warm = session.fleetLedger(Math.min(WARM_UP_ENTRIES, entries));
    make(session, "warm-up", warm, cores);

    FleetLedger compared = session.fleetLedger(Math.min(COMPARED_ENTRIES, entries));
    List<Double> one = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    for (int round = 1; round <= session.options().rounds(); round++) {
      one.add(make(session, "round " + round + ", 1 thread", compared, 1).perSecond());
      String threads = "round %d, %d threads".formatted(round, cores);
      all.add(make(session, threads, compared, cores).perSecond());
    }
    SqliteTable.Made table = session.sqliteTable(compared);

    FleetLedger large = session.fleetLedger(entries);
    Made largest = make(session, "%,d entries, %d threads".formatted(entries, cores), large, cores);
    double share = share(large);
    Series ofOne = new Series(one);
    Series ofAll = new Series(all);
    Series ofSqlite = Series.of(table.pace().perSecond());
    String at = ", %,d entries".formatted(compared.entries());
    String atLargest = ", %,d entries".formatted(entries);
    return new ResultTable(
        name(),
        about(),
        "how many times the rate at which SQLite's table is filled; of sizes, the part of the"
            + " segments",
        List.of(
            Figure.compared(
                    "index, %d threads".formatted(cores) + atLargest,
                    "entries/s",
                    Series.of(largest.perSecond()),
                    largest.perSecond() / ofSqlite.median())
                .target(">= 50,000", largest.perSecond() >= TARGET_PER_SECOND),
            Figure.compared(
                "index, %d threads".formatted(cores) + at,
                "entries/s",
                ofAll,
                ofAll.median() / ofSqlite.median()),
            Figure.compared(
                "index, 1 thread" + at, "entries/s", ofOne, ofOne.median() / ofSqlite.median()),
            Figure.plain("SQLite, 1 thread" + at, "entries/s", ofSqlite),
            Figure.plain(
                "index, processor time" + atLargest, "us/entry", Series.of(largest.cpuMicros())),
            Figure.compared(
                    "size of the index" + atLargest,
                    "MB",
                    Series.of(large.indexBytes() / 1e6),
                    share)
                .target("<= 0.5 of segments", share <= TARGET_SHARE),
            Figure.compared(
                "size of the index" + at,
                "MB",
                Series.of(compared.indexBytes() / 1e6),
                share(compared)),
            Figure.compared(
                "size of SQLite's table, indexes and words" + at,
                "MB",
                Series.of(table.bytes() / 1e6),
                (double) table.bytes() / compared.segmentBytes())),
        List.of(
            "entries of a fleet of agents over %d days, none twice; a segment's partition is made"
                    .formatted(FleetLedger.SPAN.toDays())
                + " by one thread",
            "every line is re-hashed on the way, for SQLite too",
            SqliteTable.HOW));
  }

  private static Made make(Session session, String what, FleetLedger ledger, int threads)
      throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = system.getProcessCpuTime();
    Pace pace = ledger.index(threads);
    cpu = system.getProcessCpuTime() - cpu;
    session.tell("  " + what + ": " + ResultTable.number(pace.perSecond()) + "/s");
    return new Made(pace.perSecond(), cpu / 1e3 / pace.entries());
  }

  private static double share(FleetLedger ledger) throws IOException {
    return (double) ledger.indexBytes() / ledger.segmentBytes();
  }
}
