package io.osmoda.query;

import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.log.Hash;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.ledger.SegmentExtent;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;

/**
 * What the index knows of one segment of the ledger: a document an entry, in their order, so that a
 * document's number is its entry's place in the segment. Immutable; the reader is counted by {@link
 * IndexSnapshot}s and closed after the last of them.
 *
 * @param first sequence number of its first entry
 * @param end sequence number after the last that it knows
 * @param rewrites the segment's count of rewrites when its lines were read
 */
record Partition(long first, long end, long rewrites, DirectoryReader reader) {
  private static final String SCHEMA = "schema";
  private static final String ORIGIN = "origin";
  private static final String FIRST = "first";
  private static final String END = "end";
  private static final String BYTES = "bytes";
  private static final String TIP = "tip";

  /**
   * What a commit says about itself. The last entry's hash and where its line ends tell whether the
   * segment still holds the lines that were indexed: a redaction makes lines shorter.
   */
  record Mark(String schema, String origin, long first, long end, long bytes, String tip) {
    static Mark of(LedgerReader ledger, String origin, long first, long end) throws IOException {
      return end == first
          ? new Mark(EntryDocument.SCHEMA, origin, first, end, 0, Hash.ZERO.hex())
          : new Mark(
              EntryDocument.SCHEMA,
              origin,
              first,
              end,
              ledger.endOf(end - 1, first),
              ledger.entry(end - 1).entryHash().hex());
    }

    Map<String, String> data() {
      return Map.of(
          SCHEMA,
          schema,
          ORIGIN,
          origin,
          FIRST,
          Long.toString(first),
          END,
          Long.toString(end),
          BYTES,
          Long.toString(bytes),
          TIP,
          tip);
    }

    /** The end that a commit claims; -1 where it claims none that can be. */
    static long end(Map<String, String> data) {
      String end = data.getOrDefault(END, "");
      return end.matches("[0-9]{1,16}") ? Long.parseLong(end) : -1;
    }
  }

  /** Whether it knows all of a segment. */
  boolean covers(SegmentExtent extent) {
    return first == extent.first() && end >= extent.end() && rewrites == extent.rewrites();
  }

  /** Opens what was committed of a segment; null where there is nothing that can be relied on. */
  static @Nullable Partition open(LedgerReader ledger, String origin, SegmentExtent extent)
      throws IOException {
    Path folder = ledger.derivedFolder(extent.first());
    if (!Files.isDirectory(folder) || extent.isBeingRewritten()) {
      return null;
    }
    try {
      DirectoryReader reader = DirectoryReader.open(FSDirectory.open(folder));
      Map<String, String> data = reader.getIndexCommit().getUserData();
      long end = Mark.end(data);
      if (end - extent.first() == reader.maxDoc()
          && reader.numDocs() == reader.maxDoc()
          && isOf(data, ledger, origin, extent, end)) {
        return new Partition(extent.first(), end, extent.rewrites(), reader);
      }
      reader.close();
      return null;
    } catch (CorruptIndexException
        | IndexFormatTooNewException
        | IndexFormatTooOldException
        | NoSuchFileException
        | EOFException
        | FileNotFoundException
        | IllegalArgumentException
        | IllegalStateException e) {
      // Damaged or half deleted: it is derived, so it is rebuilt, and until then the segment is
      // read instead.
      return null;
    }
  }

  /** Whether a commit is of the lines that the segment holds now. */
  static boolean isOf(
      Map<String, String> data, LedgerReader ledger, String origin, SegmentExtent extent, long end)
      throws IOException {
    if (end < extent.first() || end > extent.end()) {
      return false;
    }
    try {
      return Mark.of(ledger, origin, extent.first(), end).data().equals(data);
    } catch (LedgerDamagedException e) {
      return false; // whoever reads the segment will be told
    }
  }

  /** Lets go of it; the last who does closes the files. */
  void close() throws IOException {
    reader.decRef();
  }
}
