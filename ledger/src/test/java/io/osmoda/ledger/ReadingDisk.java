package io.osmoda.ledger;

import io.osmoda.format.folder.ReadDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A disk that can be read only: whatever would write fails the test. */
record ReadingDisk(ReadDisk readable) implements Disk {
  @Override
  public ReadFile openRead(Path file) throws IOException {
    return readable.openRead(file);
  }

  @Override
  public boolean exists(Path path) {
    return readable.exists(path);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    return readable.list(directory);
  }

  @Override
  public DiskFile openWrite(Path file) {
    throw written(file);
  }

  @Override
  public DiskFile create(Path file) {
    throw written(file);
  }

  @Override
  public boolean isWritable(Path directory) {
    return false;
  }

  @Override
  public void createDirectories(Path directory) {
    throw written(directory);
  }

  @Override
  public void createPrivateDirectory(Path directory) {
    throw written(directory);
  }

  @Override
  public void rename(Path from, Path to) {
    throw written(from);
  }

  @Override
  public void delete(Path file) {
    throw written(file);
  }

  @Override
  public void syncDirectory(Path directory) {
    throw written(directory);
  }

  @Override
  public @Nullable Closeable tryLock(Path file) {
    throw written(file);
  }

  private static IllegalStateException written(Path path) {
    return new IllegalStateException("a reader wrote to " + path);
  }
}
