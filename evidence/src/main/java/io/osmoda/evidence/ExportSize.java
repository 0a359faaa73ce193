package io.osmoda.evidence;

import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.Moments;
import io.osmoda.query.SeqAtTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * How large an export will be, told before it is made. Immutable.
 *
 * @param entries lines of entries.ndjson
 * @param bytes about so many at most: payloads of what does not match stay behind
 */
public record ExportSize(long entries, long bytes) {
  /**
   * Looks at a ledger's folder; entries are taken to be of one length.
   *
   * @throws IOException if it cannot be read
   */
  public static ExportSize expected(Path ledger, ExportRequest request) throws IOException {
    try (LedgerReader reader = LedgerReader.open(ledger)) {
      long size = reader.size();
      Instant from = request.from();
      Instant to = request.to();
      long first =
          from == null
              ? 0
              : Math.max(0, SeqAtTime.firstAtOrAfter(reader, Moments.stamp(from), size) - 1);
      long end =
          to == null
              ? size
              : Math.min(size, SeqAtTime.firstAtOrAfter(reader, Moments.stamp(to), size) + 1);
      long entries = Math.max(0, end - first);
      double share = size == 0 ? 0 : (double) entries / size;
      return new ExportSize(entries, Math.round(share * bytes(ledger.resolve("segments"))));
    }
  }

  private static long bytes(Path segments) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(segments)) {
      files = listed.filter(file -> file.toString().endsWith(".ndjson")).toList(); // no drafts
    }
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }
}
