package io.osmoda.ledger;

import io.osmoda.format.folder.ReadDisk.ReadFile;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where every 32nd line of a segment begins: finds an entry without reading the segment. Derived:
 * kept in {@code index/}, rebuilt from the segment when missing, of another length or wrong. A
 * reader checks the line that it finds, so that a doctored file costs time and nothing else. One
 * thread at a time may add to it; others may ask meanwhile.
 */
final class SegmentOffsets {
  /** Lines between two kept offsets. */
  static final int STRIDE = 32;

  private static final int HEADER = 2 * Long.BYTES;
  private static final int CHUNK = 1 << 18;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EACH = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private volatile long[] offsets = new long[64];
  private int kept;

  // Told last, so that who sees a line also finds its offset.
  private volatile long lines;

  private long bytes;
  private long written = -1;

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
  void extend(ReadFile file) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long position = bytes;
    while (true) {
      int read = file.read(ByteBuffer.wrap(chunk), position);
      if (read <= 0) {
        return;
      }
      for (int at = afterLf(chunk, 0, read); at > 0; at = afterLf(chunk, at, read)) {
        addLineEndingAt(position + at);
      }
      position += read;
    }
  }

  /** Where the line goes on after the next LF, or -1; eight bytes at a time, as lines are long. */
  private static int afterLf(byte[] chunk, int from, int to) {
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long word = (long) LONGS.get(chunk, at) ^ EACH * '\n';
      long zeros = (word - EACH) & ~word & HIGH_BITS; // its lowest bit marks the first LF
      if (zeros != 0) {
        return at + (Long.numberOfTrailingZeros(zeros) >>> 3) + 1;
      }
    }
    for (; at < to; at++) {
      if (chunk[at] == '\n') {
        return at + 1;
      }
    }
    return -1;
  }

  /** Takes in a whole line that ends at {@code end}, exclusive. */
  void addLineEndingAt(long end) {
    long line = lines;
    if (line % STRIDE == 0) {
      if (kept == offsets.length) {
        offsets = Arrays.copyOf(offsets, kept * 2);
      }
      offsets[kept++] = bytes;
    }
    bytes = end;
    lines = line + 1;
  }

  /** Whether there is something that the file in {@code index/} does not have. */
  boolean isChanged() {
    return bytes != written;
  }

  void write(Disk disk, Path file) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(HEADER + kept * Long.BYTES);
    out.putLong(lines).putLong(bytes);
    for (int i = 0; i < kept; i++) {
      out.putLong(offsets[i]);
    }
    disk.replace(file, out.array());
    written = bytes;
  }

  /** What the file keeps, or null where it is missing, malformed or of another segment length. */
  static @Nullable SegmentOffsets read(Disk disk, Path file, long segmentBytes) throws IOException {
    ByteBuffer in;
    try {
      in = ByteBuffer.wrap(disk.readAll(file));
    } catch (NoSuchFileException e) {
      return null; // never made, or deleted this moment by a redaction
    }
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
    long[] read = new long[Math.max(64, result.kept)];
    long previous = -1;
    for (int i = 0; i < result.kept; i++) {
      long offset = in.getLong();
      if (offset <= previous || offset >= result.bytes || (i == 0 && offset != 0)) {
        return null;
      }
      read[i] = offset;
      previous = offset;
    }
    result.offsets = read;
    result.written = result.bytes;
    return result;
  }
}
