package io.osmoda.daemon;

import io.osmoda.evidence.BadFrameworkException;
import io.osmoda.evidence.BundleExport;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.ExportRequest;
import io.osmoda.evidence.Frameworks;
import io.osmoda.evidence.ZipSink;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.Ledger;
import io.osmoda.query.Moments;
import java.io.IOException;
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
  private final ReadDesk reads;
  private final AuditDesk desk;
  private final Answering answering;
  private final Frameworks builtIn;
  private final Semaphore exports = new Semaphore(EXPORTS);

  EvidenceApi(Ledger ledger, ReadDesk reads, AuditDesk desk, Answering answering)
      throws IOException {
    this.ledger = ledger;
    this.reads = reads;
    this.desk = desk;
    this.answering = answering;
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
    } catch (RequestRefusedException e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    }
    if (!exports.tryAcquire()) {
      throw Problem.busy(503, "too many exports are in progress", 10);
    }
    exchange.extend(LONGEST);
    try (LateStream out = new LateStream(exchange, "application/zip");
        BundleSink sink = new ZipSink(out)) {
      new BundleExport(ledger, frameworks)
          .write(request, AuditDesk.user(exchange.caller().name()), sink);
      out.end();
    } catch (RequestRefusedException e) {
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
    JsonObject report =
        answering.ask(exchange, asker -> reads.controls(asker, frameworks, framework, from, to));
    exchange.json(200, desk.withReview(report));
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
}
