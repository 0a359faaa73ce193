package io.osmoda.daemon;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the daemon does, for {@code /metrics}. Thread-safe. */
final class Metrics {
  /** The media type of the Prometheus text format. */
  static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  // The label sets are ours (routes, status codes, limits), so the maps stay small.
  private final Map<String, LongAdder> requests = new ConcurrentSkipListMap<>();
  private final Map<String, LongAdder> limited = new ConcurrentSkipListMap<>();
  private final LongAdder appended = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder queries = new LongAdder();

  void request(String route, int status) {
    count(requests, "route=\"" + route + "\",status=\"" + status + "\"");
  }

  void limited(String limit) {
    count(limited, "limit=\"" + limit + "\"");
  }

  void appended(long entries) {
    appended.add(entries);
  }

  void refused() {
    refused.increment();
  }

  void query() {
    queries.increment();
  }

  private static void count(Map<String, LongAdder> counters, String labels) {
    counters.computeIfAbsent(labels, absent -> new LongAdder()).increment();
  }

  /** The counters in the Prometheus text format; gauges follow through {@link Exposition}. */
  Exposition exposition() {
    Exposition text = new Exposition();
    text.family("osmoda_requests_total", "counter", "Requests by route and status.");
    requests.forEach((labels, count) -> text.sample("osmoda_requests_total", labels, count.sum()));
    text.family("osmoda_limited_total", "counter", "Requests rejected by a limit.");
    limited.forEach((labels, count) -> text.sample("osmoda_limited_total", labels, count.sum()));
    text.one("osmoda_appended_total", "counter", "Entries appended by callers.", appended.sum());
    text.one("osmoda_refused_drafts_total", "counter", "Entries refused.", refused.sum());
    text.one("osmoda_queries_total", "counter", "Reads of entries.", queries.sum());
    return text;
  }

  /** Text being written; not thread-safe. */
  static final class Exposition {
    private final StringBuilder text = new StringBuilder();

    void family(String name, String type, String help) {
      text.append("# HELP ").append(name).append(' ').append(help).append('\n');
      text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    void sample(String name, String labels, long value) {
      text.append(name);
      if (!labels.isEmpty()) {
        text.append('{').append(labels).append('}');
      }
      text.append(' ').append(value).append('\n');
    }

    void one(String name, String type, String help, long value) {
      family(name, type, help);
      sample(name, "", value);
    }

    void seconds(String name, String type, String help, Duration value) {
      family(name, type, help);
      text.append(name).append(' ').append(value.toMillis() / 1_000.0).append('\n');
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
