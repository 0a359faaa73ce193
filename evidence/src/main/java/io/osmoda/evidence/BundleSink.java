package io.osmoda.evidence;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Where a bundle's files go, one after the other. What was begun and is closed without {@link
 * #finish} leaves nothing behind where that can be had. Not thread-safe.
 */
public interface BundleSink extends Closeable {
  /**
   * The folder in which something new can take that name.
   *
   * @throws FileAlreadyExistsException if there is something under that name
   * @throws NoSuchFileException if there is no folder for it
   */
  static Path folderFor(Path target) throws IOException {
    Path absolute = target.toAbsolutePath();
    if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    Path parent = absolute.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new NoSuchFileException(String.valueOf(parent));
    }
    return parent;
  }

  /** Begins a file; closing the stream ends it, before the next is begun. */
  OutputStream begin(String name) throws IOException;

  /** The bundle is whole. */
  void finish() throws IOException;
}
