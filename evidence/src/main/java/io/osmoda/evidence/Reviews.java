package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.Condition;
import io.osmoda.query.Deadline;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.EntryResults;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.Member;
import io.osmoda.query.Moments;
import io.osmoda.query.SeqAtTime;
import io.osmoda.query.SeqRange;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records reviews of a ledger, and tells what was reviewed and what is due. A review is somebody's
 * word that they looked: an entry {@code review} over a range, under a checkpoint. Thread-safe.
 */
public final class Reviews {
  private static final String ACTION = "review";

  /** The capture point of what a person states through our own command or API. */
  static final String STATEMENT = "statement";

  /** Ranges that nobody reviewed, at most, that are told one by one. */
  private static final int MOST_GAPS = 20;

  private final LedgerReader reader;
  private final EntrySearch search;
  private final List<Review> known = new ArrayList<>();
  private long looked;

  /**
   * Which entry is a review, and of what. The entry itself is read when it is told, since its
   * payload may be redacted any time.
   *
   * @param end exclusive
   */
  private record Review(long seq, long first, long end) {}

  /** The reviews of a ledger, found by a search of it. */
  public Reviews(LedgerReader reader, EntrySearch search) {
    this.reader = reader;
    this.search = search;
  }

  /**
   * Seals a review and signs a checkpoint over it.
   *
   * @param by the actor who reviewed, {@code user:…}
   * @param now the time
   * @return the sealed review, for programs and people
   * @throws RequestRefusedException if there is nothing to review, or the time is to come
   */
  public JsonObject record(Ledger ledger, ReviewRequest request, String by, Instant now)
      throws IOException {
    Instant to = request.to();
    if (to != null && to.isAfter(now)) {
      throw new RequestRefusedException(
          "the period ends at "
              + to
              + ", which is in the future; omit the end to include everything up to now");
    }
    Checkpoint covered = ledger.checkpoint().checkpoint();
    long size = covered.size();
    long first =
        request.from() == null
            ? reachedSeq()
            : SeqAtTime.firstAtOrAfter(reader, Moments.stamp(request.from()), size);
    long end = to == null ? size : SeqAtTime.firstAtOrAfter(reader, Moments.stamp(to), size);
    if (first >= end) {
      throw new RequestRefusedException(
          request.from() == null && to == null
              ? "everything has been reviewed; give a period to review it again"
              : "no entries in that period");
    }
    String from =
        request.from() == null ? reader.entry(first).timestamp() : request.from().toString();
    Receipt sealed =
        ledger.appendStatement(
            ACTION,
            by,
            first + 1 == end ? "#" + first : "#" + first + "-" + (end - 1),
            List.of(),
            JsonObject.builder()
                .put("note", request.note())
                .putIfPresent(
                    "outcome", request.outcome() == null ? null : request.outcome().toString())
                .putIfPresent("framework", request.framework())
                .putIfPresent("control", request.control())
                .put("from", from)
                .put("to", to == null ? now.toString() : to.toString())
                .put("entries", end - first)
                .put("reads", reads(first, end))
                .put(
                    "ledger",
                    JsonObject.builder()
                        .put("root", covered.root().base64())
                        .put("size", size)
                        .build())
                .build());
    Checkpoint over = ledger.checkpoint().checkpoint();
    JsonObject.Builder told = JsonObject.builder();
    told(new Review(sealed.seq(), first, end)).members().forEach(told::put);
    return told.put(
            "checkpoint",
            JsonObject.builder().put("root", over.root().base64()).put("size", over.size()).build())
        .build();
  }

  private long reads(long first, long end) throws IOException {
    return search.count(
        EntryFilter.ALL
            .and(new Condition.Equal(Member.ACTION, "ledger_query"))
            .and(new Condition.SeqBetween(first, end)),
        Deadline.none());
  }

  /** Looks at what came since the last look; the caller holds the monitor. */
  private void look() throws IOException {
    long size = reader.size();
    EntryFilter wanted =
        new EntryFilter(
            null,
            null,
            Map.of("action", List.of(ACTION), "source", List.of(STATEMENT)),
            null,
            null);
    List<Review> fresh = new ArrayList<>();
    try (EntryResults found =
        search.search(wanted, false, new SeqRange(looked, size), Deadline.none())) {
      for (Entry entry = found.next(); entry != null; entry = found.next()) {
        long seq = entry.seq();
        RedactedRange.parse(String.valueOf(entry.target()), seq)
            .ifPresent(range -> fresh.add(new Review(seq, range.first(), range.last() + 1)));
      }
    }
    known.addAll(fresh); // all or, where the look failed, none
    looked = size;
  }

  /** Where the reviews so far end: the first entry past all that were reviewed. */
  private synchronized long reachedSeq() throws IOException {
    look();
    return known.stream().mapToLong(Review::end).max().orElse(0);
  }

  /**
   * How the reviewing stands.
   *
   * @param every how often there should be a review; null where nothing is configured
   * @param now the time
   * @return {@code reviewed_to}, {@code unreviewed}, {@code last}; and, where {@code every} is
   *     given, {@code due} and {@code overdue}
   */
  public synchronized JsonObject state(@Nullable Duration every, Instant now) throws IOException {
    look();
    long size = reader.size();
    Review furthest = known.stream().max(Comparator.comparingLong(Review::end)).orElse(null);
    JsonObject.Builder json =
        JsonObject.builder()
            .put("reviews", known.size())
            .put("last", furthest == null ? JsonNull.NULL : told(furthest))
            .put("reviewed_to_seq", furthest == null ? 0 : furthest.end())
            .put(
                "reviewed_to",
                furthest == null ? reader.entry(0).timestamp() : reachedTime(furthest))
            .put("unreviewed", unreviewed(size).stream().mapToLong(r -> r.end() - r.first()).sum());
    if (every != null) {
      Instant due = reader.entry(furthest == null ? 0 : furthest.seq()).instant().plus(every);
      json.put("every", every.toString())
          .put("due", due.toString())
          .put("overdue", !now.isBefore(due));
    }
    return json.build();
  }

  /** Up to when a review covers: as it says, or the last entry that it names. */
  private String reachedTime(Review review) throws IOException {
    JsonObject payload = reader.entry(review.seq()).payload();
    String to = payload == null ? null : payload.string("to");
    return to == null ? reader.entry(review.end() - 1).timestamp() : to;
  }

  /** All reviews, and what none of them covers. */
  public synchronized JsonObject list() throws IOException {
    look();
    List<SeqRange> open = unreviewed(reader.size());
    List<JsonValue> told = new ArrayList<>();
    for (Review review : known) {
      told.add(told(review));
    }
    return JsonObject.builder()
        .put("reviews", new JsonArray(told))
        .put(
            "unreviewed",
            new JsonArray(
                open.stream()
                    .limit(MOST_GAPS)
                    .<JsonValue>map(
                        range ->
                            JsonObject.builder()
                                .put("first", range.first())
                                .put("last", range.end() - 1)
                                .build())
                    .toList()))
        .put("unreviewed_ranges", open.size())
        .build();
  }

  /** What no review covers, in order. */
  private List<SeqRange> unreviewed(long size) {
    List<SeqRange> open = new ArrayList<>();
    long next = 0;
    for (Review review : known.stream().sorted(Comparator.comparingLong(Review::first)).toList()) {
      if (review.first() > next) {
        open.add(new SeqRange(next, review.first()));
      }
      next = Math.max(next, review.end());
    }
    if (next < size) {
      open.add(new SeqRange(next, size));
    }
    return open;
  }

  private JsonObject told(Review review) throws IOException {
    Entry entry = reader.entry(review.seq());
    JsonObject.Builder json =
        JsonObject.builder()
            .put("seq", entry.seq())
            .put("entry_hash", entry.entryHash().hex())
            .put("timestamp", entry.timestamp())
            .put("by", entry.actor())
            .put("first", review.first())
            .put("last", review.end() - 1);
    JsonObject payload = entry.payload();
    if (payload == null) {
      return json.put("redacted", true).build();
    }
    payload.members().forEach(json::put);
    return json.build();
  }
}
