package io.osmoda.daemon;

import io.osmoda.client.EntrySink;
import io.osmoda.client.Json;
import io.osmoda.client.Wire;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.query.EntryFields;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.Member;
import io.osmoda.query.Moments;
import io.osmoda.query.SortKey;
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
import org.jspecify.annotations.Nullable;

/** Finding and counting entries over the API. Thread-safe. */
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

  private static final int DEFAULT_FACETS = 100;
  private static final int OUTPUT_BUFFER = 32 * Limits.KIB;

  private final ReadDesk desk;
  private final Answering answering;

  SearchApi(ReadDesk desk, Answering answering) {
    this.desk = desk;
    this.answering = answering;
  }

  static List<String> parameters(String... more) {
    List<String> names = new ArrayList<>(EntryFilter.MEMBERS);
    names.addAll(List.of(more));
    return List.copyOf(names);
  }

  /** {@code GET /api/v1/entries}: what the filter wants, as one JSON page or one entry a line. */
  void entries(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(ENTRIES);
    EntryFilter filter = exchange.filter();
    SortKey key = sortKey(exchange);
    EntryFields fields = fields(exchange);
    long limit = limit(exchange, key);
    String cursor = exchange.queryOne("cursor");
    if (exchange.wantsLines()) {
      Lines lines = new Lines(exchange, fields);
      ReadDesk.Rest rest =
          answering.ask(exchange, asker -> desk.entries(asker, filter, key, limit, cursor, lines));
      lines.end(rest.cursor());
    } else {
      // In the order of a member, the cursor stands behind all that were found.
      long mostBytes = key.isBySeq() ? exchange.limits().pageBytes() : Long.MAX_VALUE;
      Page page = new Page(fields, mostBytes);
      ReadDesk.Rest rest =
          answering.ask(exchange, asker -> desk.entries(asker, filter, key, limit, cursor, page));
      exchange.bytes(200, Wire.JSON, page.end(rest.cursor()));
    }
  }

  private static long limit(Exchange exchange, SortKey key) throws Problem {
    boolean lines = exchange.wantsLines();
    long most =
        !lines
            ? exchange.limits().pageEntries()
            : key.isBySeq() ? JsonNumber.MAX_SAFE_INTEGER : ReadDesk.MAX_SORTED;
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
    } catch (RequestRefusedException e) {
      throw Problem.badRequest("the parameter fields: " + e.getMessage());
    }
  }

  /** One entry a line, as they are sealed, or some members of them. */
  private static final class Lines implements EntrySink {
    private final EntryFields fields;
    private final LateStream answer;
    private final OutputStream out;

    Lines(Exchange exchange, EntryFields fields) {
      this.fields = fields;
      this.answer = new LateStream(exchange, Wire.NDJSON);
      this.out = new BufferedOutputStream(answer, OUTPUT_BUFFER);
    }

    @Override
    public boolean accept(Entry entry) throws IOException {
      out.write(EntriesApi.withLf(fields.of(entry)));
      return true;
    }

    void end(@Nullable String cursor) throws IOException {
      if (cursor != null) {
        out.write(
            Json.line(JsonObject.builder().put("next_cursor", new JsonString(cursor)).build()));
      }
      out.flush();
      answer.end();
    }
  }

  /** A JSON answer with entries as they are sealed, or some members of them. */
  private static final class Page implements EntrySink {
    private final EntryFields fields;
    private final long mostBytes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean hasEntries;

    /**
     * @param mostBytes ends with the entry that reaches this size
     */
    Page(EntryFields fields, long mostBytes) {
      this.fields = fields;
      this.mostBytes = mostBytes;
      write("{\"entries\":[");
    }

    @Override
    public boolean accept(Entry entry) {
      write(hasEntries ? ",\n" : "\n");
      hasEntries = true;
      bytes.writeBytes(fields.of(entry));
      return bytes.size() < mostBytes;
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

  /** {@code GET /api/v1/count}: how many entries the filter wants. */
  void count(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(COUNT);
    EntryFilter filter = exchange.filter();
    long count = answering.ask(exchange, asker -> desk.count(asker, filter));
    exchange.json(200, JsonObject.builder().put("count", count).build());
  }

  /** {@code GET /api/v1/facets}: how many entries have which values. */
  void facets(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(FACETS);
    EntryFilter filter = exchange.filter();
    List<Member> by = members(exchange);
    long limit = exchange.queryInteger("limit", 1, DEFAULT_FACETS);
    exchange.json(200, answering.ask(exchange, asker -> desk.facets(asker, filter, by, limit)));
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
    Duration interval = interval(exchange);
    exchange.json(200, answering.ask(exchange, asker -> desk.histogram(asker, filter, interval)));
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
