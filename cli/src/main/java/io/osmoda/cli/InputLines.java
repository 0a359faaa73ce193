package io.osmoda.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Lines of a stream, read in blocks and handed out where they stand in the block. Not thread-safe.
 */
final class InputLines {
  private static final int BLOCK = 1 << 16;

  private final InputStream in;
  private final int longest;
  private byte[] block = new byte[BLOCK];
  private int end;
  private int start;
  private int length;
  private int next;
  private boolean isTooLong;
  private boolean isOver;

  /**
   * @param longest bytes of a line, without its LF, that are kept; of a longer one only its number
   *     counts
   */
  InputLines(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /** Goes to the next line; false after the last. */
  boolean next() throws IOException {
    start = next;
    isTooLong = false;
    int at = start;
    while (true) {
      while (at < end && block[at] != '\n') {
        at++;
      }
      if (at < end) {
        next = at + 1;
        break;
      }
      if (at - start > longest) {
        isTooLong = true; // what was read of it is dropped
        start = 0;
        end = 0;
        at = 0;
      }
      if (isOver) {
        next = at;
        if (at == start && !isTooLong) {
          return false;
        }
        break;
      }
      at -= start;
      fill();
    }
    length = at - start;
    isTooLong |= length > longest;
    return true;
  }

  /** Reads more behind the line's beginning, which moves to the block's. */
  private void fill() throws IOException {
    int kept = end - start;
    if (start > 0) {
      System.arraycopy(block, start, block, 0, kept);
      start = 0;
    } else if (kept == block.length) {
      block = Arrays.copyOf(block, 2 * block.length);
    }
    int count = in.read(block, kept, block.length - kept);
    isOver = count < 0;
    end = kept + Math.max(0, count);
  }

  /** What holds the line; valid up to the next call of {@link #next}. */
  byte[] bytes() {
    return block;
  }

  int start() {
    return start;
  }

  int length() {
    return length;
  }

  /** Whether the line is longer than what is kept; then its bytes are not there. */
  boolean isTooLong() {
    return isTooLong;
  }
}
