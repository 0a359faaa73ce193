package io.osmoda.ledger;

import io.osmoda.format.log.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sealed lines that share one write and one sync. Reused. Handed from the sealer to the writer, and
 * never touched by both at once.
 */
final class Group {
  /** A group takes no further entry from this size on, so it never exceeds 16 MiB (section 4). */
  static final int FULL_BYTES = 4 << 20;

  private byte[] lines = new byte[64 << 10];
  private byte[] entryHashes = new byte[64 * Hash.LENGTH];
  private int[] ends = new int[64];
  private final List<PendingAppend> appends = new ArrayList<>();
  private long firstSeq;
  private int count;
  private int size;
  private long lastTimestamp;

  void reset(long firstSeq) {
    this.firstSeq = firstSeq;
    count = 0;
    size = 0;
    appends.clear();
    if (lines.length > FULL_BYTES * 2) {
      lines = new byte[64 << 10];
    }
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean isFull() {
    return size >= FULL_BYTES;
  }

  long firstSeq() {
    return firstSeq;
  }

  int count() {
    return count;
  }

  int size() {
    return size;
  }

  /** Timestamp of the last entry, nanoseconds since 1970. */
  long lastTimestamp() {
    return lastTimestamp;
  }

  List<PendingAppend> appends() {
    return appends;
  }

  /** Where in the group the line with that index ends, exclusive. */
  int end(int index) {
    return ends[index];
  }

  ByteBuffer bytes() {
    return ByteBuffer.wrap(lines, 0, size);
  }

  byte[] entryHashes() {
    return entryHashes;
  }

  /** Makes room for a line of at most that many bytes and its hash. */
  void reserve(int bytes) {
    if (size + bytes > lines.length) {
      lines = Arrays.copyOf(lines, Math.max(lines.length * 2, size + bytes));
    }
    if ((count + 1) * Hash.LENGTH > entryHashes.length) {
      entryHashes = Arrays.copyOf(entryHashes, entryHashes.length * 2);
      ends = Arrays.copyOf(ends, ends.length * 2);
    }
  }

  byte[] lines() {
    return lines;
  }

  int entryHashAt() {
    return count * Hash.LENGTH;
  }

  /** Takes in the line that was written at the end. */
  void added(int newSize, long timestamp) {
    ends[count] = newSize;
    size = newSize;
    lastTimestamp = timestamp;
    count++;
  }

  Hash entryHash(long seq) {
    return Hash.of(entryHashes, (int) (seq - firstSeq) * Hash.LENGTH, Hash.LENGTH);
  }
}
