package io.osmoda.bench;

import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Recorder;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.ledger.SegmentExtent;
import io.osmoda.query.IndexFollower;
import io.osmoda.query.LedgerIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A ledger of what a fleet of agents did over some weeks, with its index. */
final class FleetLedger {
  static final Duration SPAN = Duration.ofDays(28);
  static final int PRODUCERS = 2;
  private static final int SESSIONS = 1_024;
  private static final int LEAST_ENTRIES_A_SESSION = 20;
  private static final long SEED = 20_261_124;

  private final Path folder;
  private final long entries;

  private FleetLedger(Path folder, long entries) {
    this.folder = folder;
    this.entries = entries;
  }

  /** Makes a ledger of so many entries, beside those that it seals itself. */
  static FleetLedger create(Path folder, long entries) throws Exception {
    SpreadTime time = new SpreadTime(SPAN, entries);
    LedgerOptions options = LedgerOptions.defaults().withTime(time);
    try (Ledger ledger = Ledger.create(folder, Ledgers.ORIGIN, options)) {
      append(ledger, entries, time::advance);
    }
    return new FleetLedger(folder, entries);
  }

  /** Appends what a fleet does, as fast as the ledger takes it, and waits until all is durable. */
  static Pace append(Recorder ledger, long entries, Runnable made) throws Exception {
    return Producers.run(
        PRODUCERS,
        0,
        (producer, end) -> {
          long share = entries / PRODUCERS + (producer < entries % PRODUCERS ? 1 : 0);
          AgentFleet fleet = fleet(producer, share);
          CompletableFuture<Receipt> last = CompletableFuture.completedFuture(null);
          for (long i = 0; i < share; i++) {
            last = ledger.append(fleet.next());
            fleet.appended(last);
            made.run();
          }
          last.get();
          return share;
        });
  }

  /** The agents of one producer. */
  static AgentFleet fleet(int producer, long entries) {
    long sessions = Math.clamp(entries / LEAST_ENTRIES_A_SESSION, 2, SESSIONS);
    return new AgentFleet(SEED + producer, (int) sessions);
  }

  Path folder() {
    return folder;
  }

  /** Entries that it has, those left out that the ledger sealed itself. */
  long entries() {
    return entries;
  }

  /**
   * Rebuilds the index.
   *
   * @return the pace of that, with the entries that the ledger sealed itself
   */
  Pace index(int threads) throws IOException {
    try (LedgerReader reader = LedgerReader.open(folder)) {
      for (SegmentExtent extent : reader.extents()) {
        Folders.remove(reader.derivedFolder(extent.first()));
      }
      try (LedgerIndex index = LedgerIndex.open(reader)) {
        return complete(index, reader, threads);
      }
    }
  }

  /** Makes what the index lacks, if anything. */
  void completeIndex() throws IOException {
    try (LedgerReader reader = LedgerReader.open(folder);
        LedgerIndex index = LedgerIndex.open(reader)) {
      if (index.missing() > 0) {
        complete(index, reader, Runtime.getRuntime().availableProcessors());
      }
    }
  }

  private static Pace complete(LedgerIndex index, LedgerReader reader, int threads)
      throws IOException {
    long start = System.nanoTime();
    IndexFollower.makeAll(index, threads, more -> {});
    long nanos = System.nanoTime() - start;
    if (index.missing() > 0) {
      throw new IOException("the index lacks " + index.missing() + " entries after it was made");
    }
    return new Pace(reader.size(), nanos);
  }

  long segmentBytes() throws IOException {
    return Ledgers.segmentBytes(folder);
  }

  /** Bytes of the partitions, what else stands beside them left out. */
  long indexBytes() throws IOException {
    long bytes = 0;
    try (LedgerReader reader = LedgerReader.open(folder)) {
      for (SegmentExtent extent : reader.extents()) {
        try (Stream<Path> files = Files.list(reader.derivedFolder(extent.first()))) {
          List<Path> all = files.toList();
          for (Path file : all) {
            bytes += Files.size(file);
          }
        }
      }
    }
    return bytes;
  }

  void remove() throws IOException {
    Ledgers.remove(folder);
  }
}
