package io.osmoda.ledger;

import io.osmoda.format.folder.ReadDisk;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The machine's own file system. */
final class RealDisk implements Disk {
  static final RealDisk INSTANCE = new RealDisk();

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private RealDisk() {}

  @Override
  public ReadFile openRead(Path file) throws IOException {
    return ReadDisk.real().openRead(file);
  }

  @Override
  public DiskFile openWrite(Path file) throws IOException {
    return new WriteFile(file, false);
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return new WriteFile(file, true);
  }

  @Override
  public boolean exists(Path path) {
    return ReadDisk.real().exists(path);
  }

  @Override
  public boolean isWritable(Path directory) {
    return Files.isWritable(directory);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    return ReadDisk.real().list(directory);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory);
  }

  @Override
  public void createPrivateDirectory(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public @Nullable Closeable tryLock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      return null; // held within this very process
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return null;
  }

  /**
   * Writes through a descriptor that no interrupt can close: a caller that is interrupted while its
   * entry is written must not stop the ledger. Java's {@link FileChannel} would be closed; {@link
   * RandomAccessFile} writes and {@link AsynchronousFileChannel#force} syncs (fdatasync) without
   * that trait. Both descriptors are opened before the first write, so each sees the errors of
   * earlier write-backs.
   */
  private static final class WriteFile implements DiskFile {
    /** Larger writes go in parts, so that the JDK's copy of each stays small. */
    private static final int PART = 1 << 17;

    private final RandomAccessFile file;
    private final AsynchronousFileChannel syncing;
    private long pointer;

    WriteFile(Path path, boolean createNew) throws IOException {
      if (createNew) {
        Files.createFile(path);
      }
      file = new RandomAccessFile(path.toFile(), "rw");
      try {
        syncing = AsynchronousFileChannel.open(path, StandardOpenOption.WRITE);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    }

    @Override
    public synchronized int read(ByteBuffer target, long position) throws IOException {
      if (!target.hasRemaining()) {
        return 0;
      }
      byte[] bytes = new byte[Math.min(target.remaining(), PART)];
      seek(position);
      int read = file.read(bytes);
      if (read > 0) {
        pointer += read;
        target.put(bytes, 0, read);
      }
      return read;
    }

    @Override
    public synchronized void write(ByteBuffer source, long position) throws IOException {
      seek(position);
      byte[] bytes = source.array();
      int at = source.arrayOffset() + source.position();
      int end = source.arrayOffset() + source.limit();
      while (at < end) {
        int part = Math.min(PART, end - at);
        file.write(bytes, at, part);
        at += part;
        pointer += part;
      }
      source.position(source.limit());
    }

    private void seek(long position) throws IOException {
      if (pointer != position) {
        file.seek(position);
        pointer = position;
      }
    }

    @Override
    public void sync() throws IOException {
      syncing.force(false);
    }

    @Override
    public synchronized void truncate(long size) throws IOException {
      file.setLength(size);
      pointer = -1;
    }

    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public void close() throws IOException {
      try {
        file.close();
      } finally {
        syncing.close();
      }
    }
  }
}
