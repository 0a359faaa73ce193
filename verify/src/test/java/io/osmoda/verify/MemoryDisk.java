package io.osmoda.verify;

import io.osmoda.format.folder.ReadDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder's files in memory, to be changed and read many times. For verifiers, which write only
 * whole files.
 */
public final class MemoryDisk implements ReadDisk {
  private final Map<Path, byte[]> files = new TreeMap<>();
  private @Nullable Path watched;
  private int opensLeft;
  private Runnable event = () -> {};

  public static MemoryDisk of(Path folder) {
    MemoryDisk disk = new MemoryDisk();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        disk.files.put(path, Files.readAllBytes(path));
      }
      return disk;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public MemoryDisk copy() {
    MemoryDisk copy = new MemoryDisk();
    copy.files.putAll(files);
    return copy;
  }

  public List<Path> paths() {
    return List.copyOf(files.keySet());
  }

  public byte[] get(Path file) {
    byte[] content = files.get(file);
    if (content == null) {
      throw new IllegalArgumentException("no file " + file);
    }
    return content;
  }

  public void put(Path file, byte[] content) {
    files.put(file, content);
  }

  /** Lets something happen just before a file is opened for the nth time from now. */
  public void onRead(Path file, int nth, Runnable what) {
    watched = file;
    opensLeft = nth;
    event = what;
  }

  @Override
  public ReadFile openRead(Path file) throws IOException {
    if (file.equals(watched) && --opensLeft == 0) {
      event.run();
    }
    byte[] content = files.get(file);
    if (content == null) {
      throw new NoSuchFileException(file.toString());
    }
    return new ReadFile() {
      @Override
      public int read(ByteBuffer target, long position) {
        if (position >= content.length) {
          return -1;
        }
        int n = (int) Math.min(target.remaining(), content.length - position);
        target.put(content, (int) position, n);
        return n;
      }

      @Override
      public long size() {
        return content.length;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public boolean exists(Path path) {
    return files.keySet().stream().anyMatch(file -> file.startsWith(path));
  }

  @Override
  public List<String> list(Path directory) {
    return files.keySet().stream()
        .filter(file -> directory.equals(file.getParent()))
        .map(file -> String.valueOf(file.getFileName()))
        .sorted()
        .toList();
  }

  void delete(Path file) {
    files.remove(file);
  }
}
