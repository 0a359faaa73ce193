package io.osmoda.daemon;

import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.CausalStart;
import io.osmoda.query.Causality;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.Summarizer;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Causal trees and summaries over the API; each request is on record once. Thread-safe. */
final class OverviewApi {
  /** What {@code GET /api/v1/trace} takes. */
  static final List<String> TRACE = List.of("session");

  /** What {@code GET /api/v1/summary} takes. */
  static final List<String> SUMMARY = List.of("from", "to", "actor");

  private final LedgerReader reader;
  private final SearchApi search;
  private final Causality causality;
  private final Summarizer summarizer;
  private final InstantSource clock;

  OverviewApi(LedgerReader reader, EntrySearch finder, SearchApi search, InstantSource clock) {
    this.reader = reader;
    this.search = search;
    this.causality = new Causality(finder);
    this.summarizer = new Summarizer(finder);
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
    long size = reader.size();
    if (start instanceof CausalStart.Seq(long seq) && seq >= size) {
      throw Problem.notFound(start.absence(size));
    }
    search.searching(
        exchange,
        onRecord(start),
        deadline -> {
          try {
            exchange.json(200, causality.of(start, size, clock.instant(), deadline).toJson());
          } catch (IndexOutOfBoundsException e) {
            throw Problem.notFound(String.valueOf(e.getMessage()));
          }
        });
  }

  private static CausalStart start(String of) throws Problem {
    try {
      return CausalStart.parse(of);
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /** What a {@code ledger_query} entry says of a trace. */
  static JsonObject onRecord(CausalStart start) {
    return JsonObject.builder().put("trace", start.toJson()).build();
  }

  /** What a {@code ledger_query} entry says of a summary. */
  static JsonObject onRecord(Instant from, Instant to, @Nullable String actor) {
    return JsonObject.builder()
        .put(
            "summary",
            JsonObject.builder()
                .put("from", from.toString())
                .put("to", to.toString())
                .putIfPresent("actor", actor)
                .build())
        .build();
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
    if (!from.isBefore(to)) {
      throw Problem.badRequest("from %s is not before to %s".formatted(from, to));
    }
    if (actor != null && actor.isEmpty()) {
      throw Problem.badRequest("an empty actor matches nothing");
    }
    long size = reader.size();
    search.searching(
        exchange,
        onRecord(from, to, actor),
        deadline ->
            exchange.json(200, summarizer.of(from, to, actor, size, now, deadline).toJson()));
  }
}
