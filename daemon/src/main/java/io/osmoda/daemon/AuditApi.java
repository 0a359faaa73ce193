package io.osmoda.daemon;

import io.osmoda.evidence.BadConfigurationException;
import io.osmoda.evidence.HoldRequest;
import io.osmoda.evidence.RedactionRequest;
import io.osmoda.evidence.ReviewRequest;
import io.osmoda.evidence.SignOffRequest;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Reviews, sign-offs, legal holds and retention over the API. Thread-safe. */
final class AuditApi {
  /** What {@code GET /api/v1/sign-offs} takes. */
  static final List<String> SIGN_OFFS = List.of("manifest_sha256");

  /** What {@code GET /api/v1/retention} takes. */
  static final List<String> RETENTION = List.of("preset");

  /** How long the first look for legal holds may take: it reads the whole ledger. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private final AuditDesk desk;
  private final EvidenceSchedule schedule;
  private final ReadDesk reads;
  private final Answering answering;

  AuditApi(AuditDesk desk, EvidenceSchedule schedule, ReadDesk reads, Answering answering) {
    this.desk = desk;
    this.schedule = schedule;
    this.reads = reads;
    this.answering = answering;
  }

  private interface Parser<R> {
    R parse(JsonObject body);
  }

  private interface Work<R, T> {
    T run(R request, String by) throws IOException;
  }

  private static <R, T> T doing(Exchange exchange, Parser<R> parser, Work<R, T> work)
      throws IOException, Problem {
    JsonObject body = AdminApi.body(exchange);
    R request;
    try {
      request = parser.parse(body);
    } catch (RequestRefusedException e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    }
    try {
      return work.run(request, exchange.caller().name());
    } catch (DraftRefusedException e) {
      throw Problem.refused(e);
    } catch (RequestRefusedException e) {
      throw Problem.of(422, "refused", "Cannot do this", String.valueOf(e.getMessage()));
    } catch (BadConfigurationException e) {
      throw wrongConfiguration(e);
    }
  }

  private static Problem wrongConfiguration(BadConfigurationException e) {
    return Problem.of(
        503,
        "configuration",
        "The configuration is wrong",
        e.getMessage() + "; fix the file, then try again");
  }

  /** Answers with a list, which may take its time. */
  private void list(Exchange exchange, String what, ReadDesk.Listing listing)
      throws IOException, Problem {
    try {
      exchange.json(
          200,
          answering.ask(
              exchange,
              asker ->
                  reads.list(
                      asker,
                      what,
                      () -> {
                        exchange.extend(LONGEST);
                        return listing.make();
                      })));
    } catch (BadConfigurationException e) {
      throw wrongConfiguration(e);
    }
  }

  /** {@code POST /api/v1/reviews}. */
  void review(Exchange exchange) throws IOException, Problem {
    exchange.json(201, doing(exchange, ReviewRequest::parse, desk::review));
  }

  /** {@code GET /api/v1/reviews}. */
  void reviews(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    list(exchange, "reviews", desk::reviews);
  }

  /** {@code POST /api/v1/sign-offs}. */
  void signOff(Exchange exchange) throws IOException, Problem {
    exchange.json(201, doing(exchange, SignOffRequest::parse, desk::signOff));
  }

  /** {@code GET /api/v1/sign-offs}. */
  void signOffs(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(SIGN_OFFS);
    String manifest = exchange.queryOne("manifest_sha256");
    if (manifest == null || !manifest.matches("[0-9a-f]{64}")) {
      throw Problem.badRequest("the parameter manifest_sha256 must be 64 hex digits");
    }
    list(exchange, "sign_offs", () -> desk.signOffs(manifest));
  }

  /** {@code GET /api/v1/holds}. */
  void holds(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    list(exchange, "holds", desk::holds);
  }

  /** {@code POST /api/v1/holds}. */
  void setHold(Exchange exchange) throws IOException, Problem {
    exchange.json(201, doing(exchange, HoldRequest::parse, desk::setHold));
  }

  private static String reason(JsonObject body) {
    if (body.members().size() != 1 || body.string("reason") == null) {
      throw new RequestRefusedException("a release needs a reason, and nothing else");
    }
    return String.valueOf(body.string("reason"));
  }

  /** {@code POST /api/v1/holds/{seq}/release}. */
  void releaseHold(Exchange exchange) throws IOException, Problem {
    long seq = exchange.seq();
    exchange.extend(LONGEST);
    exchange.json(
        200, doing(exchange, AuditApi::reason, (reason, by) -> desk.releaseHold(seq, reason, by)));
  }

  /** {@code GET /api/v1/retention}. */
  void retention(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(RETENTION);
    String preset = exchange.queryOne("preset");
    list(exchange, "retention", () -> desk.retention(preset));
  }

  /** {@code GET /api/v1/schedule}: holds no entries, so it is no read. */
  void schedule(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    try {
      exchange.json(200, schedule.tell());
    } catch (BadConfigurationException e) {
      throw wrongConfiguration(e);
    } catch (IOException e) {
      throw Problem.of(503, "evidence", "Cannot read the evidence", String.valueOf(e.getMessage()));
    }
  }

  /** {@code POST /api/v1/schedule/run}: collects the next period that is over. */
  void collect(Exchange exchange) throws IOException, Problem {
    AdminApi.body(exchange, List.of());
    exchange.extend(EvidenceApi.LONGEST);
    try {
      exchange.json(
          200, AuditDesk.collected(schedule.collectNext(AuditDesk.user(exchange.caller().name()))));
    } catch (BadConfigurationException e) {
      throw wrongConfiguration(e);
    } catch (IOException e) {
      throw Problem.of(503, "evidence", "The evidence was not collected", Failures.describe(e));
    }
  }

  /** {@code POST /api/v1/redactions}. */
  void redact(Exchange exchange) throws IOException, Problem {
    exchange.extend(LONGEST);
    exchange.json(200, doing(exchange, RedactionRequest::parse, desk::redact));
  }
}
