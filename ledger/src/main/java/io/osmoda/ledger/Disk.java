package io.osmoda.ledger;

import io.osmoda.format.folder.ReadDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The file operations that the writer uses beyond {@link ReadDisk}, and no others: so that a test
 * can stand in for a disk that fails, tears or forgets. Thread-safe as a file system is.
 */
interface Disk extends ReadDisk {
  /** Opens a file for reading and writing, and makes it where it is missing. */
  DiskFile openWrite(Path file) throws IOException;

  /** Opens a new file for writing; fails where one exists. */
  DiskFile create(Path file) throws IOException;

  /** Whether files can be made in the folder. */
  boolean isWritable(Path directory);

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

  /** A file that is open for writing too. Not thread-safe. */
  interface DiskFile extends ReadFile {
    /** Writes the whole buffer, which is backed by an array, at the position. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Makes content and length durable (fdatasync). */
    void sync() throws IOException;

    void truncate(long size) throws IOException;
  }
}
