package io.osmoda.ledger;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that keeps only what was synced, and fails where it is told to.
 *
 * <p>Content: writes since the last sync may be lost, kept, or torn at any byte, each for itself
 * and in any order; a file may have its new length and zeros for what was lost. After a sync that
 * failed those writes stay visible and are never written by a later sync (as Linux does it), unless
 * they are written again. Names: creations, renames and deletions since the folder's last sync
 * survive up to some point. Folders themselves are durable at once.
 */
final class FaultDisk implements Disk {
  /** What goes wrong at the chosen operation. */
  enum Fault {
    NONE,
    /** The operation fails; nothing of it happened. */
    EIO,
    /** The disk is full: a write is cut short, then fails. */
    ENOSPC,
    /** The power goes before the operation. */
    CRASH_BEFORE,
    /** The power goes right after it. */
    CRASH_AFTER
  }

  /** The power is gone; nothing works until {@link #restart}. */
  static final class PowerLossException extends IOException {
    private static final long serialVersionUID = 1L;

    PowerLossException() {
      super("the power is gone");
    }
  }

  private static final class Inode {
    byte[] data = new byte[0];
    byte[] durable = new byte[0];
    final List<Write> unsynced = new ArrayList<>();
    final List<Write> doomed = new ArrayList<>();
  }

  /** A write, or with null bytes a truncation to {@code position}. */
  @SuppressWarnings("ArrayRecordComponent") // never changed once it is there
  private record Write(long position, byte @Nullable [] bytes) {}

  /** A name that goes, one that comes, or both. */
  private record NameChange(
      Path folder, @Nullable Path gone, @Nullable Path added, @Nullable Inode inode) {}

  private final Map<Path, Inode> files = new TreeMap<>();
  private final Map<Path, Inode> durableNames = new TreeMap<>();
  private final List<NameChange> unsyncedNames = new ArrayList<>();
  private final Map<Path, Closeable> locks = new HashMap<>();
  private final List<String> log = new ArrayList<>();
  private int operations;
  private int faultAt = -1;
  private Fault fault = Fault.NONE;
  private boolean dead;
  private boolean struck;
  private volatile @Nullable Hold hold;

  /**
   * Syncs that do not come back until they are let go.
   *
   * @param begun opened by the first sync that waits
   * @param letGo to be opened by the test
   */
  record Hold(CountDownLatch begun, CountDownLatch letGo) {}

  /** Lets every sync of a file from now on wait. */
  Hold holdSyncs() {
    Hold made = new Hold(new CountDownLatch(1), new CountDownLatch(1));
    hold = made;
    return made;
  }

  private void awaitLetGo() throws IOException {
    Hold held = hold;
    if (held == null) {
      return;
    }
    held.begun().countDown();
    try {
      held.letGo().await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted in a sync", e);
    }
  }

  /** A copy of what a machine that was shut down in order would find. */
  synchronized FaultDisk copy() {
    FaultDisk copy = new FaultDisk();
    files.forEach(
        (path, inode) -> {
          Inode clone = new Inode();
          clone.data = inode.data.clone();
          clone.durable = inode.data.clone();
          copy.files.put(path, clone);
          copy.durableNames.put(path, clone);
        });
    return copy;
  }

  /** A copy with what is not synced yet, so that one crash can come out in many ways. */
  synchronized FaultDisk unsyncedCopy() {
    FaultDisk copy = new FaultDisk();
    IdentityHashMap<Inode, Inode> clones = new IdentityHashMap<>();
    files.forEach((path, inode) -> copy.files.put(path, clone(inode, clones)));
    durableNames.forEach((path, inode) -> copy.durableNames.put(path, clone(inode, clones)));
    for (NameChange change : unsyncedNames) {
      Inode inode = change.inode();
      copy.unsyncedNames.add(
          new NameChange(
              change.folder(),
              change.gone(),
              change.added(),
              inode == null ? null : clone(inode, clones)));
    }
    return copy;
  }

  private static Inode clone(Inode inode, IdentityHashMap<Inode, Inode> clones) {
    return clones.computeIfAbsent(
        inode,
        original -> {
          Inode clone = new Inode();
          clone.data = original.data.clone();
          clone.durable = original.durable.clone();
          clone.unsynced.addAll(original.unsynced);
          clone.doomed.addAll(original.doomed);
          return clone;
        });
  }

  /** Lets the n-th operation from now on fail, counted from 0. */
  synchronized void failAt(int operation, Fault what) {
    operations = 0;
    faultAt = operation;
    fault = what;
    struck = false;
    log.clear();
  }

  synchronized int operations() {
    return operations;
  }

  /** Whether the fault has come. */
  synchronized boolean hasStruck() {
    return struck;
  }

  /** The operations so far, for a message. */
  synchronized List<String> log() {
    return List.copyOf(log);
  }

  /** The process ends, the machine goes on: all that was written is there. */
  synchronized void endProcess() {
    locks.clear();
    dead = false;
    faultAt = -1;
  }

  /** The power goes and comes: what is there now is for the seed to say. */
  synchronized void restart(long seed) {
    Random random = new Random(seed);
    endProcess();
    int survived = unsyncedNames.isEmpty() ? 0 : random.nextInt(unsyncedNames.size() + 1);
    unsyncedNames.subList(0, survived).forEach(this::makeDurable);
    unsyncedNames.clear();
    files.clear();
    files.putAll(durableNames);
    for (Inode inode : files.values()) {
      byte[] content = inode.durable;
      for (Write write : inode.doomed) {
        content = survive(content, write, random);
      }
      for (Write write : inode.unsynced) {
        content = survive(content, write, random);
      }
      inode.unsynced.clear();
      inode.doomed.clear();
      inode.data = content;
      inode.durable = content.clone();
    }
  }

  private void makeDurable(NameChange change) {
    if (change.gone() != null) {
      durableNames.remove(change.gone());
    }
    if (change.added() != null && change.inode() != null) {
      durableNames.put(change.added(), change.inode());
    }
  }

  private static byte[] survive(byte[] content, Write write, Random random) {
    byte[] bytes = write.bytes();
    int fate = random.nextInt(4);
    if (fate == 0) {
      return content; // lost
    }
    if (bytes == null) {
      return Arrays.copyOf(content, (int) write.position());
    }
    int from = 0;
    int to = bytes.length;
    if (fate == 1) { // torn: a part of it, the length perhaps all the same
      from = random.nextInt(bytes.length + 1);
      to = from + random.nextInt(bytes.length - from + 1);
      if (random.nextBoolean()) {
        from = 0;
      }
    }
    int end = (int) write.position() + (random.nextBoolean() ? to : bytes.length);
    byte[] result = Arrays.copyOf(content, Math.max(content.length, end));
    System.arraycopy(bytes, from, result, (int) write.position() + from, Math.min(to, end) - from);
    return result;
  }

  private static Path key(Path path) {
    return path.toAbsolutePath().normalize();
  }

  /** What an operation does to the model once it is known not to fail. */
  private interface Effect<T> {
    T apply() throws IOException;
  }

  private synchronized <T> T operate(String what, Effect<T> effect) throws IOException {
    if (dead) {
      throw new PowerLossException();
    }
    int number = operations++;
    log.add(what);
    if (number != faultAt) {
      return effect.apply();
    }
    struck = true;
    return switch (fault) {
      case NONE -> effect.apply();
      case EIO -> throw new IOException("Input/output error (injected) at " + what);
      case ENOSPC -> throw new IOException("No space left on device (injected) at " + what);
      case CRASH_BEFORE -> {
        dead = true;
        throw new PowerLossException();
      }
      case CRASH_AFTER -> {
        effect.apply();
        dead = true;
        throw new PowerLossException();
      }
    };
  }

  private Inode inode(Path path) throws NoSuchFileException {
    Inode inode = files.get(key(path));
    if (inode == null) {
      throw new NoSuchFileException(path.toString());
    }
    return inode;
  }

  private static Path folderOf(Path path) {
    return key(key(path).resolveSibling(""));
  }

  private Inode make(Path path) {
    Inode inode = new Inode();
    files.put(key(path), inode);
    unsyncedNames.add(new NameChange(folderOf(path), null, key(path), inode));
    return inode;
  }

  @Override
  public DiskFile openRead(Path file) throws IOException {
    return operate("open " + file.getFileName(), () -> new OpenFile(file, inode(file)));
  }

  @Override
  public DiskFile openWrite(Path file) throws IOException {
    return operate(
        "open for writing " + file.getFileName(),
        () -> new OpenFile(file, files.containsKey(key(file)) ? inode(file) : make(file)));
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return operate(
        "create " + file.getFileName(),
        () -> {
          if (files.containsKey(key(file))) {
            throw new FileAlreadyExistsException(file.toString());
          }
          return new OpenFile(file, make(file));
        });
  }

  @Override
  public synchronized boolean exists(Path path) {
    return files.keySet().stream().anyMatch(file -> file.startsWith(key(path)));
  }

  @Override
  public boolean isWritable(Path directory) {
    return true;
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    return operate(
        "list " + directory.getFileName(),
        () ->
            files.keySet().stream()
                .filter(file -> key(directory).equals(file.getParent()))
                .map(file -> file.getFileName().toString())
                .sorted()
                .toList());
  }

  @Override
  public void createDirectories(Path directory) {
    // durable at once in this model
  }

  @Override
  public void createPrivateDirectory(Path directory) {
    // as above; this model has one user
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    operate(
        "rename to " + to.getFileName(),
        () -> {
          Inode inode = inode(from);
          files.remove(key(from));
          files.put(key(to), inode);
          unsyncedNames.add(new NameChange(folderOf(to), key(from), key(to), inode));
          return inode;
        });
  }

  @Override
  public void delete(Path file) throws IOException {
    operate(
        "delete " + file.getFileName(),
        () -> {
          if (files.remove(key(file)) != null) {
            unsyncedNames.add(new NameChange(folderOf(file), key(file), null, null));
          }
          return true;
        });
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    operate(
        "sync folder " + directory.getFileName(),
        () -> {
          List<NameChange> synced =
              unsyncedNames.stream()
                  .filter(change -> change.folder().equals(key(directory)))
                  .toList();
          synced.forEach(this::makeDurable);
          unsyncedNames.removeAll(synced);
          return true;
        });
  }

  @Override
  public @Nullable Closeable tryLock(Path file) throws IOException {
    boolean free = operate("lock", () -> !locks.containsKey(key(file)));
    if (!free) {
      return null;
    }
    Closeable lock =
        () -> {
          synchronized (this) {
            locks.remove(key(file));
          }
        };
    synchronized (this) {
      locks.put(key(file), lock);
    }
    return lock;
  }

  private final class OpenFile implements DiskFile {
    private final Path path;
    private final Inode inode;

    OpenFile(Path path, Inode inode) {
      this.path = path;
      this.inode = inode;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return operate(
          "read " + path.getFileName(),
          () -> {
            if (position >= inode.data.length) {
              return -1;
            }
            int length = (int) Math.min(target.remaining(), inode.data.length - position);
            target.put(inode.data, (int) position, length);
            return length;
          });
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      synchronized (FaultDisk.this) {
        if (!dead && operations == faultAt && fault == Fault.ENOSPC) {
          apply(new Write(position, Arrays.copyOf(bytes, bytes.length / 2)));
        }
      }
      operate(
          "write " + path.getFileName(),
          () -> {
            apply(new Write(position, bytes));
            return true;
          });
    }

    private void apply(Write write) {
      byte[] bytes = write.bytes();
      if (bytes == null) {
        inode.data = Arrays.copyOf(inode.data, (int) write.position());
      } else {
        int end = (int) write.position() + bytes.length;
        inode.data = Arrays.copyOf(inode.data, Math.max(inode.data.length, end));
        System.arraycopy(bytes, 0, inode.data, (int) write.position(), bytes.length);
      }
      inode.unsynced.add(write);
    }

    @Override
    public void sync() throws IOException {
      awaitLetGo();
      boolean fails;
      synchronized (FaultDisk.this) {
        fails = !dead && operations == faultAt && (fault == Fault.EIO || fault == Fault.ENOSPC);
      }
      if (fails) {
        synchronized (FaultDisk.this) {
          inode.doomed.addAll(inode.unsynced);
          inode.unsynced.clear();
        }
      }
      operate(
          "sync " + path.getFileName(),
          () -> {
            for (Write write : inode.unsynced) {
              byte[] bytes = write.bytes();
              if (bytes == null) {
                inode.durable = Arrays.copyOf(inode.durable, (int) write.position());
              } else {
                int end = (int) write.position() + bytes.length;
                inode.durable = Arrays.copyOf(inode.durable, Math.max(inode.durable.length, end));
                System.arraycopy(bytes, 0, inode.durable, (int) write.position(), bytes.length);
              }
              inode.doomed.removeIf(
                  old ->
                      old.bytes() != null
                          && bytes != null
                          && write.position() <= old.position()
                          && write.position() + bytes.length
                              >= old.position() + old.bytes().length);
            }
            inode.unsynced.clear();
            return true;
          });
    }

    @Override
    public void truncate(long size) throws IOException {
      operate(
          "truncate " + path.getFileName(),
          () -> {
            apply(new Write(size, null));
            return true;
          });
    }

    @Override
    public long size() throws IOException {
      return operate("size of " + path.getFileName(), () -> (long) inode.data.length);
    }

    @Override
    public void close() {
      // nothing is lost by closing
    }
  }
}
