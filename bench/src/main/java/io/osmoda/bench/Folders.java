package io.osmoda.bench;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** The folder that a run works in: recreated, and removed with all its contents. */
final class Folders implements AutoCloseable {
  private final Path base;
  private final boolean madeParent;
  private final Thread removal;
  private int count;

  /** Makes a new folder below another, which is made too where it is missing. */
  Folders(Path below) throws IOException {
    madeParent = !Files.exists(below);
    Files.createDirectories(below);
    base = Files.createTempDirectory(below, "run-");
    // An interrupted run must not leave gigabytes behind.
    removal = new Thread(() -> removeQuietly(base));
    Runtime.getRuntime().addShutdownHook(removal);
  }

  Path base() {
    return base;
  }

  /** A path for something new; nothing stands there. */
  Path next(String name) {
    count++;
    return base.resolve(name + "-" + count);
  }

  static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void removeQuietly(Path folder) {
    try {
      remove(folder);
    } catch (IOException e) {
      System.err.println("could not remove " + folder + ": " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(removal);
    remove(base);
    Path parent = base.getParent();
    if (madeParent && parent != null) {
      try {
        Files.delete(parent);
      } catch (DirectoryNotEmptyException e) {
        // another run works there
      }
    }
  }
}
