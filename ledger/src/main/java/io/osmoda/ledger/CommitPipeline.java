package io.osmoda.ledger;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Orders appends, seals them and makes them durable in groups that share one sync (section 4).
 *
 * <p>Two threads under load: the sealer links and hashes the next group while the writer syncs the
 * last. An idle ledger seals on the thread of a caller that waits anyway, which saves two
 * hand-overs a sync. Whoever holds {@code owner} is the one sealer; drafts of one thread keep their
 * order, because a caller seals itself only when the queue is empty.
 *
 * <p>Producers never wake the sealer while the writer is busy: the writer's end does. So an append
 * under load costs its caller no system call.
 */
final class CommitPipeline {
  /** Bytes that may wait to be sealed; past it, callers wait. */
  static final long BACKLOG_BYTES = 64 << 20;

  /** While the writer is busy, the sealer looks for more at this pace, in nanoseconds. */
  private static final long PACE = 30_000;

  /** A group this large says that the ledger is under load. */
  private static final int LOAD_BYTES = 64 << 10;

  private final ChainSealer sealer;
  private final SegmentWriter segments;
  private final Consumer<Group> afterSync;
  private final Queue<PendingAppend> queue = new ConcurrentLinkedQueue<>();
  private final Queue<Group> free = new ConcurrentLinkedQueue<>();
  private final AtomicLong backlog = new AtomicLong();
  private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();
  private final AtomicReference<@Nullable Group> handed = new AtomicReference<>();
  private final Object room = new Object();
  private final Thread sealing;
  private final Thread writing;
  private volatile boolean sealerParked;
  private volatile boolean closing;
  private volatile boolean sealerDone;
  private volatile @Nullable Throwable stopped;

  /**
   * @param afterSync told of each durable group before its receipts go out, on the thread that
   *     synced it; two threads may be in it at once, so it waits for its turn by the group's first
   *     sequence number
   */
  CommitPipeline(ChainSealer sealer, SegmentWriter segments, Consumer<Group> afterSync) {
    this.sealer = sealer;
    this.segments = segments;
    this.afterSync = afterSync;
    for (int i = 0; i < 3; i++) {
      free.add(new Group());
    }
    sealing = Thread.ofPlatform().daemon().name("osmoda-sealer").unstarted(this::sealLoop);
    writing = Thread.ofPlatform().daemon().name("osmoda-writer").unstarted(this::writeLoop);
  }

  void start() {
    sealing.start();
    writing.start();
  }

  /** Why no entries are taken any more, or null. */
  @Nullable Throwable stopped() {
    return stopped;
  }

  /** Entries handed over and not yet sealed. */
  long backlogBytes() {
    return backlog.get();
  }

  CompletableFuture<Receipt> submit(PreparedEntry entry, @Nullable CaptureEvent event) {
    PendingAppend append = new PendingAppend(entry, event);
    try {
      awaitRoom(entry.maxLength());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      append.completeExceptionally(interrupted(e));
      return append;
    }
    enqueue(append);
    return append;
  }

  Receipt submitAndWait(PreparedEntry entry) throws IOException {
    PendingAppend append = new PendingAppend(entry, null);
    Thread me = Thread.currentThread();
    if (queue.isEmpty() && owner.compareAndSet(null, me)) {
      try {
        if (queue.isEmpty() && stopped == null && !closing) {
          sealAndWrite(append);
        }
      } finally {
        release();
      }
    }
    try {
      if (!append.isDone()) {
        awaitRoom(entry.maxLength());
        enqueue(append);
      }
      return append.get();
    } catch (InterruptedException e) {
      me.interrupt();
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    }
  }

  private static IOException interrupted(InterruptedException e) {
    InterruptedIOException failure =
        new InterruptedIOException("interrupted while waiting; the entry may be sealed or not");
    failure.initCause(e);
    return failure;
  }

  /** The cause as what a caller of a blocking method sees, with this thread's stack. */
  static IOException rethrown(@Nullable Throwable cause) {
    return switch (cause) {
      case DraftRefusedException refused -> throw refused;
      case LedgerException e -> e;
      case IOException e -> e;
      case Error e -> throw e;
      case null -> new IOException("failed without a cause");
      default -> new IOException("the ledger failed: " + cause, cause);
    };
  }

  private void enqueue(PendingAppend append) {
    backlog.addAndGet(append.entry().maxLength());
    queue.add(append);
    if (stopped != null || sealerDone) {
      failQueued();
    } else if (sealerParked) {
      LockSupport.unpark(sealing);
    }
  }

  private void awaitRoom(int bytes) throws InterruptedException {
    if (backlog.get() + bytes <= BACKLOG_BYTES) {
      return;
    }
    synchronized (room) {
      while (backlog.get() + bytes > BACKLOG_BYTES && backlog.get() > 0 && stopped == null) {
        room.wait();
      }
    }
  }

  /** Seals and syncs one entry on the caller's thread; the caller owns the sealer. */
  private void sealAndWrite(PendingAppend append) {
    Group group = takeFree();
    try {
      if (sealer.seal(append, group)) {
        segments.write(group);
        complete(group);
      }
    } catch (IOException | RuntimeException | Error e) {
      stop(e);
      append.completeExceptionally(stoppedException());
    } finally {
      free.add(group);
    }
  }

  private Group takeFree() {
    Group group = free.poll();
    while (group == null) {
      LockSupport.parkNanos(this, PACE);
      group = free.poll();
    }
    group.reset(sealer.nextSeq());
    return group;
  }

  /** Runs something as the one sealer, with nothing on its way to the disk. */
  <T> T exclusively(Exclusive<T> work) throws IOException {
    Thread me = Thread.currentThread();
    while (!owner.compareAndSet(null, me)) {
      LockSupport.parkNanos(this, PACE);
    }
    try {
      while (handed.get() != null && stopped == null) {
        LockSupport.parkNanos(this, PACE);
      }
      Throwable failure = stopped;
      if (failure != null) {
        throw stoppedException();
      }
      return work.run();
    } finally {
      release();
    }
  }

  interface Exclusive<T> {
    T run() throws IOException;
  }

  private void release() {
    owner.set(null);
    if (!queue.isEmpty()) {
      LockSupport.unpark(sealing);
    }
  }

  private void sealLoop() {
    while (true) {
      if (queue.isEmpty()) {
        if (closing) {
          break;
        }
        sealerParked = true;
        if (queue.isEmpty() && !closing) {
          LockSupport.park(this);
        }
        sealerParked = false;
        continue;
      }
      if (!owner.compareAndSet(null, sealing)) {
        LockSupport.parkNanos(this, PACE); // the owner's release wakes us sooner
        continue;
      }
      try {
        sealWhileBusy();
      } catch (RuntimeException | Error e) {
        stop(e);
      } finally {
        owner.set(null);
      }
      if (stopped != null) {
        failQueued();
      }
    }
    sealerDone = true;
    failQueued();
    LockSupport.unpark(writing);
  }

  /** Seals group after group until the queue is empty and the writer idle. */
  private void sealWhileBusy() {
    Group group = takeFree();
    while (stopped == null) {
      drainInto(group);
      boolean writerIdle = handed.get() == null;
      if (group.isEmpty()) {
        if (writerIdle) {
          break;
        }
        LockSupport.park(this);
      } else if (writerIdle) {
        handed.set(group);
        LockSupport.unpark(writing);
        group = takeFree();
      } else if (group.isFull() || group.size() < LOAD_BYTES) {
        LockSupport.park(this); // the writer's end wakes us
      } else {
        LockSupport.parkNanos(this, PACE);
      }
    }
    if (stopped != null) {
      fail(group);
    }
    free.add(group);
  }

  private void drainInto(Group group) {
    long drained = 0;
    while (!group.isFull()) {
      PendingAppend append = queue.poll();
      if (append == null) {
        break;
      }
      drained += append.entry().maxLength();
      try {
        sealer.seal(append, group);
      } catch (RuntimeException | Error e) {
        stop(e);
        append.completeExceptionally(stoppedException());
        break;
      }
    }
    if (drained > 0 && backlog.getAndAdd(-drained) > BACKLOG_BYTES / 2) {
      synchronized (room) {
        room.notifyAll();
      }
    }
  }

  private void writeLoop() {
    while (true) {
      Group group = handed.get();
      if (group == null) {
        if (sealerDone) {
          return;
        }
        LockSupport.park(this);
        continue;
      }
      try {
        segments.write(group);
        handed.set(null);
        LockSupport.unpark(sealing);
        complete(group);
      } catch (IOException | RuntimeException | Error e) {
        stop(e);
        fail(group);
        handed.set(null);
        LockSupport.unpark(sealing);
      }
      free.add(group);
    }
  }

  private void complete(Group group) {
    afterSync.accept(group);
    for (PendingAppend append : group.appends()) {
      append.complete(new Receipt(append.seq(), group.entryHash(append.seq())));
    }
  }

  /** Takes no more entries (section 4): what is on the disk is known only after a restart. */
  void stop(Throwable cause) {
    synchronized (room) {
      if (stopped == null) {
        stopped = cause;
      }
      room.notifyAll();
    }
  }

  LedgerStoppedException stoppedException() {
    Throwable cause = stopped;
    return cause == null
        ? new LedgerStoppedException("the ledger is closed")
        : new LedgerStoppedException(
            "the ledger stopped taking entries after a failure: "
                + cause
                + "; mend the cause and start again, then it recovers from disk",
            cause);
  }

  private void fail(Group group) {
    for (PendingAppend append : group.appends()) {
      append.completeExceptionally(stoppedException());
    }
  }

  private void failQueued() {
    for (PendingAppend append = queue.poll(); append != null; append = queue.poll()) {
      backlog.addAndGet(-append.entry().maxLength());
      append.completeExceptionally(stoppedException());
    }
  }

  /** Takes no new entries, and returns when all that were handed over are durable or failed. */
  void close() throws IOException {
    closing = true;
    LockSupport.unpark(sealing);
    boolean interrupted = false;
    for (Thread thread : new Thread[] {sealing, writing}) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true; // an end that is half done helps nobody; tell the caller afterwards
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
