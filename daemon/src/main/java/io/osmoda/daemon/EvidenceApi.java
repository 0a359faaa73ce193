package io.osmoda.daemon;

import io.osmoda.evidence.BadFrameworkException;
import io.osmoda.evidence.BundleExport;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.ControlReport;
import io.osmoda.evidence.ExportRequest;
import io.osmoda.evidence.Frameworks;
import io.osmoda.evidence.ZipSink;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.Moments;
import java.io.IOException;
import java.io.OutputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Bundles and what the ledger supports of controls. Thread-safe. */
final class EvidenceApi {
  /** Exports written at once: each reads its whole range. */
  private static final int EXPORTS = 2;

  /** How long an export may take. */
  static final Duration LONGEST = Duration.ofHours(6);

  private static final String FRAMEWORKS = "frameworks";

  private final Ledger ledger;
  private final LedgerReader reader;
  private final EntrySearch finder;
  private final SearchApi search;
  private final AuditDesk desk;
  private final Frameworks builtIn;
  private final Semaphore exports = new Semaphore(EXPORTS);

  EvidenceApi(
      Ledger ledger, LedgerReader reader, EntrySearch finder, SearchApi search, AuditDesk desk)
      throws IOException {
    this.desk = desk;
    this.ledger = ledger;
    this.reader = reader;
    this.finder = finder;
    this.search = search;
    this.builtIn = Frameworks.builtIn();
  }

  /** {@code POST /api/v1/exports}: a bundle as a zip, written as it is made. */
  void export(Exchange exchange) throws IOException, Problem {
    JsonObject body = AdminApi.body(exchange, List.of("request", FRAMEWORKS));
    Frameworks frameworks = frameworks(body);
    ExportRequest request;
    try {
      request =
          ExportRequest.parse(
              body.get("request") instanceof JsonObject given ? given : JsonObject.EMPTY);
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    }
    if (!exports.tryAcquire()) {
      throw Problem.busy(503, "too many exports are in progress", 10);
    }
    exchange.extend(LONGEST);
    try (LateStream out = new LateStream(exchange);
        BundleSink sink = new ZipSink(out)) {
      new BundleExport(ledger, frameworks).write(request, "user:" + exchange.caller().name(), sink);
      out.end();
    } catch (IllegalArgumentException e) {
      throw Problem.of(422, "refused", "Cannot export this", String.valueOf(e.getMessage()));
    } finally {
      exports.release();
    }
  }

  /** {@code POST /api/v1/controls}: what the ledger supports of controls, on record as a read. */
  void controls(Exchange exchange) throws IOException, Problem {
    JsonObject body = AdminApi.body(exchange, List.of("framework", "from", "to", FRAMEWORKS));
    Frameworks frameworks = frameworks(body);
    String framework = body.string("framework");
    Instant from = instant(body, "from");
    Instant to = instant(body, "to");
    long size = reader.size();
    search.searching(
        exchange,
        asked(framework, from, to),
        deadline -> {
          try {
            exchange.json(
                200,
                desk.withReview(
                    new ControlReport(frameworks, finder)
                        .make(framework, from, to, size, deadline)));
          } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
          }
        });
  }

  /** What is recorded of a report. */
  static JsonObject asked(
      @Nullable String framework, @Nullable Instant from, @Nullable Instant to) {
    return JsonObject.builder()
        .put("controls", framework == null ? "all" : framework)
        .putIfPresent("from", from == null ? null : from.toString())
        .putIfPresent("to", to == null ? null : to.toString())
        .build();
  }

  private static @Nullable Instant instant(JsonObject body, String name) throws Problem {
    String text = body.string(name);
    try {
      return text == null ? null : Moments.parse(text, Instant.now(), ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw Problem.badRequest(name + ": " + e.getMessage());
    }
  }

  private Frameworks frameworks(JsonObject body) throws Problem {
    if (body.get(FRAMEWORKS) == null) {
      return builtIn;
    }
    if (!(body.get(FRAMEWORKS) instanceof JsonObject given)) {
      throw Problem.badRequest("frameworks must map file names to file contents");
    }
    Map<String, String> files = new LinkedHashMap<>();
    for (Map.Entry<String, JsonValue> file : given.members().entrySet()) {
      if (!(file.getValue() instanceof JsonString(var text))) {
        throw Problem.badRequest("frameworks must map file names to file contents");
      }
      files.put(file.getKey(), text);
    }
    try {
      return builtIn.with(files);
    } catch (BadFrameworkException e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /** Begins the answer with the first byte, so that a refusal before it still has its status. */
  private static final class LateStream extends OutputStream {
    private final Exchange exchange;
    private @Nullable OutputStream out;

    LateStream(Exchange exchange) {
      this.exchange = exchange;
    }

    private OutputStream out() {
      OutputStream begun = out;
      if (begun == null) {
        begun = exchange.stream(200, "application/zip");
        out = begun;
      }
      return begun;
    }

    @Override
    public void write(int value) throws IOException {
      out().write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out().write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      if (out != null) {
        out.flush();
      }
    }

    /** Leaves the answer open: one that was not ended is no whole answer. */
    @Override
    public void close() {}

    void end() throws IOException {
      out().close();
    }
  }
}
