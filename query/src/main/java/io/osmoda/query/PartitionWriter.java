package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.ledger.SegmentExtent;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogByteSizeMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;

/**
 * Indexes one segment, in {@code index/<its first number>/}. Goes on where the last commit ended,
 * if that still fits the segment's lines, else starts over. Not thread-safe.
 */
final class PartitionWriter implements Closeable {
  /** Under load a segment is indexed in about so many steps, so most entries are merged once. */
  private static final int MERGE_FACTOR = 20;

  private final LedgerReader ledger;
  private final String origin;
  private final SegmentExtent extent;
  private final Directory directory;
  private final IndexWriter writer;
  private final EntryDocument document = new EntryDocument();
  private @Nullable EntryCursor cursor;
  private long end;
  private long committed;

  private PartitionWriter(
      LedgerReader ledger,
      String origin,
      SegmentExtent extent,
      Directory directory,
      IndexWriter writer,
      long end) {
    this.ledger = ledger;
    this.origin = origin;
    this.extent = extent;
    this.directory = directory;
    this.writer = writer;
    this.end = end;
    this.committed = end;
  }

  /**
   * Opens a segment's partition for writing.
   *
   * @param isLive whether it is read while it is written, in small steps
   * @param bufferMebibytes memory for what is not on disk yet
   */
  static PartitionWriter open(
      LedgerReader ledger,
      String origin,
      SegmentExtent extent,
      boolean isLive,
      double bufferMebibytes)
      throws IOException {
    Path folder = ledger.derivedFolder(extent.first());
    long end = committedEnd(ledger, origin, extent);
    if (end < 0) {
      clear(folder);
      end = extent.first();
    }
    Files.createDirectories(folder);
    IndexWriterConfig config = new IndexWriterConfig();
    config.setOpenMode(
        end == extent.first()
            ? IndexWriterConfig.OpenMode.CREATE
            : IndexWriterConfig.OpenMode.APPEND);
    config.setRAMBufferSizeMB(bufferMebibytes);
    config.setUseCompoundFile(false);
    config.setCommitOnClose(false);
    // Only neighbours are merged, so that the documents stay in the entries' order.
    LogByteSizeMergePolicy policy = new LogByteSizeMergePolicy();
    policy.setNoCFSRatio(0);
    policy.setMergeFactor(MERGE_FACTOR);
    config.setMergePolicy(policy);
    if (isLive) {
      ConcurrentMergeScheduler merges = new ConcurrentMergeScheduler();
      merges.setMaxMergesAndThreads(2, 1);
      merges.disableAutoIOThrottle();
      config.setMergeScheduler(merges);
    } else {
      config.setMergeScheduler(new SerialMergeScheduler());
    }
    Directory directory = FSDirectory.open(folder);
    try {
      return new PartitionWriter(
          ledger, origin, extent, directory, new IndexWriter(directory, config), end);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** How far a commit got that still fits; -1 if there is none. */
  private static long committedEnd(LedgerReader ledger, String origin, SegmentExtent extent)
      throws IOException {
    Partition known = Partition.open(ledger, origin, extent);
    if (known == null) {
      return -1;
    }
    known.close();
    return known.end();
  }

  /** Deletes a partition's files. */
  static void clear(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }

  /** Sequence number after the last entry taken. */
  long end() {
    return end;
  }

  /** Entries taken since the last commit. */
  long uncommitted() {
    return end - committed;
  }

  /** The segment as it was when this was opened. */
  SegmentExtent extent() {
    return extent;
  }

  /**
   * Takes entries, up to {@code to} exclusive.
   *
   * @param most how many at most
   * @return how many
   */
  int take(long to, int most) throws IOException {
    int taken = 0;
    while (taken < most && end < to) {
      if (cursor == null) {
        cursor = ledger.read(end, Long.MAX_VALUE);
      }
      Entry entry = cursor.next();
      if (entry == null) {
        closeCursor(); // one that is opened later sees what came since
        break;
      }
      writer.addDocument(document.of(entry));
      end++;
      taken++;
    }
    return taken;
  }

  /** A view of all that was taken, committed or not. */
  Partition view() throws IOException {
    return new Partition(extent.first(), end, extent.rewrites(), DirectoryReader.open(writer));
  }

  /** Makes what was taken durable, together with what it is of. */
  void commit() throws IOException {
    Map<String, String> data = Partition.Mark.of(ledger, origin, extent.first(), end).data();
    writer.setLiveCommitData(data.entrySet());
    writer.commit();
    committed = end;
  }

  /** Gives up what was not committed. */
  void giveUp() throws IOException {
    closeCursor();
    writer.rollback();
    directory.close();
  }

  /** Gives up what was not committed, and all files. */
  void discard() throws IOException {
    giveUp();
    clear(ledger.derivedFolder(extent.first()));
  }

  private void closeCursor() throws IOException {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }

  @Override
  public void close() throws IOException {
    closeCursor();
    writer.close();
    directory.close();
  }

  /** The segments of which the index folder has files, though the ledger has no such segment. */
  static List<Path> strays(LedgerReader ledger, List<SegmentExtent> extents) throws IOException {
    Path index = ledger.indexFolder();
    if (!Files.isDirectory(index)) {
      return List.of();
    }
    try (var files = Files.list(index)) {
      return files
          .filter(Files::isDirectory)
          .filter(
              folder ->
                  extents.stream()
                      .noneMatch(each -> ledger.derivedFolder(each.first()).equals(folder)))
          .toList();
    }
  }
}
