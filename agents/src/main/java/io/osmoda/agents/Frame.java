package io.osmoda.agents;

/**
 * Bytes as they came from one side, to be handed to the other unchanged. A frame is one line with
 * its line end; only a line beyond the limit comes in several parts. Owned by whoever holds it; not
 * to be written to.
 */
final class Frame {
  /** Which part of a line these bytes are. */
  enum Part {
    /** A line with its LF, or the last bytes before the end of the stream. */
    WHOLE,
    /** The start of a line that is longer than the limit. */
    FIRST,
    /** More of such a line. */
    MORE
  }

  private final byte[] bytes;
  private final int length;
  private final Part part;

  Frame(byte[] bytes, int length, Part part) {
    this.bytes = bytes;
    this.length = length;
    this.part = part;
  }

  /** The bytes, from offset 0; the array may be longer than {@link #length}. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  Part part() {
    return part;
  }

  /** Length without the line end: LF or CR LF. */
  int contentLength() {
    int end = length;
    if (end > 0 && bytes[end - 1] == '\n') {
      end--;
      if (end > 0 && bytes[end - 1] == '\r') {
        end--;
      }
    }
    return end;
  }
}
