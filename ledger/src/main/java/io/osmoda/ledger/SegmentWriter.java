package io.osmoda.ledger;

import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.ledger.Disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;

/**
 * Appends groups of lines to {@code segments/} and makes each durable before it returns. Begins a
 * new file from the size limit on, after the last one is synced (section 4). Not thread-safe: one
 * writer at a time, but for {@link #extent}. After an {@link IOException} it must not be used
 * again: the content of the file is then known to nobody until a restart reads it.
 */
final class SegmentWriter implements Closeable {
  private final Disk disk;
  private final LedgerFolder folder;
  private final long limit;
  private final LedgerReader reader;
  private DiskFile file;
  private long firstSeq;
  private long size;
  private volatile Extent extent;

  /**
   * How far the segments reach.
   *
   * @param segments number of segments
   * @param activeBytes durable bytes in the one that takes new lines
   */
  record Extent(long segments, long activeBytes) {}

  /**
   * Continues the segment that begins with {@code firstSeq} at {@code size} bytes.
   *
   * @param reader told where the lines stand
   */
  SegmentWriter(
      Disk disk,
      LedgerFolder folder,
      long limit,
      LedgerReader reader,
      long firstSeq,
      long size,
      long segments)
      throws IOException {
    this.disk = disk;
    this.folder = folder;
    this.limit = limit;
    this.reader = reader;
    this.firstSeq = firstSeq;
    this.size = size;
    this.extent = new Extent(segments, size);
    this.file = disk.openWrite(folder.segment(firstSeq));
    // Whoever made the file may have failed before its name was durable.
    disk.syncDirectory(folder.segments());
  }

  /** First sequence number of the segment that takes new lines. */
  long firstSeq() {
    return firstSeq;
  }

  /** How far the segments reach; may be asked by any thread. */
  Extent extent() {
    return extent;
  }

  /** Writes and syncs a group. */
  void write(Group group) throws IOException {
    if (size >= limit) {
      rotate(group.firstSeq());
    }
    file.write(group.bytes(), size);
    file.sync();
    reader.written(firstSeq, size, group);
    size += group.size();
    extent = new Extent(extent.segments(), size);
  }

  /** Closes the segment, which is synced after each group, and begins the next. */
  void rotate(long nextSeq) throws IOException {
    if (size == 0) {
      return; // an empty segment already begins with the next entry
    }
    file.close();
    file = disk.create(folder.segment(nextSeq));
    disk.syncDirectory(folder.segments());
    firstSeq = nextSeq;
    size = 0;
    extent = new Extent(extent.segments() + 1, size);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
