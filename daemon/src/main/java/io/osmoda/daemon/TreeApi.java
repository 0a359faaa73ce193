package io.osmoda.daemon;

import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;

/** The log as C2SP tlog-tiles serves it: {@code /checkpoint} and {@code /tile/…}. Thread-safe. */
final class TreeApi {
  private static final String OCTETS = "application/octet-stream";
  private static final String FOR_EVER = "private, max-age=31536000, immutable";

  private final LedgerReader reader;

  TreeApi(LedgerReader reader) {
    this.reader = reader;
  }

  /** {@code GET /checkpoint}: the newest signed note. */
  void checkpoint(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    exchange.bytes(200, Exchange.TEXT, reader.newestCheckpoint().note());
  }

  /** {@code GET /tile/…}: a tile never changes. */
  void tile(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    byte[] tile = reader.tile("tile/" + exchange.pathParameter("path"));
    if (tile == null) {
      throw Problem.notFound(
          "the tree of the newest checkpoint has no such tile; paths are as in C2SP tlog-tiles");
    }
    exchange.response().getHeaders().put(HttpHeader.CACHE_CONTROL, FOR_EVER);
    exchange.bytes(200, OCTETS, tile);
  }
}
