package io.osmoda.bench;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Recorder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;

/**
 * Producers that append to a ledger, each with a bounded number of appends outstanding; one that
 * has as many waits until half of them are acknowledged.
 */
final class Load {
  static final int PRODUCERS = 64;
  static final int OUTSTANDING = 64;

  private final int producers;
  private final int outstanding;
  private final LongFunction<EntryDraft> drafts;

  /**
   * @param drafts what to append, by a running number; called on the producers' threads
   */
  Load(int producers, int outstanding, LongFunction<EntryDraft> drafts) {
    this.producers = producers;
    this.outstanding = outstanding;
    this.drafts = drafts;
  }

  /** Full load from drafts that lie ready. */
  static Load full(EntryDraft[] drafts) {
    return new Load(PRODUCERS, OUTSTANDING, number -> drafts[(int) (number % drafts.length)]);
  }

  /** Appends for about a time. */
  Pace forTime(Recorder recorder, long nanos) throws Exception {
    return Producers.run(
        producers,
        nanos,
        (producer, end) -> append(recorder, producer, count -> System.nanoTime() < end));
  }

  /** Appends a number of entries. */
  Pace forEntries(Recorder recorder, long entries) throws Exception {
    return Producers.run(
        producers,
        0,
        (producer, end) -> {
          long share = entries / producers + (producer < entries % producers ? 1 : 0);
          return append(recorder, producer, count -> count < share);
        });
  }

  private long append(Recorder recorder, int producer, LongPredicate goesOn)
      throws InterruptedException, ExecutionException {
    Deque<CompletableFuture<Receipt>> waiting = new ArrayDeque<>(outstanding);
    // Producers start at different events, as different agents do.
    long number = producer * 1_009L;
    long count = 0;
    while (goesOn.test(count)) {
      if (waiting.size() == outstanding) {
        awaitHalf(waiting);
      }
      waiting.add(recorder.append(drafts.apply(number++)));
      count++;
    }
    for (CompletableFuture<Receipt> receipt : waiting) {
      receipt.get();
    }
    return count;
  }

  /** Waits for the older half from its end, so that a thread is woken once and not for each. */
  private void awaitHalf(Deque<CompletableFuture<Receipt>> waiting)
      throws InterruptedException, ExecutionException {
    Deque<CompletableFuture<Receipt>> older = new ArrayDeque<>();
    for (int i = 0; i < Math.max(1, outstanding / 2); i++) {
      older.push(waiting.remove());
    }
    for (CompletableFuture<Receipt> receipt : older) {
      receipt.get();
    }
  }
}
