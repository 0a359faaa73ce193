package io.osmoda.query;

import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.ledger.SegmentExtent;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the index of a ledger: one thread follows the newest segment, another makes good what older
 * ones lack. It only reads sealed lines, so the ledger's writer never waits for it; what it has not
 * reached yet is read by who searches. One in the process that holds the ledger. Thread-safe.
 */
public final class IndexFollower implements Closeable {
  /** How long a new entry may stay out of the index while there is nothing else to do. */
  static final Duration REFRESH = Duration.ofMillis(600);

  /**
   * As many entries behind, what is indexed is shown more seldom: each time costs a file of its own
   * and its merging, and whoever searches reads thousands of entries past the index anyway.
   */
  private static final int FAR_BEHIND = 20_000;

  private static final Duration REFRESH_FAR_BEHIND = Duration.ofSeconds(3);

  /** Disk space below which the index does not grow: it is the ledger's. */
  static final long LEAST_FREE_BYTES = 256L << 20;

  private static final Duration COMMIT_EVERY = Duration.ofSeconds(30);
  private static final int COMMIT_ENTRIES = 200_000;
  private static final Duration RETRY = Duration.ofSeconds(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final int BATCH = 512;
  private static final double LIVE_BUFFER_MEBIBYTES = 24;
  private static final double BUFFER_MEBIBYTES = 96;

  private final LedgerReader ledger;
  private final LedgerIndex index;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread live;
  private final Thread backfill;

  /** Guards {@code waiting}, so that only a thread that waits is interrupted, never its I/O. */
  private final ReentrantLock wakeLock = new ReentrantLock();

  private boolean waiting;

  /** Segments that cannot be read whole, with their count of rewrites; of one thread. */
  private final Map<Long, Long> damaged = new HashMap<>();

  private volatile long liveSegment = -1;
  private volatile @Nullable String problem;

  private IndexFollower(
      LedgerReader ledger, LedgerIndex index, InstantSource clock, LongSupplier nanoTime) {
    this.ledger = ledger;
    this.index = index;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.live = new Thread(this::runLive, "index");
    this.backfill = new Thread(this::runBackfill, "index-older");
  }

  /** Begins to keep an index up with its ledger. */
  public static IndexFollower start(LedgerIndex index) {
    IndexFollower follower =
        new IndexFollower(index.ledger(), index, InstantSource.system(), System::nanoTime);
    for (Thread thread : List.of(follower.live, follower.backfill)) {
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler((t, e) -> follower.problem = e.toString());
      thread.start();
    }
    return follower;
  }

  /** How far it is. */
  public IndexStatus status() throws IOException {
    try (IndexSnapshot snapshot = index.snapshot()) {
      long missing = snapshot.unindexed();
      Duration lag = Duration.ZERO;
      if (!snapshot.slices().isEmpty() && snapshot.slices().getLast().partition() == null) {
        long first = snapshot.slices().getLast().first();
        Duration age = Duration.between(ledger.entry(first).instant(), clock.instant());
        lag = age.isNegative() ? Duration.ZERO : age;
      }
      return new IndexStatus(snapshot.end() - missing, missing, lag, problem);
    }
  }

  private boolean isStopped() {
    return stop.getCount() == 0;
  }

  private void runLive() {
    while (!isStopped()) {
      try {
        List<SegmentExtent> extents = ledger.extents();
        deleteStrays(extents);
        if (!extents.isEmpty()) {
          follow(extents.getLast());
        }
        problem = null;
      } catch (IOException | RuntimeException e) {
        tell(e);
      } catch (InterruptedException e) {
        return; // told to stop while it waited for entries
      } finally {
        liveSegment = -1;
      }
    }
  }

  private void deleteStrays(List<SegmentExtent> extents) throws IOException {
    for (Path stray : PartitionWriter.strays(ledger, extents)) {
      PartitionWriter.clear(stray);
    }
  }

  /** Follows a segment until it is closed and known whole, or was rewritten, or it is to stop. */
  private void follow(SegmentExtent begun) throws IOException, InterruptedException {
    requireSpace();
    liveSegment = begun.first();
    String origin = ledger.origin();
    PartitionWriter writer =
        PartitionWriter.open(ledger, origin, begun, true, LIVE_BUFFER_MEBIBYTES);
    boolean isKept = false;
    try {
      if (follow(writer)) {
        if (writer.uncommitted() > 0) {
          writer.commit();
        }
        writer.close();
      } else {
        index.remove(begun.first());
        writer.discard();
      }
      isKept = true;
    } catch (LedgerDamagedException e) {
      // What stands before the damage is known, and need not be indexed again at each try.
      writer.commit();
      throw e;
    } finally {
      if (!isKept) {
        index.remove(begun.first());
        writer.giveUp();
      }
    }
  }

  /** Returns whether what was indexed is good to keep. */
  private boolean follow(PartitionWriter writer) throws IOException, InterruptedException {
    long viewed = -1;
    long viewedAt = nanoTime.getAsLong() - REFRESH.toNanos();
    long committedAt = nanoTime.getAsLong();
    while (!isStopped()) {
      SegmentExtent now = extent(writer.extent().first());
      if (now == null
          || now.rewrites() != writer.extent().rewrites()
          || index.takeDamaged(now.first())) {
        return false;
      }
      int taken = writer.take(now.end(), BATCH);
      long time = nanoTime.getAsLong();
      Duration refresh = now.end() - writer.end() > FAR_BEHIND ? REFRESH_FAR_BEHIND : REFRESH;
      boolean isDue = time - viewedAt >= refresh.toNanos();
      if (writer.end() > viewed && isDue) {
        index.put(writer.view());
        viewed = writer.end();
        viewedAt = nanoTime.getAsLong();
      }
      boolean isOld = time - committedAt >= COMMIT_EVERY.toNanos();
      if (writer.uncommitted() >= COMMIT_ENTRIES || (writer.uncommitted() > 0 && isOld)) {
        requireSpace();
        writer.commit();
        committedAt = nanoTime.getAsLong();
      }
      if (taken > 0) {
        continue;
      }
      if (writer.end() > viewed) {
        // Caught up: more may come until the next view is due, or it is to stop.
        if (stop.await(viewedAt + REFRESH.toNanos() - nanoTime.getAsLong(), TimeUnit.NANOSECONDS)) {
          return true;
        }
      } else if (now.isClosed()) {
        return true;
      } else {
        awaitMoreThan(writer.end());
      }
    }
    return true;
  }

  private void awaitMoreThan(long size) {
    wakeLock.lock();
    try {
      if (isStopped()) {
        return;
      }
      waiting = true;
    } finally {
      wakeLock.unlock();
    }
    try {
      ledger.awaitMoreThan(size);
    } catch (InterruptedException e) {
      // only close() interrupts, and only here: whoever waits is to look whether to stop
    } finally {
      wakeLock.lock();
      try {
        waiting = false;
        Thread.interrupted();
      } finally {
        wakeLock.unlock();
      }
    }
  }

  private @Nullable SegmentExtent extent(long first) throws IOException {
    for (SegmentExtent extent : ledger.extents()) {
      if (extent.first() == first) {
        return extent;
      }
    }
    return null;
  }

  private void runBackfill() {
    while (!isStopped()) {
      try {
        SegmentExtent next = nextMissing();
        if (next == null) {
          if (stop.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
        } else {
          requireSpace();
          makeOlder(next);
        }
      } catch (IOException | RuntimeException e) {
        tell(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts this thread", e);
      }
    }
  }

  private void makeOlder(SegmentExtent next) throws IOException {
    try {
      make(ledger, index, next, this::isStopped, entries -> {});
    } catch (LedgerDamagedException e) {
      damaged.put(next.first(), next.rewrites());
      throw e;
    }
  }

  /** The newest closed segment that is not known whole. */
  private @Nullable SegmentExtent nextMissing() throws IOException {
    List<SegmentExtent> extents = ledger.extents();
    for (SegmentExtent extent : extents.reversed()) {
      if (extent.isClosed()
          && !extent.isBeingRewritten()
          && extent.first() != liveSegment
          && !Long.valueOf(extent.rewrites()).equals(damaged.get(extent.first()))
          && !index.covers(extent)) {
        return extent;
      }
    }
    return null;
  }

  /** Told how many more entries are indexed. */
  public interface Progress {
    void indexed(long entries);
  }

  /** Asked now and then whether to stop. */
  interface Stop {
    boolean isDue();
  }

  /**
   * Makes what is missing of the index, for who holds the ledger and has no follower.
   *
   * @param threads how many segments at once
   * @throws IOException if the ledger cannot be read or the index not be written
   */
  public static void makeAll(LedgerIndex index, int threads, Progress progress) throws IOException {
    LedgerReader ledger = index.ledger();
    List<SegmentExtent> missing =
        ledger.extents().stream().filter(extent -> !index.covers(extent)).toList();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      List<Future<Boolean>> made =
          missing.stream()
              .map(each -> workers.submit(() -> make(ledger, index, each, () -> false, progress)))
              .toList();
      for (Future<Boolean> each : made) {
        each.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the index was being built", e);
    }
  }

  /** Makes one segment's partition. Returns whether it is known whole now. */
  private static boolean make(
      LedgerReader ledger, LedgerIndex index, SegmentExtent extent, Stop stop, Progress progress)
      throws IOException {
    if (index.takeDamaged(extent.first())) {
      PartitionWriter.clear(ledger.derivedFolder(extent.first()));
    }
    PartitionWriter writer =
        PartitionWriter.open(ledger, ledger.origin(), extent, false, BUFFER_MEBIBYTES);
    boolean isWhole = false;
    try {
      progress.indexed(writer.end() - extent.first());
      while (writer.end() < extent.end() && !stop.isDue() && isUnchanged(ledger, extent)) {
        int taken = writer.take(extent.end(), BATCH);
        if (taken == 0) {
          break;
        }
        progress.indexed(taken);
      }
      if (writer.end() == extent.end() && isUnchanged(ledger, extent)) {
        writer.commit();
        isWhole = isUnchanged(ledger, extent);
      }
      if (isWhole) {
        index.put(writer.view());
      }
      return isWhole;
    } finally {
      if (isWhole) {
        writer.close();
      } else {
        writer.discard();
      }
    }
  }

  private static boolean isUnchanged(LedgerReader ledger, SegmentExtent extent) throws IOException {
    return ledger.extents().stream()
        .anyMatch(now -> now.first() == extent.first() && now.rewrites() == extent.rewrites());
  }

  private void requireSpace() throws IOException {
    Path folder = ledger.folder();
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < LEAST_FREE_BYTES) {
      throw new IOException(
          "the disk of %s has only %d MiB left, which the index leaves to the ledger"
              .formatted(folder, free >> 20));
    }
  }

  private void tell(Exception e) {
    problem = e.getMessage() == null ? e.toString() : e.getMessage();
    try {
      stop.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops, keeping what was made. */
  @Override
  public void close() throws IOException {
    stop.countDown();
    wakeLock.lock();
    try {
      if (waiting) {
        live.interrupt();
      }
    } finally {
      wakeLock.unlock();
    }
    try {
      live.join();
      backfill.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the index was being closed", e);
    }
  }
}
