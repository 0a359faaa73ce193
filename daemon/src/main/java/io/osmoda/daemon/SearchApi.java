package io.osmoda.daemon;

import io.osmoda.client.Json;
import io.osmoda.client.Wire;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.Condition;
import io.osmoda.query.Deadline;
import io.osmoda.query.EntryFields;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.EntryResults;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.Member;
import io.osmoda.query.Moments;
import io.osmoda.query.SearchTimeoutException;
import io.osmoda.query.SeqRange;
import io.osmoda.query.SortKey;
import io.osmoda.query.SortedPage;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Finding and counting entries over the API; each request is on record once. Thread-safe. */
final class SearchApi {
  /** What {@code GET /api/v1/entries} takes. */
  static final List<String> ENTRIES =
      parameters("from", "to", "text", "where", "limit", "cursor", "order", "sort", "fields");

  /** What {@code GET /api/v1/count} takes. */
  static final List<String> COUNT = parameters("from", "to", "text", "where");

  /** What {@code GET /api/v1/facets} takes. */
  static final List<String> FACETS = parameters("from", "to", "text", "where", "by", "limit");

  /** What {@code GET /api/v1/histogram} takes. */
  static final List<String> HISTOGRAM = parameters("from", "to", "text", "where", "interval");

  /** Most entries of an answer that is sorted by a member. */
  static final int MAX_SORTED = 100_000;

  /** Most combinations of values that facets name. */
  static final int MAX_FACETS = 10_000;

  private static final int DEFAULT_FACETS = 100;
  private static final int OUTPUT_BUFFER = 32 * Limits.KIB;
  private static final int QUERY_WAIT_SECONDS = 5;

  /** How long a caller may take to receive what a search found. */
  private static final Duration DELIVERY = Duration.ofMinutes(10);

  private final LedgerReader reader;
  private final EntrySearch search;
  private final ReadRecord reads;
  private final Metrics metrics;
  private final LongSupplier nanoTime;
  private final Semaphore queries;

  SearchApi(
      Ledger ledger,
      LedgerReader reader,
      EntrySearch search,
      Limits limits,
      Metrics metrics,
      LongSupplier nanoTime) {
    this.reader = reader;
    this.search = search;
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

  /** What is done while a search has its place. */
  interface Answer {
    void give(Deadline deadline) throws IOException, Problem;
  }

  /** Puts a search on record, and does it when there is a place for it, for a bounded time. */
  void searching(Exchange exchange, JsonObject what, Answer answer) throws IOException, Problem {
    acquireQuery();
    try {
      Caller caller = exchange.caller();
      reads.seal(caller.name(), caller.via(), what);
      metrics.query();
      Duration time = exchange.limits().queryTime();
      exchange.extend(time.plus(DELIVERY));
      answer.give(Deadline.in(time, nanoTime, exchange.client(nanoTime)::isGone));
    } catch (SearchTimeoutException e) {
      throw Problem.timeout(String.valueOf(e.getMessage()));
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
    throw Problem.busy(503, "too many queries are in progress", QUERY_WAIT_SECONDS);
  }

  /** {@code GET /api/v1/entries}: what the filter wants, as one JSON page or one entry a line. */
  void entries(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(ENTRIES);
    EntryFilter filter = exchange.filter();
    SortKey key = sortKey(exchange);
    EntryFields fields = fields(exchange);
    long limit = limit(exchange, key);
    if (key.isBySeq()) {
      SeqRange part = part(exchange);
      searching(
          exchange,
          filter.toJson(),
          deadline -> {
            try (EntryResults results = search.search(filter, key.descending(), part, deadline)) {
              if (exchange.wantsLines()) {
                streamLines(exchange, results, fields, limit);
              } else {
                page(exchange, results, fields, limit);
              }
            }
          });
    } else {
      SortedPage.Position after = position(exchange);
      searching(
          exchange,
          filter.toJson(),
          deadline ->
              sorted(exchange, fields, search.sorted(filter, key, (int) limit, after, deadline)));
    }
  }

  private static long limit(Exchange exchange, SortKey key) throws Problem {
    boolean lines = exchange.wantsLines();
    long most =
        !lines
            ? exchange.limits().pageEntries()
            : key.isBySeq() ? JsonNumber.MAX_SAFE_INTEGER : MAX_SORTED;
    long otherwise = lines ? most : Math.min(most, Limits.DEFAULT_PAGE);
    long limit = exchange.queryInteger("limit", 1, otherwise);
    if (limit > most) {
      throw Problem.badRequest(
          "such a response has at most "
              + most
              + " entries: set a smaller limit"
              + (lines ? "" : ", or ask for Accept: application/x-ndjson"));
    }
    return limit;
  }

  private static SortKey sortKey(Exchange exchange) throws Problem {
    String sort = exchange.queryOne("sort");
    String order = exchange.queryOne("order");
    if (sort != null && order != null) {
      throw Problem.badRequest("pass either sort or order, not both");
    }
    if (order != null && !order.equals("asc") && !order.equals("desc")) {
      throw Problem.badRequest("the parameter order must be asc or desc, not " + order);
    }
    String wanted = sort != null ? sort : order;
    if (wanted == null) {
      return SortKey.OLDEST_FIRST;
    }
    SortKey key = SortKey.parse(wanted);
    if (key == null) {
      throw Problem.badRequest(
          "the parameter sort must be asc, desc, or one of "
              + String.join(", ", EntryFilter.MEMBERS)
              + ", optionally followed by :asc or :desc, not "
              + wanted);
    }
    return key;
  }

  private static EntryFields fields(Exchange exchange) throws Problem {
    String names = exchange.queryOne("fields");
    try {
      return names == null ? EntryFields.WHOLE : EntryFields.parse(names);
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("the parameter fields: " + e.getMessage());
    }
  }

  private SeqRange part(Exchange exchange) throws IOException, Problem {
    String cursor = exchange.queryOne("cursor");
    long size = reader.size();
    if (cursor == null) {
      return SeqRange.below(size);
    }
    SeqRange part = EntryResults.parse(cursor);
    if (part == null || part.end() > size) {
      throw badCursor();
    }
    return part;
  }

  private SortedPage.Position position(Exchange exchange) throws IOException, Problem {
    String cursor = exchange.queryOne("cursor");
    if (cursor == null) {
      return search.start();
    }
    SortedPage.Position position = SortedPage.Position.parse(cursor);
    if (position == null || position.size() > reader.size()) {
      throw badCursor();
    }
    return position;
  }

  private static Problem badCursor() {
    return Problem.badRequest("the cursor must come from an earlier response");
  }

  private static void page(Exchange exchange, EntryResults results, EntryFields fields, long limit)
      throws IOException {
    Page page = new Page(fields);
    for (long count = 0; count < limit && page.size() < exchange.limits().pageBytes(); count++) {
      Entry entry = results.next();
      if (entry == null) {
        break;
      }
      page.add(entry);
    }
    exchange.bytes(200, Wire.JSON, page.end(results.cursor()));
  }

  private static void streamLines(
      Exchange exchange, EntryResults results, EntryFields fields, long limit) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(exchange.stream(200, Wire.NDJSON), OUTPUT_BUFFER)) {
      for (long count = 0; count < limit; count++) {
        Entry entry = results.next();
        if (entry == null) {
          break;
        }
        out.write(EntriesApi.withLf(fields.of(entry)));
      }
      end(out, results.cursor());
    }
  }

  private static void end(OutputStream out, @Nullable String cursor) throws IOException {
    if (cursor != null) {
      out.write(Json.line(JsonObject.builder().put("next_cursor", new JsonString(cursor)).build()));
    }
  }

  private static void sorted(Exchange exchange, EntryFields fields, SortedPage found)
      throws IOException {
    String cursor = found.next() == null ? null : found.next().toString();
    if (exchange.wantsLines()) {
      try (OutputStream out =
          new BufferedOutputStream(exchange.stream(200, Wire.NDJSON), OUTPUT_BUFFER)) {
        for (Entry entry : found.entries()) {
          out.write(EntriesApi.withLf(fields.of(entry)));
        }
        end(out, cursor);
      }
      return;
    }
    Page page = new Page(fields);
    for (Entry entry : found.entries()) {
      page.add(entry);
    }
    exchange.bytes(200, Wire.JSON, page.end(cursor));
  }

  /** A JSON answer with entries as they are sealed, or some members of them. */
  private static final class Page {
    private final EntryFields fields;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean hasEntries;

    Page(EntryFields fields) {
      this.fields = fields;
      write("{\"entries\":[");
    }

    int size() {
      return bytes.size();
    }

    void add(Entry entry) {
      write(hasEntries ? ",\n" : "\n");
      hasEntries = true;
      bytes.writeBytes(fields.of(entry));
    }

    byte[] end(@Nullable String cursor) {
      write("\n]");
      if (cursor != null) {
        write(",\"next_cursor\":\"" + cursor + '"');
      }
      write("}\n");
      return bytes.toByteArray();
    }

    private void write(String text) {
      bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The filter, without what putting the request on record adds to the ledger. */
  private EntryFilter asOfNow(EntryFilter filter) throws IOException {
    return filter.and(new Condition.SeqBetween(0, reader.size()));
  }

  /** {@code GET /api/v1/count}: how many entries the filter wants. */
  void count(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(COUNT);
    EntryFilter filter = exchange.filter();
    EntryFilter now = asOfNow(filter);
    searching(
        exchange,
        filter.toJson(),
        deadline ->
            exchange.json(
                200, JsonObject.builder().put("count", search.count(now, deadline)).build()));
  }

  /** {@code GET /api/v1/facets}: how many entries have which values. */
  void facets(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(FACETS);
    EntryFilter filter = exchange.filter();
    EntryFilter now = asOfNow(filter);
    List<Member> by = members(exchange);
    long limit = exchange.queryInteger("limit", 1, DEFAULT_FACETS);
    if (limit > MAX_FACETS) {
      throw Problem.badRequest("at most " + MAX_FACETS + " facets are returned");
    }
    searching(
        exchange,
        filter.toJson(),
        deadline -> {
          try {
            exchange.json(200, search.facets(now, by, (int) limit, deadline).toJson());
          } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
          }
        });
  }

  private static List<Member> members(Exchange exchange) throws Problem {
    String by = exchange.queryOne("by");
    if (by == null) {
      throw Problem.badRequest(
          "the parameter by is missing: one to three of " + String.join(", ", EntryFilter.MEMBERS));
    }
    List<Member> members = new ArrayList<>();
    for (String name : by.split(",", -1)) {
      Member member = Member.of(name.strip().toLowerCase(Locale.ROOT));
      if (member == null) {
        throw Problem.badRequest(
            "unknown member "
                + name
                + " to count by; valid members are "
                + String.join(", ", EntryFilter.MEMBERS));
      }
      members.add(member);
    }
    return members;
  }

  /** {@code GET /api/v1/histogram}: how many entries were sealed when. */
  void histogram(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(HISTOGRAM);
    EntryFilter filter = exchange.filter();
    EntryFilter now = asOfNow(filter);
    Duration interval = interval(exchange);
    searching(
        exchange,
        filter.toJson(),
        deadline -> {
          try {
            exchange.json(200, search.histogram(now, interval, deadline).toJson());
          } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
          }
        });
  }

  private static Duration interval(Exchange exchange) throws Problem {
    String text = exchange.queryOne("interval");
    if (text == null) {
      throw Problem.badRequest("the parameter interval is missing: " + Moments.SPAN_FORMS);
    }
    try {
      return Moments.span(text);
    } catch (DateTimeException e) {
      throw Problem.badRequest(
          "the parameter interval: " + e.getMessage() + "; write " + Moments.SPAN_FORMS);
    }
  }
}
