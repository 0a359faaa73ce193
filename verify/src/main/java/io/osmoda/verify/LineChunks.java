package io.osmoda.verify;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file in chunks, checked on several cores and handed out in order: one thread reads
 * (and whatever its stream does besides, as hashing or inflating), others check. A file that fits
 * into one chunk is checked where it is asked for. For use by one thread.
 */
final class LineChunks implements Closeable {
  /** More checking threads than this would wait for the one that reads. */
  private static final int MAX_CHECKERS = 4;

  private final InputStream in;
  private final Manifest manifest;
  private final int checkers;

  // What the reading thread keeps from one chunk to the next.
  private byte[] rest = {};
  private int restFrom;
  private int restLength;
  private boolean ended;

  private @Nullable ExecutorService threads;
  private final BlockingQueue<LineChunk> idle = new LinkedBlockingQueue<>();
  private final BlockingQueue<Future<@Nullable LineChunk>> inOrder;
  private @Nullable LineChunk given;
  private boolean begun;
  private boolean finished;

  LineChunks(InputStream in, Manifest manifest, int threads) {
    this.in = in;
    this.manifest = manifest;
    this.checkers = Math.min(threads, MAX_CHECKERS);
    this.inOrder = new ArrayBlockingQueue<>(2 * checkers + 2);
  }

  /**
   * The next chunk, checked, for use until the next is asked for; null at the end.
   *
   * @throws IOException if the file cannot be read as it should be
   */
  @Nullable LineChunk next() throws IOException {
    if (finished) {
      return null;
    }
    LineChunk chunk = threads == null ? nextHere() : nextOfOthers();
    given = chunk;
    finished = chunk == null;
    return chunk;
  }

  private @Nullable LineChunk nextHere() throws IOException {
    LineChunk chunk = given == null ? new LineChunk(manifest) : given;
    if (!read(chunk)) {
      return null;
    }
    chunk.check();
    if (!begun && !ended && checkers > 1) {
      start();
    }
    begun = true;
    return chunk;
  }

  private void start() {
    ExecutorService pool =
        Executors.newFixedThreadPool(
            checkers + 1, Thread.ofPlatform().daemon().name("verify-", 0).factory());
    threads = pool;
    for (int i = 0; i <= checkers; i++) {
      idle.add(new LineChunk(manifest));
    }
    pool.execute(
        () -> {
          try {
            readAll(pool);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever asked for the lines has closed this
          }
        });
  }

  private void readAll(ExecutorService pool) throws InterruptedException {
    while (true) {
      LineChunk chunk = idle.take();
      boolean isChunk;
      try {
        isChunk = read(chunk);
      } catch (IOException | RuntimeException e) {
        inOrder.put(CompletableFuture.failedFuture(e));
        return;
      }
      inOrder.put(
          pool.submit(
              () -> {
                if (isChunk) {
                  chunk.check();
                }
                return isChunk ? chunk : null;
              }));
      if (!isChunk) {
        return;
      }
    }
  }

  private @Nullable LineChunk nextOfOthers() throws IOException {
    if (given != null) {
      idle.add(given);
    }
    try {
      return inOrder.take().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("verification interrupted").initCause(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException("a part of the check failed", e.getCause());
    }
  }

  /** Fills a chunk with whole lines, as many as come to its size; false at the end. */
  private boolean read(LineChunk chunk) throws IOException {
    byte[] buffer = chunk.buffer;
    System.arraycopy(rest, restFrom, buffer, 0, restLength);
    chunk.beginsOversized = false;
    int filled = restLength;
    int lineFeed = lastLineFeed(buffer, 0, filled);
    while (!ended && (lineFeed < 0 || filled < LineChunk.SIZE)) {
      if (filled >= LineCheck.MAX_LINE) {
        return skipLine(chunk);
      }
      int count = in.read(buffer, filled, LineChunk.SIZE);
      if (count < 0) {
        ended = true;
      } else {
        lineFeed = Math.max(lineFeed, lastLineFeed(buffer, filled, filled + count));
        filled += count;
      }
    }
    chunk.limit = ended ? filled : lineFeed + 1;
    keepRest(buffer, chunk.limit, filled);
    return chunk.limit > 0;
  }

  /** What an oversized line holds is of no more interest, only where it ends. */
  private boolean skipLine(LineChunk chunk) throws IOException {
    int lineFeed = -1;
    int count = 0;
    while (count >= 0 && lineFeed < 0) {
      count = in.read(chunk.buffer, 0, LineChunk.SIZE);
      lineFeed = firstLineFeed(chunk.buffer, count);
    }
    ended = count < 0;
    chunk.beginsOversized = true;
    chunk.oversizedHasLineFeed = lineFeed >= 0;
    chunk.limit = 0;
    keepRest(chunk.buffer, lineFeed + 1, Math.max(0, count));
    return true;
  }

  /** Only the thread that reads writes to buffers, so that the next reading finds the bytes. */
  private void keepRest(byte[] buffer, int from, int end) {
    rest = buffer;
    restFrom = from;
    restLength = end - from;
  }

  private static int lastLineFeed(byte[] buffer, int from, int end) {
    for (int i = end - 1; i >= from; i--) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static int firstLineFeed(byte[] buffer, int filled) {
    for (int i = 0; i < filled; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void close() {
    if (threads != null) {
      threads.shutdownNow();
    }
  }
}
