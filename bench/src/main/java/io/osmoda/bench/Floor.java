package io.osmoda.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * The least that durability costs: bytes that lie ready are appended to a plain file in groups,
 * each followed by fdatasync. Nothing is hashed, linked or handed between threads.
 */
final class Floor {
  private static final int BARE_WRITE_BYTES = 8 << 20;

  private Floor() {}

  /**
   * What a run of groups took.
   *
   * @param medianMicros of one write with its sync
   */
  record Written(long bytes, long nanos, double medianMicros) {
    double bytesPerSecond() {
      return bytes * 1e9 / nanos;
    }
  }

  /**
   * Writes groups of the sizes given, over and over, for about a time.
   *
   * @param lines a direct buffer of whole lines, at least as long as the largest group
   * @param groupBytes the size of each group in turn
   */
  static Written write(Path folder, ByteBuffer lines, int[] groupBytes, Duration time)
      throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("floor.ndjson");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      long start = System.nanoTime();
      long end = start + time.toNanos();
      long at = 0;
      Histogram each = new Histogram(3);
      int from = 0;
      long now = start;
      for (int i = 0; now < end; i = i + 1 == groupBytes.length ? 0 : i + 1) {
        int size = groupBytes[i];
        if (from + size > lines.capacity()) {
          from = 0;
        }
        ByteBuffer group = lines.slice(from, size);
        while (group.hasRemaining()) {
          at += channel.write(group, at);
        }
        channel.force(false);
        from += size;
        long done = System.nanoTime();
        each.recordValue(done - now);
        now = done;
      }
      return new Written(at, now - start, each.getValueAtPercentile(50) / 1e3);
    }
  }

  /** What the disk takes at best: big writes one after the other, each synced. */
  static Written bareBandwidth(Path folder, Duration time) throws IOException {
    return write(
        folder, Lines.of(1, BARE_WRITE_BYTES).buffer(), new int[] {BARE_WRITE_BYTES}, time);
  }
}
