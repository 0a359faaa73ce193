package io.osmoda.daemon;

import io.osmoda.client.Json;
import io.osmoda.client.Wire;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.Condition;
import io.osmoda.query.EntryFilter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * {@code GET /api/v1/stream}: entries as server-sent events, as they are sealed. Each stream reads
 * the segments at its consumer's pace, so a slow one holds up nobody. Thread-safe.
 */
final class StreamApi {
  static final List<String> PARAMETERS =
      SearchApi.parameters("from", "to", "text", "where", "from_seq", "newest", "count_reads");

  private static final String LAST_EVENT_ID = "Last-Event-ID";
  private static final int OUTPUT_BUFFER = 16 * Limits.KIB;
  private static final Duration FOR_EVER = Duration.ofDays(3_650);

  private final LedgerReader reader;
  private final ReadDesk desk;
  private final Answering answering;
  private final Limits limits;
  private final Metrics metrics;
  private final LongSupplier nanoTime;
  private final Semaphore streams;
  private volatile boolean stopping;

  StreamApi(
      LedgerReader reader,
      ReadDesk desk,
      Answering answering,
      Limits limits,
      Metrics metrics,
      LongSupplier nanoTime) {
    this.reader = reader;
    this.desk = desk;
    this.answering = answering;
    this.limits = limits;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    this.streams = new Semaphore(limits.streams());
  }

  /** Streams that are open now. */
  int open() {
    return limits.streams() - streams.availablePermits();
  }

  /** Ends all streams, each with a last event. */
  void stop() {
    stopping = true;
  }

  void stream(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(PARAMETERS);
    EntryFilter filter = exchange.filter();
    long size = reader.size();
    long newest = exchange.queryInteger("newest", 0, -1);
    boolean countReads = exchange.queryBoolean("count_reads", true);
    long asked = from(exchange, size);
    if (!streams.tryAcquire()) {
      metrics.limited("streams");
      throw Problem.busy(503, "there are " + limits.streams() + " streams already", 10);
    }
    try {
      long from =
          answering.ask(
              exchange,
              asker -> {
                desk.startFollowing(asker, filter, asked, newest);
                return newest < 0
                    ? asked
                    : desk.firstOfNewest(asker, filter, newest, countReads, size);
              });
      exchange.extend(FOR_EVER);
      try (OutputStream out =
          new BufferedOutputStream(exchange.stream(200, Wire.EVENT_STREAM), OUTPUT_BUFFER)) {
        follow(out, filter, from, size, newest >= 0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the stream was interrupted", e);
    } finally {
      streams.release();
    }
  }

  /** Where to begin: after the last event that the caller has, else where it says, else now. */
  private static long from(Exchange exchange, long size) throws Problem {
    String last = exchange.header(LAST_EVENT_ID);
    if (last != null) {
      if (!last.matches("0|[1-9][0-9]{0,14}")) {
        throw Problem.badRequest("Last-Event-ID must be the id of an event of this stream");
      }
      return Long.parseLong(last) + 1;
    }
    return exchange.queryInteger("from_seq", 0, size);
  }

  /** Writes what comes until the daemon stops or the reader is too far behind. */
  void follow(OutputStream out, EntryFilter filter, long from, long size, boolean tellCaughtUp)
      throws IOException, InterruptedException {
    long next = from;
    long lastWrite = nanoTime.getAsLong();
    boolean caughtUp = false;
    Condition condition = filter.condition();
    comment(out, "from " + from);
    while (!stopping) {
      boolean wrote = false;
      long end = caughtUp ? reader.size() : size;
      try (EntryCursor cursor = reader.read(Math.min(next, end), end)) {
        for (Entry entry = cursor.next(); entry != null && !stopping; entry = cursor.next()) {
          if (entry.seq() < next) {
            continue; // the caller asked to begin past the present end
          }
          next = entry.seq() + 1;
          if (condition.matches(entry)) {
            event(out, "entry", entry.seq(), entry.line());
            wrote = true;
          }
          if (caughtUp && reader.size() - next > limits.streamLag()) {
            last(out, "this stream fell behind; reconnect with Last-Event-ID to continue");
            return;
          }
        }
      }
      if (tellCaughtUp && !caughtUp) {
        comment(out, Wire.CAUGHT_UP);
      }
      caughtUp = true;
      long now = nanoTime.getAsLong();
      if (!wrote && now - lastWrite >= limits.heartbeat().toNanos()) {
        comment(out, "still here");
        wrote = true;
      }
      if (wrote) {
        out.flush();
        lastWrite = now;
      }
      reader.awaitMoreThan(next);
    }
    last(out, "the daemon is stopping; reconnect with Last-Event-ID to continue");
  }

  private static void event(OutputStream out, String kind, long id, byte[] data)
      throws IOException {
    out.write(("id: " + id + "\nevent: " + kind + "\ndata: ").getBytes(StandardCharsets.UTF_8));
    out.write(data);
    out.write("\n\n".getBytes(StandardCharsets.UTF_8));
  }

  private static void comment(OutputStream out, String text) throws IOException {
    out.write((": " + text + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static void last(OutputStream out, String why) throws IOException {
    String data = Json.text(JsonObject.builder().put("reason", why).build());
    out.write(("event: end\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
