package io.osmoda.agents;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a byte stream into lines without looking into them. The time is linear in the bytes, also
 * for long lines: each byte is searched once and moved a bounded number of times. Not thread-safe.
 */
final class FrameReader {
  private static final int CHUNK = 64 * 1024;

  /** From here on a line keeps the buffer it was read into, so that it is not copied once more. */
  private static final int LARGE = 1024 * 1024;

  private final InputStream in;
  private final int maxLine;
  private byte[] buffer = new byte[CHUNK];
  private int start;
  private int end;
  private int searched;
  private boolean ended;
  private boolean inLongLine;

  /**
   * @param maxLine longest line, in bytes, that is held as a whole; longer ones come in parts
   */
  FrameReader(InputStream in, int maxLine) {
    this.in = in;
    this.maxLine = maxLine;
  }

  /** The next frame, waiting for it; null at the end of the stream. */
  @Nullable Frame next() throws IOException {
    while (true) {
      Frame frame = buffered();
      if (frame != null) {
        return frame;
      }
      if (ended) {
        return start == end ? null : take(end, inLongLine ? Frame.Part.MORE : Frame.Part.WHOLE);
      }
      fill();
    }
  }

  /** The next frame if it can be had without waiting, else null. */
  @Nullable Frame poll() throws IOException {
    while (true) {
      Frame frame = buffered();
      if (frame != null) {
        return frame;
      }
      if (ended || in.available() <= 0) {
        return null;
      }
      fill();
    }
  }

  private @Nullable Frame buffered() {
    for (int i = searched; i < end; i++) {
      if (buffer[i] == '\n') {
        Frame.Part part = inLongLine ? Frame.Part.MORE : Frame.Part.WHOLE;
        inLongLine = false;
        return take(i + 1, part);
      }
    }
    searched = end;
    if (inLongLine && end > start) {
      return take(end, Frame.Part.MORE);
    }
    if (end - start > maxLine) {
      inLongLine = true;
      return take(end, Frame.Part.FIRST);
    }
    return null;
  }

  private Frame take(int to, Frame.Part part) {
    int length = to - start;
    byte[] bytes;
    if (length >= LARGE && start == 0) {
      bytes = buffer;
      byte[] rest = new byte[Math.max(CHUNK, end - to)];
      System.arraycopy(buffer, to, rest, 0, end - to);
      buffer = rest;
      end = end - to;
    } else {
      bytes = Arrays.copyOfRange(buffer, start, to);
      start = to;
      if (start == end) {
        start = 0;
        end = 0;
      }
    }
    searched = start;
    return new Frame(bytes, length, part);
  }

  private void fill() throws IOException {
    if (end == buffer.length) {
      if (start > 0) {
        System.arraycopy(buffer, start, buffer, 0, end - start);
        end -= start;
        searched -= start;
        start = 0;
      } else {
        buffer = Arrays.copyOf(buffer, Math.multiplyExact(buffer.length, 2));
      }
    }
    int read = in.read(buffer, end, buffer.length - end);
    if (read < 0) {
      ended = true;
    } else {
      end += read;
    }
  }
}
