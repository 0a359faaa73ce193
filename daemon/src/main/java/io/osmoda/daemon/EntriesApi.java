package io.osmoda.daemon;

import io.osmoda.ledger.DraftRefusedException;
import io.osmoda.ledger.Entry;
import io.osmoda.ledger.EntryDraft;
import io.osmoda.ledger.JsonException;
import io.osmoda.ledger.JsonNumber;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.JsonString;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.ledger.Receipt;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Appending and reading entries over the API. Thread-safe. */
final class EntriesApi {
  /** What {@code GET /api/v1/entries} takes beside the members of a filter. */
  static final List<String> PARAMETERS =
      parameters("from", "to", "text", "limit", "cursor", "order");

  private static final int OUTPUT_BUFFER = 32 * Limits.KIB;
  private static final int QUERY_WAIT_SECONDS = 5;

  /** How long a caller may take to receive what a query found. */
  private static final Duration DELIVERY = Duration.ofMinutes(10);

  private final Ledger ledger;
  private final LedgerReader reader;
  private final ReadRecord reads;
  private final Metrics metrics;
  private final LongSupplier nanoTime;
  private final Semaphore queries;

  EntriesApi(
      Ledger ledger, LedgerReader reader, Limits limits, Metrics metrics, LongSupplier nanoTime) {
    this.ledger = ledger;
    this.reader = reader;
    this.reads = new ReadRecord(ledger);
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    this.queries = new Semaphore(limits.queries());
  }

  static List<String> parameters(String... more) {
    List<String> names = new ArrayList<>(EntryFilter.MEMBERS);
    names.addAll(List.of(more));
    return List.copyOf(names);
  }

  /** {@code POST /api/v1/entries}: one draft, or one a line. */
  void append(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    switch (exchange.mediaType()) {
      case Exchange.JSON -> appendOne(exchange);
      case Exchange.NDJSON -> appendLines(exchange);
      default ->
          throw Problem.of(
              415,
              "media-type",
              "The media type is not taken",
              "send one entry as Content-Type: application/json, or one a line as"
                  + " application/x-ndjson");
    }
  }

  private void appendOne(Exchange exchange) throws IOException, Problem {
    byte[] body = exchange.body();
    try {
      Receipt receipt = ReadRecord.await(append(exchange, body));
      metrics.appended(1);
      exchange.json(201, receipt(receipt));
    } catch (Problem problem) {
      metrics.refused();
      throw problem;
    } catch (DraftRefusedException e) {
      metrics.refused();
      throw Problem.refusedDraft(422, e.member(), e.reason());
    }
  }

  private void appendLines(Exchange exchange) throws IOException, Problem {
    List<byte[]> lines = lines(exchange.body(), exchange.limits());
    exchange.extend(DELIVERY);
    List<CompletableFuture<Receipt>> receipts = new ArrayList<>(lines.size());
    for (byte[] line : lines) {
      try {
        receipts.add(append(exchange, line));
      } catch (Problem | DraftRefusedException refused) {
        receipts.add(CompletableFuture.failedFuture(refused));
      }
    }
    exchange.bytes(200, Exchange.NDJSON, answers(receipts, metrics));
  }

  /** One line for each draft, in order: its receipt once it is durable, or its problem. */
  static byte[] answers(List<CompletableFuture<Receipt>> receipts, Metrics metrics) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (int i = 0; i < receipts.size(); i++) {
      JsonObject answer;
      try {
        answer = receipt(receipts.get(i).join());
        metrics.appended(1);
      } catch (CompletionException e) {
        metrics.refused();
        answer =
            JsonObject.builder()
                .put("error", Problem.from(e.getCause()).toJson())
                .put("line", i + 1)
                .build();
      }
      lines.writeBytes(Json.line(answer));
    }
    return lines.toByteArray();
  }

  private CompletableFuture<Receipt> append(Exchange exchange, byte[] json) throws Problem {
    EntryDraft draft = draft(json, exchange.limits());
    if (!exchange.caller().mayWriteAs(draft.actor())) {
      throw Problem.refusedDraft(
          403, "actor", exchange.caller().name() + " may not write as " + draft.actor());
    }
    return ledger.append(draft);
  }

  private static EntryDraft draft(byte[] json, Limits limits) throws Problem {
    if (json.length > limits.lineBytes()) {
      throw Problem.tooLarge("an entry may have " + limits.lineBytes() + " bytes");
    }
    try {
      return DraftJson.read(json);
    } catch (JsonException e) {
      throw Problem.badRequest("the entry is not JSON that a ledger takes: " + e.getMessage());
    }
  }

  static JsonObject receipt(Receipt receipt) {
    return JsonObject.builder()
        .put("entry_hash", receipt.entryHash().hex())
        .put("seq", receipt.seq())
        .build();
  }

  /** The lines of a body that are not empty. */
  static List<byte[]> lines(byte[] body, Limits limits) throws Problem {
    List<byte[]> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= body.length; i++) {
      if (i == body.length || body[i] == '\n') {
        if (i > start && !(i == start + 1 && body[start] == '\r')) {
          lines.add(Arrays.copyOfRange(body, start, i));
        }
        start = i + 1;
      }
    }
    if (lines.size() > limits.drafts()) {
      throw Problem.tooLarge(
          "a request may have " + limits.drafts() + " lines: send smaller batches");
    }
    return lines;
  }

  /** {@code GET /api/v1/entries/{seq}}: the line as it is sealed. */
  void one(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    long seq = exchange.seq();
    requireSealed(seq);
    Caller caller = exchange.caller();
    reads.seal(caller.name(), caller.via(), JsonObject.builder().put("seq", seq).build());
    metrics.query();
    exchange.bytes(200, Exchange.JSON, withLf(reader.entry(seq).line()));
  }

  /** {@code GET /api/v1/entries/{seq}/proof}: the entry's tlog-proof. */
  void proof(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    long seq = exchange.seq();
    requireSealed(seq);
    if (seq >= ledger.status().anchored()) {
      ledger.checkpoint();
    }
    exchange.bytes(200, Exchange.TEXT, reader.prove(seq).toBytes());
  }

  private void requireSealed(long seq) throws IOException, Problem {
    long size = reader.size();
    if (seq >= size) {
      throw Problem.notFound(
          "there is no entry " + seq + ": the ledger has " + size + ", counted from 0");
    }
  }

  /** {@code GET /api/v1/entries}: what the filter wants, as one JSON page or one entry a line. */
  void query(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(PARAMETERS);
    EntryFilter filter = exchange.filter();
    boolean newestFirst = newestFirst(exchange);
    boolean lines = exchange.wantsLines();
    long limit =
        exchange.queryInteger(
            "limit", 1, lines ? JsonNumber.MAX_SAFE_INTEGER : Limits.DEFAULT_PAGE);
    if (!lines && limit > exchange.limits().pageEntries()) {
      throw Problem.badRequest(
          "a JSON answer has at most "
              + exchange.limits().pageEntries()
              + " entries: set a smaller limit, or ask for Accept: application/x-ndjson");
    }
    EntryFilter.Range part = part(exchange);
    acquireQuery();
    try {
      Caller caller = exchange.caller();
      reads.seal(caller.name(), caller.via(), filter.toJson());
      metrics.query();
      exchange.extend(exchange.limits().queryTime().plus(DELIVERY));
      EntryFilter.Range inTime = filter.timeRange(reader, part.end());
      try (EntryScan scan =
          new EntryScan(
              reader,
              filter,
              part.intersect(inTime),
              newestFirst,
              exchange.limits().queryTime().toNanos(),
              nanoTime)) {
        if (lines) {
          streamLines(exchange, scan, limit);
        } else {
          page(exchange, scan, limit);
        }
      }
    } finally {
      queries.release();
    }
  }

  private void acquireQuery() throws Problem {
    try {
      if (queries.tryAcquire(QUERY_WAIT_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    metrics.limited("queries");
    throw Problem.busy(503, "too many queries are under way", QUERY_WAIT_SECONDS);
  }

  private EntryFilter.Range part(Exchange exchange) throws IOException, Problem {
    String cursor = exchange.queryOne("cursor");
    long size = reader.size();
    if (cursor == null) {
      return new EntryFilter.Range(0, size);
    }
    EntryFilter.Range part = EntryScan.parse(cursor);
    if (part == null || part.end() > size) {
      throw Problem.badRequest("the cursor must be one that an earlier answer gave");
    }
    return part;
  }

  private static boolean newestFirst(Exchange exchange) throws Problem {
    String order = exchange.queryOne("order");
    return switch (order == null ? "asc" : order) {
      case "asc" -> false;
      case "desc" -> true;
      default -> throw Problem.badRequest("the parameter order is asc or desc, not " + order);
    };
  }

  private static void page(Exchange exchange, EntryScan scan, long limit) throws IOException {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    page.writeBytes("{\"entries\":[".getBytes(StandardCharsets.UTF_8));
    for (long count = 0; count < limit && page.size() < exchange.limits().pageBytes(); count++) {
      Entry entry = scan.next();
      if (entry == null) {
        break;
      }
      page.writeBytes((count == 0 ? "\n" : ",\n").getBytes(StandardCharsets.UTF_8));
      page.writeBytes(entry.line());
    }
    page.writeBytes("\n]".getBytes(StandardCharsets.UTF_8));
    String cursor = scan.cursor();
    if (cursor != null) {
      page.writeBytes((",\"next_cursor\":\"" + cursor + '"').getBytes(StandardCharsets.UTF_8));
    }
    page.writeBytes("}\n".getBytes(StandardCharsets.UTF_8));
    exchange.bytes(200, Exchange.JSON, page.toByteArray());
  }

  private static void streamLines(Exchange exchange, EntryScan scan, long limit)
      throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(exchange.stream(200, Exchange.NDJSON), OUTPUT_BUFFER)) {
      for (long count = 0; count < limit; count++) {
        Entry entry = scan.next();
        if (entry == null) {
          break;
        }
        out.write(withLf(entry.line()));
      }
      String cursor = scan.cursor();
      if (cursor != null) {
        out.write(
            Json.line(JsonObject.builder().put("next_cursor", new JsonString(cursor)).build()));
      }
    }
  }

  static byte[] withLf(byte[] line) {
    byte[] result = Arrays.copyOf(line, line.length + 1);
    result[line.length] = '\n';
    return result;
  }
}
