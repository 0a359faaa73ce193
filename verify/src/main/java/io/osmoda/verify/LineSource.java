package io.osmoda.verify;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The lines of a file, one after the other, at bounded memory. Not thread-safe. */
public final class LineSource {
  private final InputStream in;
  private byte[] buffer = new byte[1 << 16];
  private int from; // first byte that is not handed out
  private int filled;
  private int offset;
  private int length;
  private boolean hasLineFeed;
  private boolean isOversized;

  /** The lines of a stream, which stays the caller's to close. */
  public LineSource(InputStream in) {
    this.in = in;
  }

  /** Goes to the next line; false at the end. */
  public boolean next() throws IOException {
    int seen = from;
    isOversized = false;
    while (true) {
      int lineFeed = LineCheck.lineFeed(buffer, seen, filled);
      if (lineFeed >= 0) {
        offset = from;
        length = lineFeed - from;
        hasLineFeed = true;
        from = lineFeed + 1;
        return true;
      }
      if (filled - from > LineCheck.MAX_LINE) {
        isOversized = true; // what it holds is of no more interest, only where it ends
        filled = from;
      }
      seen = filled;
      if (filled == buffer.length) {
        if (from > 0) {
          System.arraycopy(buffer, from, buffer, 0, filled - from);
          filled -= from;
          seen = filled;
          from = 0;
        } else {
          buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
      }
      int count = in.read(buffer, filled, buffer.length - filled);
      if (count < 0) {
        offset = from;
        length = filled - from;
        hasLineFeed = false;
        from = filled;
        return length > 0 || isOversized;
      }
      filled += count;
    }
  }

  /** Lets the line be checked; whether it is an entry. */
  public boolean check(LineCheck check) {
    if (isOversized) {
      check.refuseOversized();
      return false;
    }
    return check.check(buffer, offset, offset + length + (hasLineFeed ? 1 : 0));
  }

  /** Where the line stands until the next is asked for. */
  public byte[] buffer() {
    return buffer;
  }

  /** Where in the buffer the line begins. */
  public int offset() {
    return offset;
  }

  /** Bytes without the LF; more than a line may have where it was too long to be kept. */
  public int length() {
    return isOversized ? LineCheck.MAX_LINE : length;
  }

  /** Whether the line ends in an LF, as all but a damaged file's last do. */
  public boolean hasLineFeed() {
    return hasLineFeed;
  }
}
