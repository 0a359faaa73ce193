package io.osmoda.format.folder;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The file operations that reading a ledger needs, and no others: who has only this can write
 * nothing, and a test can stand in for a disk that fails. Thread-safe as a file system is.
 */
public interface ReadDisk {
  /** The machine's own file system. */
  static ReadDisk real() {
    return RealReadDisk.INSTANCE;
  }

  /** Opens an existing file for reading. */
  ReadFile openRead(Path file) throws IOException;

  /** Whether something stands there. */
  boolean exists(Path path);

  /** The names in a folder, sorted; empty where the folder is missing. */
  List<String> list(Path directory) throws IOException;

  /** A whole file's bytes. */
  default byte[] readAll(Path file) throws IOException {
    try (ReadFile in = openRead(file)) {
      long size = in.size();
      if (size > Integer.MAX_VALUE - 8) {
        throw new IOException(file + " is too large to be read at once: " + size + " bytes");
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      while (buffer.hasRemaining() && in.read(buffer, buffer.position()) > 0) {
        // until full or the file got shorter
      }
      byte[] bytes = new byte[buffer.position()];
      buffer.flip().get(bytes);
      return bytes;
    }
  }

  /**
   * A file that is open for reading. Not thread-safe, but positional reads may run beside a writer.
   */
  interface ReadFile extends Closeable {
    /** Reads at least one byte at the position; -1 at the end of the file. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Bytes. */
    long size() throws IOException;
  }
}
