package io.osmoda.evidence;

import io.osmoda.verify.BundleFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes a bundle as a folder, which appears under its name when it is whole. Only its owner may
 * read it: it may hold payloads.
 */
public final class FolderSink implements BundleSink {
  private final Path target;
  private final Path draft;

  /**
   * A bundle under that name.
   *
   * @throws FileAlreadyExistsException if there is something under that name
   * @throws NoSuchFileException if there is no folder for it
   */
  public FolderSink(Path target) throws IOException {
    this.target = target.toAbsolutePath();
    this.draft =
        Files.createTempDirectory(
            BundleSink.folderFor(target),
            ".osmoda-export-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @Override
  public OutputStream begin(String name) throws IOException {
    if (!BundleFiles.isName(name)) {
      throw new IOException("not a valid name for a file in a bundle: " + name);
    }
    Path file = draft.resolve(name);
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  @Override
  public void finish() throws IOException {
    Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    if (!Files.exists(draft)) {
      return;
    }
    List<Path> left;
    try (Stream<Path> walk = Files.walk(draft)) {
      left = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : left) {
      Files.delete(path);
    }
  }
}
