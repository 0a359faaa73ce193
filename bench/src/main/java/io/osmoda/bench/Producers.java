package io.osmoda.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that all do the same until a time is over. */
final class Producers {
  private Producers() {}

  /** One thread's work. */
  interface Work {
    /**
     * Appends until {@link System#nanoTime} reaches the end, and waits for what it appended.
     *
     * @return the entries that were acknowledged
     */
    long untilEnd(int producer, long endNanos) throws Exception;
  }

  /** Runs the work on so many platform threads; fails if any of them does. */
  static Pace run(int producers, long nanos, Work work) throws Exception {
    long start = System.nanoTime();
    long entries = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(producers)) {
      List<Future<Long>> results = new ArrayList<>();
      for (int i = 0; i < producers; i++) {
        int producer = i;
        results.add(threads.submit(() -> work.untilEnd(producer, start + nanos)));
      }
      for (Future<Long> result : results) {
        entries += result.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
    return new Pace(entries, System.nanoTime() - start);
  }
}
