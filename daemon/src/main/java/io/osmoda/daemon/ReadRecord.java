package io.osmoda.daemon;

import io.osmoda.client.Receipts;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import java.io.IOException;
import java.util.List;

/** Puts reads of entries on record before anything is read: {@code ledger_query}. Thread-safe. */
final class ReadRecord {
  static final String ACTION = "ledger_query";

  private final Ledger ledger;

  ReadRecord(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Seals one entry that tells who reads what, and waits until it is durable.
   *
   * @param by who reads: the caller's name
   * @param via the way: {@code socket}, {@code http}, {@code embedded}
   * @param what the filter, or which entry
   */
  void seal(String by, String via, JsonObject what) throws IOException {
    Receipts.await(
        ledger.appendControl(
            ACTION,
            Status.OK,
            null,
            null,
            List.of(),
            JsonObject.builder().put("by", by).put("filter", what).put("via", via).build()));
  }
}
