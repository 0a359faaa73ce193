package io.osmoda.format.entry;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Takes drafts and seals them: all that capture code knows of the ledger. It is either the ledger
 * in this process or a client of the daemon that holds it. Thread-safe.
 */
public interface Recorder extends AutoCloseable {
  /**
   * Hands over a draft. Returns soon; waits only when the ledger is behind (back-pressure), and
   * never drops. Drafts of one thread are sealed in the order in which they were handed over.
   *
   * @return completes when the entry is on stable storage; completes exceptionally with a {@link
   *     DraftRefusedException} for a draft that is refused, or an {@link IOException} where the
   *     ledger cannot take it: then the entry is not acknowledged
   */
  CompletableFuture<Receipt> append(EntryDraft draft);

  /**
   * The same for a draft that the caller is about to {@link #await}. It goes at the latest with
   * that call, on the thread that waits: a recorder need not wake a thread of its own for it.
   */
  default CompletableFuture<Receipt> appendAwaited(EntryDraft draft) {
    return append(draft);
  }

  /**
   * Waits for a future that this recorder gave, or one that depends on it. The thread that waits
   * may do the recorder's work meanwhile, and then complete receipts, others' too: that spares the
   * hand-over to another thread and back.
   *
   * @throws ExecutionException if the entry is not sealed; the cause says why
   * @throws TimeoutException if it is neither sealed nor refused within {@code patience}
   */
  default Receipt await(CompletableFuture<Receipt> receipt, Duration patience)
      throws InterruptedException, ExecutionException, TimeoutException {
    return receipt.get(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS);
  }

  /**
   * Hands over a draft and waits until it is on stable storage.
   *
   * @throws DraftRefusedException if the draft is refused
   * @throws IOException if the ledger cannot take it, or the thread is interrupted while waiting
   */
  Receipt appendDurably(EntryDraft draft) throws IOException;

  /**
   * Tells of a capture source's own life: seals {@code capture_start}, {@code capture_stop} or
   * {@code capture_gap} (section 1, control entries).
   */
  CompletableFuture<Receipt> capture(CaptureEvent event);

  /** Waits for what was handed over, then lets go of the ledger. */
  @Override
  void close() throws IOException;
}
