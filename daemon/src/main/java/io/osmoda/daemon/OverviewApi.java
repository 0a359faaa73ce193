package io.osmoda.daemon;

import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.query.CausalStart;
import io.osmoda.query.Summarizer;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Causal trees and summaries over the API. Thread-safe. */
final class OverviewApi {
  /** What {@code GET /api/v1/trace} takes. */
  static final List<String> TRACE = List.of("session");

  /** What {@code GET /api/v1/summary} takes. */
  static final List<String> SUMMARY = List.of("from", "to", "actor");

  private final ReadDesk desk;
  private final Answering answering;
  private final InstantSource clock;

  OverviewApi(ReadDesk desk, Answering answering, InstantSource clock) {
    this.desk = desk;
    this.answering = answering;
    this.clock = clock;
  }

  /** {@code GET /api/v1/trace/{of}}: the causal tree of an entry, a trace or a session. */
  void trace(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    trace(exchange, exchange.pathParameter("of"));
  }

  /** {@code GET /api/v1/trace}: that of a session, whatever its name. */
  void sessionTrace(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(TRACE);
    String session = exchange.queryOne("session");
    if (session == null) {
      throw Problem.badRequest(
          "the parameter session is missing; put an entry or a trace in the path:"
              + " /api/v1/trace/17");
    }
    trace(exchange, CausalStart.SESSION + session);
  }

  private void trace(Exchange exchange, String of) throws IOException, Problem {
    CausalStart start = start(of);
    exchange.json(
        200, answering.ask(exchange, asker -> desk.trace(asker, start, clock.instant())).toJson());
  }

  private static CausalStart start(String of) throws Problem {
    try {
      return CausalStart.parse(of);
    } catch (RequestRefusedException e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /** {@code GET /api/v1/summary}: what happened in a period. */
  void summary(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(SUMMARY);
    Instant now = clock.instant();
    Instant givenTo = exchange.instant("to");
    Instant to = givenTo == null ? now : givenTo;
    Instant givenFrom = exchange.instant("from");
    Instant from = givenFrom == null ? to.minus(Summarizer.DEFAULT_PERIOD) : givenFrom;
    String actor = exchange.queryOne("actor");
    exchange.json(200, answering.ask(exchange, asker -> desk.summary(asker, from, to, actor, now)));
  }
}
