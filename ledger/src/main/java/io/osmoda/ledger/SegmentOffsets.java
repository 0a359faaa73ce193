package io.osmoda.ledger;

import io.osmoda.ledger.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where every 32nd line of a segment begins: finds an entry without reading the segment. Derived:
 * kept in {@code index/}, made anew from the segment when missing, of another length or wrong. A
 * reader checks the line that it finds, so that a doctored file costs time and nothing else. Not
 * thread-safe.
 */
final class SegmentOffsets {
  /** Lines between two kept offsets. */
  static final int STRIDE = 32;

  private static final int HEADER = 2 * Long.BYTES;
  private static final int CHUNK = 1 << 18;

  private long[] offsets = new long[64];
  private int kept;
  private long lines;
  private long bytes;

  /** Whole lines known. */
  long lines() {
    return lines;
  }

  /** Bytes that they take. */
  long bytes() {
    return bytes;
  }

  /** The offset of the kept line at or before the given one, counted from the segment's first. */
  long before(long line) {
    return offsets[(int) (line / STRIDE)];
  }

  /** Reads on to the end of the file and takes in the whole lines that came since. */
  void extend(DiskFile file) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long position = bytes;
    while (true) {
      int read = file.read(ByteBuffer.wrap(chunk), position);
      if (read <= 0) {
        return;
      }
      for (int i = 0; i < read; i++) {
        if (chunk[i] == '\n') {
          addLineEndingAt(position + i + 1);
        }
      }
      position += read;
    }
  }

  private void addLineEndingAt(long end) {
    if (lines % STRIDE == 0) {
      if (kept == offsets.length) {
        offsets = Arrays.copyOf(offsets, kept * 2);
      }
      offsets[kept++] = bytes;
    }
    lines++;
    bytes = end;
  }

  void write(Disk disk, Path file) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(HEADER + kept * Long.BYTES);
    out.putLong(lines).putLong(bytes);
    for (int i = 0; i < kept; i++) {
      out.putLong(offsets[i]);
    }
    disk.replace(file, out.array());
  }

  /** What the file keeps, or null where it is missing, malformed or of another segment length. */
  static @Nullable SegmentOffsets read(Disk disk, Path file, long segmentBytes) throws IOException {
    if (!disk.exists(file)) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(disk.readAll(file));
    if (in.remaining() < HEADER) {
      return null;
    }
    SegmentOffsets result = new SegmentOffsets();
    result.lines = in.getLong();
    result.bytes = in.getLong();
    result.kept = in.remaining() / Long.BYTES;
    boolean fits =
        in.remaining() % Long.BYTES == 0
            && result.lines >= 0
            && result.kept == (result.lines + STRIDE - 1) / STRIDE
            && result.bytes >= result.lines
            && result.bytes <= segmentBytes;
    if (!fits) {
      return null;
    }
    result.offsets = new long[Math.max(64, result.kept)];
    long previous = -1;
    for (int i = 0; i < result.kept; i++) {
      long offset = in.getLong();
      if (offset <= previous || offset >= result.bytes || (i == 0 && offset != 0)) {
        return null;
      }
      result.offsets[i] = offset;
      previous = offset;
    }
    return result;
  }
}
