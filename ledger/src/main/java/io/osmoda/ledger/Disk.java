package io.osmoda.ledger;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The file operations that the ledger uses, and no others: so that a test can stand in for a disk
 * that fails, tears or forgets. Thread-safe as a file system is.
 */
interface Disk {
  /** Opens an existing file for reading. */
  DiskFile openRead(Path file) throws IOException;

  /** Opens a file for reading and writing, and makes it where it is missing. */
  DiskFile openWrite(Path file) throws IOException;

  /** Opens a new file for writing; fails where one exists. */
  DiskFile create(Path file) throws IOException;

  boolean exists(Path path);

  /** Whether files can be made in the folder. */
  boolean isWritable(Path directory);

  /** The names in a folder, sorted; empty where the folder is missing. */
  List<String> list(Path directory) throws IOException;

  void createDirectories(Path directory) throws IOException;

  /**
   * Makes a folder that nobody but its owner can enter, whatever the umask; a folder that is there
   * already stays as it is. Folders above it are made as usual.
   */
  void createPrivateDirectory(Path directory) throws IOException;

  /** Renames within one file system, replacing what stood there, atomically. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file where it exists. */
  void delete(Path file) throws IOException;

  /** Makes the folder's names durable (fsync of the directory). */
  void syncDirectory(Path directory) throws IOException;

  /**
   * Takes an exclusive lock on a file for as long as the result stays open; the operating system
   * lets go of it when the process dies.
   *
   * @return null where another holds it
   */
  @org.jspecify.annotations.Nullable
  Closeable tryLock(Path file) throws IOException;

  /** A whole file's bytes. */
  default byte[] readAll(Path file) throws IOException {
    try (DiskFile in = openRead(file)) {
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

  /** Replaces a file's content so that after a crash either the old or the new is there, whole. */
  default void replace(Path file, byte[] content) throws IOException {
    Path directory = file.resolveSibling("");
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    delete(temporary);
    try (DiskFile out = create(temporary)) {
      out.write(ByteBuffer.wrap(content), 0);
      out.sync();
    }
    rename(temporary, file);
    syncDirectory(directory);
  }

  /** An open file. Not thread-safe, but positional reads may run beside one writer. */
  interface DiskFile extends Closeable {
    /** Reads at least one byte at the position; -1 at the end of the file. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes the whole buffer, which is backed by an array, at the position. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Makes content and length durable (fdatasync). */
    void sync() throws IOException;

    void truncate(long size) throws IOException;

    long size() throws IOException;
  }
}
