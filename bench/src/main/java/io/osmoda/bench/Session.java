package io.osmoda.bench;

import io.osmoda.format.entry.EntryDraft;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What the runs of one call share: options, working folder, made-up entries, progress. */
final class Session implements AutoCloseable {
  /** Events that lie ready; more than any cache of the processor holds. */
  private static final int MAX_EVENTS = 16_384;

  private static final long SEED = 20_260_301;

  private final Options options;
  private final Folders folders;
  private final PrintStream progress;
  private final long start = System.nanoTime();
  private final Event[] events;
  private final EntryDraft[] drafts;
  private final GrownLedger grown;
  private final byte[][] lines;
  private final Map<Long, FleetLedger> fleets = new HashMap<>();
  private final Map<FleetLedger, SqliteTable.Made> tables = new HashMap<>();

  Session(Options options, PrintStream progress) throws IOException {
    this.options = options;
    this.progress = progress;
    this.folders = new Folders(options.directory());
    EntryGenerator generator = new EntryGenerator(SEED);
    int count = (int) Math.min(MAX_EVENTS, options.entries());
    this.events = new Event[count];
    this.drafts = new EntryDraft[count];
    this.lines = new byte[count][];
    for (int i = 0; i < count; i++) {
      events[i] = generator.next();
      drafts[i] = events[i].draft();
      lines[i] = generator.line(i);
    }
    this.grown = new GrownLedger(folders.next("grown"), Load.full(drafts));
  }

  Options options() {
    return options;
  }

  Folders folders() {
    return folders;
  }

  /** Made-up events; never to be written to. */
  Event[] events() {
    return events;
  }

  /** The same events as drafts; never to be written to. */
  EntryDraft[] drafts() {
    return drafts;
  }

  /** Made-up lines of the stored form; never to be written to. */
  byte[][] lines() {
    return lines;
  }

  /** The ledger that runs share and grow. */
  GrownLedger grownLedger() {
    return grown;
  }

  /** The ledger of so many entries of a fleet of agents, which runs share; made when asked for. */
  FleetLedger fleetLedger(long entries) throws Exception {
    FleetLedger ledger = fleets.get(entries);
    if (ledger == null) {
      tell("  making a ledger of %,d entries".formatted(entries));
      ledger = FleetLedger.create(folders.next("fleet"), entries);
      fleets.put(entries, ledger);
    }
    return ledger;
  }

  /** The same entries in a table of SQLite; made when asked for. */
  SqliteTable.Made sqliteTable(FleetLedger ledger) throws Exception {
    SqliteTable.Made table = tables.get(ledger);
    if (table == null) {
      tell("  filling a table of SQLite with %,d entries".formatted(ledger.entries()));
      table = SqliteTable.make(folders.next("sqlite"), ledger);
      tables.put(ledger, table);
    }
    return table;
  }

  /** Tells what is being done, for a person who waits. */
  void tell(String what) {
    progress.println(
        String.format(Locale.ROOT, "%6.1f s  %s", (System.nanoTime() - start) / 1e9, what));
  }

  @Override
  public void close() throws IOException {
    folders.close();
  }
}
