package io.osmoda.daemon;

import io.osmoda.client.EntrySink;
import io.osmoda.evidence.ControlReport;
import io.osmoda.evidence.Frameworks;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.NoSuchEntryException;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.CausalStart;
import io.osmoda.query.CausalTree;
import io.osmoda.query.Causality;
import io.osmoda.query.Condition;
import io.osmoda.query.Deadline;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.EntryResults;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.Member;
import io.osmoda.query.SeqRange;
import io.osmoda.query.SortKey;
import io.osmoda.query.SortedPage;
import io.osmoda.query.Summarizer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers what readers ask of a ledger: the same for the daemon's API and for a command that reads
 * the ledger itself. Each question is checked first, then put on record, then answered from the
 * entries that were there before that; a question that is refused as malformed is not on record.
 * Thread-safe.
 */
final class ReadDesk {
  /** Most entries that are handed out at once in the order of a member. */
  static final int MAX_SORTED = 100_000;

  /** Most combinations of values that facets name. */
  static final int MAX_FACETS = 10_000;

  /** Gives the search, whose index a single entry does not need. */
  interface Finder {
    EntrySearch search() throws IOException;
  }

  private final LedgerReader reader;
  private final Finder finder;
  private final @Nullable Ledger ledger;
  private final @Nullable ReadRecord reads;

  private ReadDesk(
      LedgerReader reader, Finder finder, @Nullable Ledger ledger, @Nullable ReadRecord reads) {
    this.reader = reader;
    this.finder = finder;
    this.ledger = ledger;
    this.reads = reads;
  }

  /** Answers from a ledger and puts that on record in it. */
  static ReadDesk of(Ledger ledger, Finder finder) {
    return new ReadDesk(ledger.reader(), finder, ledger, new ReadRecord(ledger));
  }

  /** Answers from a ledger that cannot be written to: nothing is on record. */
  static ReadDesk withoutRecord(LedgerReader reader, Finder finder) {
    return new ReadDesk(reader, finder, null, null);
  }

  /** A search for what was asked, among the entries below the size that the ledger had then. */
  private interface Search<T> {
    T in(EntrySearch search, long size, Deadline deadline) throws IOException;
  }

  private <T> T search(Asker asker, JsonObject what, Search<T> work) throws IOException {
    long size = reader.size(); // without what putting the question on record adds
    try (Asker.Place _ = asker.place()) {
      record(asker, what);
      return work.in(finder.search(), size, asker.deadline());
    }
  }

  private void record(Asker asker, JsonObject what) throws IOException {
    if (reads != null) {
      reads.seal(asker.name(), asker.via(), what);
    }
    asker.recorded();
  }

  /**
   * What an answer left.
   *
   * @param cursor where the next answer begins, which stays while entries arrive; null after the
   *     last entry
   */
  record Rest(@Nullable String cursor) {}

  /**
   * Hands out the entries that a filter wants, until the sink ends that, the limit is reached or
   * the time is over.
   *
   * @param limit most entries to hand out; by a member at most {@link #MAX_SORTED}, all of which
   *     the sink has to take
   * @param cursor where to begin, as an earlier answer gave it; null for the beginning
   * @throws RequestRefusedException if the cursor is none of this order
   */
  Rest entries(
      Asker asker,
      EntryFilter filter,
      SortKey key,
      long limit,
      @Nullable String cursor,
      EntrySink sink)
      throws IOException {
    return key.isBySeq()
        ? inOrder(asker, filter, key, limit, cursor, sink)
        : sorted(asker, filter, key, (int) Math.min(limit, MAX_SORTED), cursor, sink);
  }

  private Rest inOrder(
      Asker asker,
      EntryFilter filter,
      SortKey key,
      long limit,
      @Nullable String cursor,
      EntrySink sink)
      throws IOException {
    SeqRange given = cursor == null ? null : EntryResults.parse(cursor);
    if (cursor != null && (given == null || given.end() > reader.size())) {
      throw badCursor(cursor);
    }
    return search(
        asker,
        filter.toJson(),
        (search, size, deadline) -> {
          SeqRange part = given == null ? SeqRange.below(size) : given;
          try (EntryResults results = search.search(filter, key.descending(), part, deadline)) {
            for (long count = 0; count < limit; count++) {
              Entry entry = results.next();
              if (entry == null || !sink.accept(entry)) {
                break;
              }
            }
            return new Rest(results.cursor());
          }
        });
  }

  private Rest sorted(
      Asker asker,
      EntryFilter filter,
      SortKey key,
      int limit,
      @Nullable String cursor,
      EntrySink sink)
      throws IOException {
    SortedPage.Position given = cursor == null ? null : SortedPage.Position.parse(cursor);
    if (cursor != null && (given == null || given.size() > reader.size())) {
      throw badCursor(cursor);
    }
    return search(
        asker,
        filter.toJson(),
        (search, size, deadline) -> {
          SortedPage.Position after = given == null ? SortedPage.Position.start(size) : given;
          SortedPage page = search.sorted(filter, key, limit, after, deadline);
          for (Entry entry : page.entries()) {
            if (!sink.accept(entry)) {
              break;
            }
          }
          return new Rest(page.next() == null ? null : page.next().toString());
        });
  }

  private static RequestRefusedException badCursor(String cursor) {
    return new RequestRefusedException(
        "'" + cursor + "' is not a cursor from an earlier response in this order");
  }

  /** What is counted: not what putting the question on record adds to the ledger. */
  private static EntryFilter below(long size, EntryFilter filter) {
    return filter.and(new Condition.SeqBetween(0, size));
  }

  /** How many entries a filter wants. */
  long count(Asker asker, EntryFilter filter) throws IOException {
    return search(
        asker,
        filter.toJson(),
        (search, size, deadline) -> search.count(below(size, filter), deadline));
  }

  /**
   * Counts entries by the values of members.
   *
   * @param limit most combinations of values to name, at most {@link #MAX_FACETS}
   * @throws RequestRefusedException if entries are not counted so; says why
   */
  JsonObject facets(Asker asker, EntryFilter filter, List<Member> by, long limit)
      throws IOException {
    if (limit > MAX_FACETS) {
      throw new RequestRefusedException("at most " + MAX_FACETS + " facets are returned");
    }
    return search(
        asker,
        filter.toJson(),
        (search, size, deadline) ->
            search.facets(below(size, filter), by, (int) limit, deadline).toJson());
  }

  /**
   * Counts entries by time.
   *
   * @throws RequestRefusedException if the interval is none to count by; says why
   */
  JsonObject histogram(Asker asker, EntryFilter filter, Duration interval) throws IOException {
    return search(
        asker,
        filter.toJson(),
        (search, size, deadline) ->
            search.histogram(below(size, filter), interval, deadline).toJson());
  }

  /**
   * What led to an entry, a trace or a session and what came of it.
   *
   * @param now the time, for the age of what is unfinished
   * @throws NoSuchEntryException if the ledger has nothing of it; says so
   */
  CausalTree trace(Asker asker, CausalStart start, Instant now) throws IOException {
    long before = reader.size();
    if (start instanceof CausalStart.Seq(long seq) && seq >= before) {
      throw new NoSuchEntryException(start.absence(before));
    }
    return search(
        asker,
        JsonObject.builder().put("trace", start.toJson()).build(),
        (search, size, deadline) -> new Causality(search).of(start, size, now, deadline));
  }

  /**
   * What happened in a period.
   *
   * @param actor whose entries, with a final {@code *} a beginning; null for everybody's
   * @param now the time, for the age of what is unfinished
   * @throws RequestRefusedException if the period has no time in it, or the actor is empty
   */
  JsonObject summary(Asker asker, Instant from, Instant to, @Nullable String actor, Instant now)
      throws IOException {
    if (!from.isBefore(to)) {
      throw new RequestRefusedException("from %s is not before to %s".formatted(from, to));
    }
    if (actor != null && actor.isEmpty()) {
      throw new RequestRefusedException("an empty actor matches nothing");
    }
    JsonObject what =
        JsonObject.builder()
            .put("from", from.toString())
            .put("to", to.toString())
            .putIfPresent("actor", actor)
            .build();
    return search(
        asker,
        JsonObject.builder().put("summary", what).build(),
        (search, size, deadline) ->
            new Summarizer(search).of(from, to, actor, size, now, deadline).toJson());
  }

  /**
   * What the ledger supports of controls; see {@link ControlReport#make}.
   *
   * @param framework one of the frameworks; null for all
   * @throws RequestRefusedException if there is no such framework
   */
  JsonObject controls(
      Asker asker,
      Frameworks frameworks,
      @Nullable String framework,
      @Nullable Instant from,
      @Nullable Instant to)
      throws IOException {
    JsonObject what =
        JsonObject.builder()
            .put("controls", framework == null ? "all" : framework)
            .putIfPresent("from", from == null ? null : from.toString())
            .putIfPresent("to", to == null ? null : to.toString())
            .build();
    return search(
        asker,
        what,
        (search, size, deadline) ->
            new ControlReport(frameworks, search).make(framework, from, to, size, deadline));
  }

  /** What a list of statements is made of. */
  interface Listing {
    JsonObject make() throws IOException;
  }

  /**
   * A list of what is stated in the ledger, such as its reviews.
   *
   * @param what the list's name on record
   */
  JsonObject list(Asker asker, String what, Listing listing) throws IOException {
    return search(
        asker,
        JsonObject.builder().put("list", what).build(),
        (search, size, deadline) -> listing.make());
  }

  /**
   * One entry.
   *
   * @throws NoSuchEntryException if there is no such entry
   */
  Entry entry(Asker asker, long seq) throws IOException {
    requireEntry(seq);
    record(asker, JsonObject.builder().put("seq", seq).build());
    return reader.entry(seq);
  }

  /**
   * The proof that an entry stands in the tree of the newest checkpoint, which is made to cover it
   * where the ledger can be written to: a tlog-proof file. It tells nothing of the entry, so it is
   * not on record.
   *
   * @throws NoSuchEntryException if there is no such entry, or none can be made to cover it
   */
  byte[] proof(long seq) throws IOException {
    requireEntry(seq);
    if (ledger != null && seq >= ledger.status().anchored()) {
      ledger.checkpoint();
    }
    return reader.prove(seq).toBytes();
  }

  private void requireEntry(long seq) throws IOException {
    long size = reader.size();
    if (seq < 0 || seq >= size) {
      throw new NoSuchEntryException(new CausalStart.Seq(seq).absence(size));
    }
  }

  /**
   * Puts on record that somebody follows what is sealed from an entry on.
   *
   * @param newest how many of the newest they begin with; negative where they did not say
   */
  void startFollowing(Asker asker, EntryFilter filter, long from, long newest) throws IOException {
    JsonObject.Builder what = JsonObject.builder();
    filter.toJson().members().forEach(what::put);
    what.put("follow_from", from);
    if (newest >= 0) {
      what.put("newest", newest);
    }
    record(asker, what.build());
  }

  /** Where to begin to read the newest that a filter wants; see {@link EntrySearch}. */
  long firstOfNewest(Asker asker, EntryFilter filter, long newest, boolean countReads, long size)
      throws IOException {
    return finder.search().firstOfNewest(filter, newest, countReads, size, asker.deadline());
  }
}
