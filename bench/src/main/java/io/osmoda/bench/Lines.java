package io.osmoda.bench;

import java.nio.ByteBuffer;

/**
 * Made-up lines that lie ready in memory.
 *
 * @param buffer the lines one after the other; a direct buffer, filled to its capacity (the last
 *     line may be cut)
 * @param averageBytes of a line
 */
record Lines(ByteBuffer buffer, double averageBytes) {
  /** No line of the generator's is longer. */
  static final int MAX_LINE = 4_096;

  /** At least so many bytes of lines. */
  static Lines of(long seed, int bytes) {
    EntryGenerator generator = new EntryGenerator(seed);
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    long total = 0;
    long count = 0;
    while (buffer.hasRemaining()) {
      byte[] line = generator.line(count);
      buffer.put(line, 0, Math.min(line.length, buffer.remaining()));
      total += line.length;
      count++;
    }
    return new Lines(buffer, (double) total / count);
  }
}
