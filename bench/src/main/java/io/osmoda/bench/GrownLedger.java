package io.osmoda.bench;

import io.osmoda.ledger.Ledger;
import java.io.IOException;
import java.nio.file.Path;

/** A ledger that is made larger as the runs need it, so that its bytes are written once. */
final class GrownLedger {
  private final Path folder;
  private final Load load;
  private long entries;

  GrownLedger(Path folder, Load load) {
    this.folder = folder;
    this.load = load;
  }

  Path folder() {
    return folder;
  }

  /** Entries that it has, the first one that the ledger seals itself left out. */
  long entries() {
    return entries;
  }

  /**
   * Appends what is missing to the size, under full load.
   *
   * @return the pace of that; no entries where nothing was missing
   */
  Pace growTo(long size) throws Exception {
    long missing = size - entries;
    if (missing <= 0) {
      return new Pace(0, 1);
    }
    try (Ledger ledger = entries == 0 ? Ledgers.create(folder) : Ledgers.open(folder)) {
      Pace pace = load.forEntries(ledger, missing);
      entries = size;
      return pace;
    }
  }

  void remove() throws IOException {
    Ledgers.remove(folder);
    entries = 0;
  }
}
