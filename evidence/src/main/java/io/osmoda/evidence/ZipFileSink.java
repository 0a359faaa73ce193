package io.osmoda.evidence;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes a bundle as a zip file, which appears under its name when it is whole. */
public final class ZipFileSink implements BundleSink {
  private final Path target;
  private final Path draft;
  private final OutputStream out;
  private final ZipSink zip;

  /**
   * A bundle under that name.
   *
   * @throws FileAlreadyExistsException if there is something under that name
   * @throws NoSuchFileException if there is no folder for it
   */
  public ZipFileSink(Path target) throws IOException {
    this.target = target.toAbsolutePath();
    this.draft =
        Files.createTempFile(
            BundleSink.folderFor(target),
            ".osmoda-export-",
            ".zip",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    this.out = new BufferedOutputStream(Files.newOutputStream(draft), 1 << 16);
    this.zip = new ZipSink(out);
  }

  @Override
  public OutputStream begin(String name) throws IOException {
    return zip.begin(name);
  }

  @Override
  public void finish() throws IOException {
    zip.finish();
    out.close();
    Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    zip.close();
    out.close();
    Files.deleteIfExists(draft);
  }
}
