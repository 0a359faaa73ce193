package io.osmoda.daemon;

import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.util.List;

/** The log as C2SP tlog-tiles serves it: {@code /checkpoint} and {@code /tile/…}. Thread-safe. */
final class TreeApi {
  private final LedgerReader reader;

  TreeApi(LedgerReader reader) {
    this.reader = reader;
  }

  /** {@code GET /checkpoint}: the newest signed note. */
  void checkpoint(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    exchange.bytes(200, Exchange.TEXT, reader.newestCheckpoint().note());
  }
}
