package io.osmoda.daemon;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.osmoda.client.DraftJson;
import io.osmoda.client.Json;
import io.osmoda.client.Receipts;
import io.osmoda.client.Wire;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.HexBytes;
import io.osmoda.ledger.Ledger;
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

  private static final byte[] RECEIPT_HEAD = "{\"entry_hash\":\"".getBytes(US_ASCII);
  private static final byte[] RECEIPT_MIDDLE = "\",\"seq\":".getBytes(US_ASCII);

  /** A receipt's line of a ledger of some size. */
  private static final int RECEIPT_BYTES = 100;

  private final Ledger ledger;
  private final ReadDesk desk;
  private final Answering answering;
  private final Metrics metrics;

  EntriesApi(Ledger ledger, ReadDesk desk, Answering answering, Metrics metrics) {
    this.ledger = ledger;
    this.desk = desk;
    this.answering = answering;
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
              "Unsupported media type",
              "send one entry as Content-Type: application/json, or one per line as"
                  + " application/x-ndjson");
    }
  }

  private void appendOne(Exchange exchange) throws IOException, Problem {
    byte[] body = exchange.body();
    try {
      Receipt receipt = Receipts.await(append(exchange, body, new Line(0, body.length)));
      metrics.appended(1);
      exchange.bytes(201, Wire.JSON, receiptLine(receipt));
    } catch (Problem problem) {
      metrics.refused();
      throw problem;
    } catch (DraftRefusedException e) {
      metrics.refused();
      throw Problem.refused(e);
    }
  }

  private void appendLines(Exchange exchange) throws IOException, Problem {
    byte[] body = exchange.body();
    List<Line> lines = linesOf(body, exchange.limits());
    exchange.extend(DELIVERY);
    List<CompletableFuture<Receipt>> receipts = new ArrayList<>(lines.size());
    for (Line line : lines) {
      try {
        receipts.add(append(exchange, body, line));
      } catch (Problem | DraftRefusedException refused) {
        receipts.add(CompletableFuture.failedFuture(refused));
      }
    }
    exchange.bytes(200, Wire.NDJSON, answers(receipts, metrics));
  }

  /** One line for each draft, in order: its receipt once it is durable, or its problem. */
  static byte[] answers(List<CompletableFuture<Receipt>> receipts, Metrics metrics) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream(RECEIPT_BYTES * receipts.size());
    for (int i = 0; i < receipts.size(); i++) {
      try {
        lines.writeBytes(receiptLine(receipts.get(i).join()));
        metrics.appended(1);
      } catch (CompletionException e) {
        metrics.refused();
        lines.writeBytes(
            Json.line(
                JsonObject.builder()
                    .put("error", Problem.from(e.getCause()).toJson())
                    .put("line", i + 1)
                    .build()));
      }
    }
    return lines.toByteArray();
  }

  private CompletableFuture<Receipt> append(Exchange exchange, byte[] body, Line line)
      throws Problem {
    EntryDraft draft = draft(body, line, exchange.limits());
    if (!exchange.caller().mayWriteAs(draft.actor())) {
      throw Problem.refusedDraft(
          403, "actor", exchange.caller().name() + " may not write as " + draft.actor());
    }
    return ledger.append(draft);
  }

  private static EntryDraft draft(byte[] body, Line line, Limits limits) throws Problem {
    if (line.length() > limits.lineBytes()) {
      throw Problem.tooLarge("an entry may have " + limits.lineBytes() + " bytes");
    }
    try {
      return DraftJson.read(body, line.start(), line.length());
    } catch (JsonException e) {
      throw Problem.badRequest("the entry is not JSON that the ledger accepts: " + e.getMessage());
    }
  }

  static JsonObject receipt(Receipt receipt) {
    return JsonObject.builder()
        .put("entry_hash", receipt.entryHash().hex())
        .put("seq", receipt.seq())
        .build();
  }

  /** The same as bytes, followed by LF; made for each entry, so without a tree. */
  private static byte[] receiptLine(Receipt receipt) {
    byte[] seq = Long.toString(receipt.seq()).getBytes(US_ASCII);
    int hashAt = RECEIPT_HEAD.length;
    int seqAt = hashAt + 2 * Hash.LENGTH + RECEIPT_MIDDLE.length;
    byte[] line = Arrays.copyOf(RECEIPT_HEAD, seqAt + seq.length + 2);
    HexBytes.encode(receipt.entryHash().raw(), 0, line, hashAt);
    System.arraycopy(RECEIPT_MIDDLE, 0, line, hashAt + 2 * Hash.LENGTH, RECEIPT_MIDDLE.length);
    System.arraycopy(seq, 0, line, seqAt, seq.length);
    line[line.length - 2] = '}';
    line[line.length - 1] = '\n';
    return line;
  }

  /** Where a line of a body stands. */
  private record Line(int start, int length) {}

  /** The lines of a body that are not empty, each a copy. */
  static List<byte[]> lines(byte[] body, Limits limits) throws Problem {
    return linesOf(body, limits).stream()
        .map(line -> Arrays.copyOfRange(body, line.start(), line.start() + line.length()))
        .toList();
  }

  private static List<Line> linesOf(byte[] body, Limits limits) throws Problem {
    List<Line> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= body.length; i++) {
      if (i == body.length || body[i] == '\n') {
        if (i > start && !(i == start + 1 && body[start] == '\r')) {
          lines.add(new Line(start, i - start));
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
    Entry entry = answering.ask(exchange, asker -> desk.entry(asker, seq));
    exchange.bytes(200, Wire.JSON, withLf(entry.line()));
  }

  /** {@code GET /api/v1/entries/{seq}/proof}: the entry's tlog-proof. */
  void proof(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    long seq = exchange.seq();
    exchange.bytes(200, Exchange.TEXT, answering.ask(exchange, asker -> desk.proof(seq)));
  }

  static byte[] withLf(byte[] line) {
    byte[] result = Arrays.copyOf(line, line.length + 1);
    result[line.length] = '\n';
    return result;
  }
}
