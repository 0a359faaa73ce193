package io.osmoda.daemon;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Token buckets, one a caller: each request takes one, and they come back at a steady rate.
 * Thread-safe. The number of buckets is bounded: the one longest unused is dropped, which can only
 * favour its caller.
 */
final class RateLimiter {
  private static final int MAX_BUCKETS = 1_024;
  private static final double NANOS = 1e9;

  private final double perSecond;
  private final double burst;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MAX_BUCKETS;
        }
      };

  private record Bucket(double tokens, long at) {}

  RateLimiter(int perSecond, int burst, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.nanoTime = nanoTime;
  }

  /** Takes a token; false where the caller has none left. */
  synchronized boolean allow(String caller) {
    long now = nanoTime.getAsLong();
    Bucket bucket = buckets.getOrDefault(caller, new Bucket(burst, now));
    double tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / NANOS * perSecond);
    boolean allowed = tokens >= 1;
    buckets.put(caller, new Bucket(allowed ? tokens - 1 : tokens, now));
    return allowed;
  }
}
