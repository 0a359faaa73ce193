package io.osmoda.ledger;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.LedgerException;
import io.osmoda.format.entry.Receipt;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Orders appends, seals them and makes them durable in groups that share one sync (section 4).
 *
 * <p>Three threads under load: the sealer links and hashes entries into the next group while the
 * writer syncs the last, and the completer hands out receipts for the one before. The writer takes
 * what is sealed by itself as soon as it is free, so that the disk never waits for another thread's
 * turn on a processor. An idle ledger seals on the thread of a caller that waits anyway, which
 * saves three hand-overs a sync. Whoever holds {@code owner} is the one sealer; drafts of one
 * thread keep their order, because a caller seals itself only when the queue is empty.
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

  /** One at the writer, one whose receipts go out, one for a caller that seals itself. */
  private static final int SPARE_GROUPS = 3;

  private final ChainSealer sealer;
  private final SegmentWriter segments;
  private final Consumer<Group> afterSync;
  private final Queue<PendingAppend> queue = new ConcurrentLinkedQueue<>();
  private final Queue<Group> free = new ConcurrentLinkedQueue<>();
  private final AtomicLong backlog = new AtomicLong();
  private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();
  private final Queue<Group> durable = new ConcurrentLinkedQueue<>();
  private final Object room = new Object();
  private final Thread sealing;
  private final Thread writing;
  private final Thread completing;

  /** Guards the group that is being filled, and whether the writer has one. */
  private final ReentrantLock filling = new ReentrantLock();

  private Group current = new Group();
  private volatile boolean writerBusy;
  private volatile boolean sealerParked;
  private volatile boolean closing;
  private volatile boolean sealerDone;
  private volatile boolean writerDone;
  private volatile @Nullable Throwable stopped;

  /**
   * @param afterSync called for each durable group before its receipts go out, on the thread that
   *     synced it; two threads may be in it at once, so it waits for its turn by the group's first
   *     sequence number
   */
  CommitPipeline(ChainSealer sealer, SegmentWriter segments, Consumer<Group> afterSync) {
    this.sealer = sealer;
    this.segments = segments;
    this.afterSync = afterSync;
    for (int i = 0; i < SPARE_GROUPS; i++) {
      free.add(new Group());
    }
    sealing = Thread.ofPlatform().daemon().name("osmoda-sealer").unstarted(this::sealLoop);
    writing = Thread.ofPlatform().daemon().name("osmoda-writer").unstarted(this::writeLoop);
    completing =
        Thread.ofPlatform().daemon().name("osmoda-completer").unstarted(this::completeLoop);
  }

  void start() {
    sealing.start();
    writing.start();
    completing.start();
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
    submitTogether(List.of(append));
    try {
      return append.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    }
  }

  /**
   * Hands over entries that share one sync, for a caller that waits for them anyway: where the
   * ledger is idle, this thread seals and syncs them, and all are done when it returns.
   */
  void submitTogether(List<PendingAppend> appends) {
    if (isFew(appends) && queue.isEmpty() && owner.compareAndSet(null, Thread.currentThread())) {
      try {
        if (queue.isEmpty() && stopped == null && !closing) {
          sealAndWrite(appends);
          return;
        }
      } finally {
        release();
      }
    }
    for (PendingAppend append : appends) {
      try {
        awaitRoom(append.entry().maxLength());
        enqueue(append);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        append.completeExceptionally(interrupted(e));
      }
    }
  }

  /** Many are sealed faster while others are written, which one thread cannot do. */
  private static boolean isFew(List<PendingAppend> appends) {
    int bytes = 0;
    for (PendingAppend append : appends) {
      bytes += append.entry().maxLength();
      if (bytes > LOAD_BYTES && appends.size() > 1) {
        return false;
      }
    }
    return true;
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

  /** Seals and syncs entries on the caller's thread; the caller owns the sealer. */
  private void sealAndWrite(List<PendingAppend> appends) {
    Group group = takeFree();
    try {
      for (PendingAppend append : appends) {
        sealer.seal(append, group);
      }
      if (!group.isEmpty()) {
        segments.write(group);
        complete(group);
      }
    } catch (IOException | RuntimeException | Error e) {
      stop(e);
      for (PendingAppend append : appends) {
        append.completeExceptionally(stoppedException()); // but for those that are done already
      }
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
      while (writerBusy && stopped == null) {
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
        failSealed();
        failQueued();
      }
    }
    sealerDone = true;
    failQueued();
    LockSupport.unpark(writing);
  }

  /** Seals group after group until the queue is empty and the writer idle. */
  private void sealWhileBusy() {
    while (stopped == null) {
      boolean isEmpty;
      boolean isBusy;
      int size;
      filling.lock();
      try {
        if (current.isEmpty()) {
          current.reset(sealer.nextSeq());
        }
        drainInto(current);
        isEmpty = current.isEmpty();
        size = current.size();
        isBusy = writerBusy;
      } finally {
        filling.unlock();
      }
      if (!isBusy) {
        if (isEmpty) {
          return;
        }
        LockSupport.unpark(writing);
      }
      if (isEmpty || size >= Group.FULL_BYTES || size < LOAD_BYTES) {
        LockSupport.park(this); // the writer wakes us when it takes the group, and at its end
      } else {
        LockSupport.parkNanos(this, PACE);
      }
    }
  }

  private void drainInto(Group group) {
    long drained = 0;
    // The writer must not wait until a long queue is sealed: what is there already fills a sync.
    while (!group.isFull() && !filling.hasQueuedThreads()) {
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

  /** Takes what is sealed so far; null where that is nothing, or no spare group is left for now. */
  private @Nullable Group takeSealed() {
    filling.lock();
    try {
      writerBusy = !current.isEmpty() && stopped == null;
      Group spare = writerBusy ? free.poll() : null;
      if (spare == null) {
        return null; // where there is something to write, receipts are behind
      }
      Group taken = current;
      spare.reset(sealer.nextSeq());
      current = spare;
      return taken;
    } finally {
      filling.unlock();
      LockSupport.unpark(sealing);
    }
  }

  private void writeLoop() {
    while (true) {
      Group group = takeSealed();
      if (group == null) {
        if (sealerDone) {
          break;
        }
        if (writerBusy) {
          LockSupport.parkNanos(this, PACE);
        } else {
          LockSupport.park(this);
        }
        continue;
      }
      try {
        segments.write(group);
        durable.add(group);
        LockSupport.unpark(completing);
      } catch (IOException | RuntimeException | Error e) {
        stop(e);
        fail(group);
        free.add(group);
      }
    }
    writerDone = true;
    LockSupport.unpark(completing);
  }

  private void completeLoop() {
    boolean isBroken = false;
    while (true) {
      Group group = durable.poll();
      if (group == null) {
        if (writerDone && durable.isEmpty()) {
          return;
        }
        LockSupport.park(this);
        continue;
      }
      if (isBroken) {
        fail(group);
      } else {
        try {
          complete(group);
        } catch (RuntimeException | Error e) {
          stop(e);
          fail(group);
          isBroken = true;
        }
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
                + "; fix the cause and restart, then it recovers from disk",
            cause);
  }

  private void fail(Group group) {
    for (PendingAppend append : group.appends()) {
      append.completeExceptionally(stoppedException());
    }
  }

  /** Fails what was sealed and not taken by the writer. */
  private void failSealed() {
    filling.lock();
    try {
      fail(current);
      current.reset(sealer.nextSeq());
    } finally {
      filling.unlock();
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
    for (Thread thread : new Thread[] {sealing, writing, completing}) {
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
