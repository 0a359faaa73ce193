package io.osmoda.daemon;

import io.osmoda.client.DraftJson;
import io.osmoda.client.Json;
import io.osmoda.client.Receipts;
import io.osmoda.client.Wire;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Appending entries and reading single ones over the API. Thread-safe. */
final class EntriesApi {
  /** How long a caller may take to receive the receipts. */
  private static final Duration DELIVERY = Duration.ofMinutes(10);

  private final Ledger ledger;
  private final LedgerReader reader;
  private final ReadRecord reads;
  private final Metrics metrics;

  EntriesApi(Ledger ledger, LedgerReader reader, Metrics metrics) {
    this.ledger = ledger;
    this.reader = reader;
    this.reads = new ReadRecord(ledger);
    this.metrics = metrics;
  }

  /** {@code POST /api/v1/entries}: one draft, or one a line. */
  void append(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    switch (exchange.mediaType()) {
      case Wire.JSON -> appendOne(exchange);
      case Wire.NDJSON -> appendLines(exchange);
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
      Receipt receipt = Receipts.await(append(exchange, body));
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
    exchange.bytes(200, Wire.NDJSON, answers(receipts, metrics));
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
    exchange.bytes(200, Wire.JSON, withLf(reader.entry(seq).line()));
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

  static byte[] withLf(byte[] line) {
    byte[] result = Arrays.copyOf(line, line.length + 1);
    result[line.length] = '\n';
    return result;
  }
}
