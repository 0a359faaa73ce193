package io.osmoda.bench;

import io.osmoda.ledger.EntryDraft;
import io.osmoda.ledger.Receipt;
import io.osmoda.ledger.Recorder;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;

/** Producers that append to a ledger, each with a bounded number of appends outstanding. */
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
    Queue<CompletableFuture<Receipt>> waiting = new ArrayDeque<>(outstanding);
    // Producers start at different events, as different agents do.
    long number = producer * 1_009L;
    long count = 0;
    while (goesOn.test(count)) {
      if (waiting.size() == outstanding) {
        waiting.remove().get();
      }
      waiting.add(recorder.append(drafts.apply(number++)));
      count++;
    }
    for (CompletableFuture<Receipt> receipt : waiting) {
      receipt.get();
    }
    return count;
  }
}
