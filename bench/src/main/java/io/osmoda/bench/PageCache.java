package io.osmoda.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the operating system keeps of files in memory. */
final class PageCache {
  private static final Path DROP = Path.of("/proc/sys/vm/drop_caches");

  private PageCache() {}

  /**
   * Makes the machine forget all that it keeps of files on disk, so that they are read from there.
   *
   * @throws IOException where only root may, or there is no such file
   */
  static void drop() throws IOException {
    // What is not on disk yet would stay.
    Process sync = new ProcessBuilder("sync").inheritIO().start();
    try {
      if (sync.waitFor() != 0) {
        throw new IOException("sync ended with " + sync.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while files were written to disk", e);
    }
    Files.writeString(DROP, "3\n", StandardCharsets.US_ASCII);
  }
}
