package io.osmoda.format.folder;

import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.folder.ReadDisk.ReadFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a segment's lines one after another, from a position on. A line is what ends in LF; bytes
 * after the last LF are told as {@link #unfinished}. Not thread-safe.
 */
public final class LineReader {
  /** Enough for a line that stands behind others which are passed over. */
  private static final int FIRST_READ = 1 << 15;

  /** For who reads on. */
  private static final int READ = 1 << 18;

  private final ReadFile file;
  private byte[] buffer = new byte[FIRST_READ];
  private int begin;
  private int end;
  private long filePosition;
  private int lineOffset;
  private int lineLength;
  private boolean tooLong;

  public LineReader(ReadFile file, long position) {
    this.file = file;
    this.filePosition = position;
  }

  /**
   * Goes to the next whole line.
   *
   * @return false if there is none; then {@link #unfinished} tells how many bytes follow, and
   *     {@link #isTooLong} whether they are more than a line may have
   */
  public boolean next() throws IOException {
    int searched = begin;
    while (true) {
      int lf = EntryLine.lineFeed(buffer, searched, end);
      if (lf >= 0) {
        lineOffset = begin;
        lineLength = lf - begin;
        begin = lf + 1;
        return true;
      }
      if (end - begin > EntryLine.MAX_LINE) {
        tooLong = true;
        return false;
      }
      searched = end - begin;
      makeRoom();
      searched += begin;
      int read = file.read(ByteBuffer.wrap(buffer, end, buffer.length - end), filePosition);
      if (read <= 0) {
        return false;
      }
      end += read;
      filePosition += read;
    }
  }

  private void makeRoom() {
    byte[] room = buffer;
    boolean isFull = end - begin == buffer.length;
    if (isFull || (end > 0 && buffer.length < READ)) {
      room = new byte[2 * buffer.length];
    }
    System.arraycopy(buffer, begin, room, 0, end - begin);
    buffer = room;
    end -= begin;
    begin = 0;
  }

  public byte[] buffer() {
    return buffer;
  }

  /** Where the line begins in {@link #buffer}. */
  public int offset() {
    return lineOffset;
  }

  /** The line's length without its LF. */
  public int length() {
    return lineLength;
  }

  /** Where in the file the bytes begin that were not handed out yet. */
  public long position() {
    return filePosition - (end - begin);
  }

  /** Bytes after the last whole line, as far as they were read. */
  public int unfinished() {
    return end - begin;
  }

  /** Whether what follows has no LF within the longest line. */
  boolean isTooLong() {
    return tooLong;
  }
}
