package io.osmoda.ledger;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.ControlActions;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.LedgerDamagedException;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;

/**
 * Which holds are in force, read out of the entries themselves and never out of a derived file: an
 * index that lacks a hold must not let a payload go. The first look reads the whole ledger, later
 * ones what came since. Not thread-safe.
 */
final class LegalHolds {
  private final LedgerReader reader;
  private final TreeMap<Long, Hold> inForce = new TreeMap<>();
  private long looked;

  LegalHolds(LedgerReader reader) {
    this.reader = reader;
  }

  /**
   * The holds in force, in the order in which they were set.
   *
   * @throws LedgerDamagedException if an entry is not what was sealed: then nobody knows
   */
  List<Hold> inForce() throws IOException {
    long end = reader.size();
    try (EntryCursor cursor = reader.read(looked, end)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        take(entry);
        looked = entry.seq() + 1;
      }
    }
    return List.copyOf(inForce.values());
  }

  private void take(Entry entry) {
    if (!entry.source().equals(ControlActions.STATEMENT_SOURCE)) {
      return;
    }
    switch (entry.action()) {
      case ControlActions.HOLD_SET -> inForce.put(entry.seq(), Hold.of(entry));
      case ControlActions.HOLD_RELEASE -> {
        for (CauseReference cause : entry.causedBy()) {
          if (cause.origin().isEmpty()) {
            inForce.remove(cause.seq()); // the writer checked that the hash is that entry's
          }
        }
      }
      default -> {}
    }
  }
}
