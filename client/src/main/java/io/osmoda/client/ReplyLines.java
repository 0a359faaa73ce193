package io.osmoda.client;

import io.osmoda.format.entry.EntryLine;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a reply's body, read in blocks: a byte at a time costs more than the rest. */
final class ReplyLines {
  private static final int BLOCK = 64 * Wire.KIB;
  private static final int LONGEST = 2 * Wire.MIB;

  private final InputStream in;
  private byte[] buffer = new byte[BLOCK];
  private int begin;
  private int end;

  ReplyLines(InputStream in) {
    this.in = in;
  }

  /** The next line without its LF; null at the end. What the last LF leaves is a line too. */
  byte @Nullable [] next() throws IOException {
    int searched = begin;
    while (true) {
      int lineFeed = EntryLine.lineFeed(buffer, searched, end);
      if (lineFeed >= 0) {
        byte[] line = Arrays.copyOfRange(buffer, begin, lineFeed);
        begin = lineFeed + 1;
        return line;
      }
      searched = end - begin;
      if (searched > LONGEST) {
        throw new IOException("a line of the daemon's response is too long");
      }
      makeRoom();
      int read = in.read(buffer, end, buffer.length - end);
      if (read < 0) {
        byte[] rest = Arrays.copyOfRange(buffer, begin, end);
        begin = end;
        return rest.length == 0 ? null : rest;
      }
      end += read;
    }
  }

  private void makeRoom() {
    byte[] room = end - begin == buffer.length ? new byte[2 * buffer.length] : buffer;
    System.arraycopy(buffer, begin, room, 0, end - begin);
    buffer = room;
    end -= begin;
    begin = 0;
  }
}
