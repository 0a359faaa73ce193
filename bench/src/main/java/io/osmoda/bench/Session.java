package io.osmoda.bench;

import io.osmoda.ledger.EntryDraft;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

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
