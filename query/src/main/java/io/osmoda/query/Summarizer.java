package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.Summary.Count;
import io.osmoda.query.Summary.FirstSeen;
import io.osmoda.query.Summary.Listed;
import io.osmoda.query.Summary.Outcomes;
import io.osmoda.query.Summary.Unfinished;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells what happened in a period of a ledger. Thread-safe. */
public final class Summarizer {
  /** The period where none is asked for: so long until now. */
  public static final Duration DEFAULT_PERIOD = Duration.ofHours(24);

  /** A stretch without entries that is longer is told. */
  static final Duration SILENCE = Duration.ofHours(1);

  /** Rows of a table. */
  static final int ROWS = 30;

  /** Entries that are named of each kind. */
  static final int NAMED = 10;

  /** Combinations of a name and an outcome that are counted. */
  private static final int COMBINATIONS = 10_000;

  /** Values of which it is looked up whether they are new. */
  private static final int VALUES = 5_000;

  /** Starts of which it is looked up whether they have an end. */
  private static final int STARTS = 10_000;

  private static final String READ = "ledger_query";
  private static final Condition NO_READ = new Condition.Not(is(Member.ACTION, READ));
  private static final Condition NOT_OF_LEDGER = new Condition.Not(is(Member.SOURCE, "ledger"));
  private static final Condition PENDING = is(Member.STATUS, Step.PENDING);
  private static final Condition CALL_ENDED =
      new Condition.Or(
          List.of(
              is(Member.ACTION, "tool_result"),
              new Condition.And(
                  List.of(is(Member.ACTION, "tool_call"), new Condition.Not(PENDING)))));
  private static final Condition FAILED =
      new Condition.Or(
          HistogramCounter.FAILED.stream()
              .sorted()
              .map(status -> is(Member.STATUS, status))
              .toList());
  private static final Condition OF_CAPTURE =
      new Condition.Or(
          List.of(
              is(Member.ACTION, "capture_gap"),
              is(Member.ACTION, "capture_stop"),
              is(Member.ACTION, "capture_state"),
              is(Member.ACTION, "clock_step"),
              is(Member.ACTION, "ledger_recover")));

  private final EntrySearch search;
  private final LedgerReader ledger;

  public Summarizer(EntrySearch search) {
    this.search = search;
    this.ledger = search.ledger();
  }

  private static Condition is(Member member, String value) {
    return new Condition.Equal(member, value);
  }

  /**
   * Sums up a period.
   *
   * @param from earliest timestamp, inclusive
   * @param to latest timestamp, exclusive
   * @param actor whose entries, with a final {@code *} a beginning; null for everybody's
   * @param size how many entries of the ledger to look at
   * @param now the time
   * @throws RequestRefusedException if there is no time between the two, or the actor is empty
   * @throws SearchTimeoutException if the time is over before it is known
   */
  public Summary of(
      Instant from, Instant to, @Nullable String actor, long size, Instant now, Deadline deadline)
      throws IOException {
    if (!from.isBefore(to)) {
      throw new RequestRefusedException("the period must start before it ends");
    }
    return new Period(from, to, actor, size, now, deadline).sum();
  }

  private final class Period {
    private final Instant from;
    private final Instant to;
    private final @Nullable String actor;
    private final long size;
    private final Instant now;
    private final Deadline deadline;

    /** All entries of the period. */
    private final EntryFilter all;

    /** Those of the actor that is asked for, but for reads. */
    private final EntryFilter some;

    Period(
        Instant from,
        Instant to,
        @Nullable String actor,
        long size,
        Instant now,
        Deadline deadline) {
      this.from = from;
      this.to = to;
      this.actor = actor;
      this.size = size;
      this.now = now;
      this.deadline = deadline;
      Condition there = new Condition.SeqBetween(0, size);
      this.all = EntryFilter.ALL.within(from, to).and(there);
      Map<String, List<String>> members =
          actor == null ? Map.of() : Map.of(Member.ACTOR.word(), List.of(actor));
      this.some = new EntryFilter(from, to, members, null, there.and(NO_READ));
    }

    Summary sum() throws IOException {
      Instant first = size == 0 ? now : ledger.entry(0).instant();
      SilenceCounter silences = silences(first.isAfter(from) ? first : from);
      EntryFilter failed = some.and(FAILED).and(new Condition.Not(OF_CAPTURE));
      EntryFilter ofCapture = all.and(OF_CAPTURE);
      return new Summary(
          from,
          to,
          actor,
          now,
          size,
          !first.isBefore(from),
          search.count(some, deadline),
          search.count(all.and(is(Member.ACTION, READ)), deadline),
          counts(some, Member.SOURCE),
          outcomes(some.and(NOT_OF_LEDGER), Member.ACTOR),
          outcomes(some.and(CALL_ENDED), Member.TOOL),
          steps(search.longest(some, NAMED, deadline)),
          counts(failed, Member.STATUS),
          newest(failed),
          unfinished(),
          firstSeen(Member.TOOL),
          firstSeen(Member.TARGET),
          counts(ofCapture, Member.ACTION),
          newest(ofCapture),
          silences.count(),
          silences.longest());
    }

    private SilenceCounter silences(Instant begin) throws IOException {
      SilenceCounter silences = search.silences(all, begin, SILENCE, NAMED, deadline);
      Instant end = to.isBefore(now) ? to : now;
      if (begin.isBefore(end)) {
        silences.add(end);
      }
      return silences;
    }

    private List<Count> counts(EntryFilter filter, Member member) throws IOException {
      List<Count> counts = new ArrayList<>();
      for (Facets.Facet facet : search.facets(filter, List.of(member), VALUES, deadline).top()) {
        String value = facet.values().getFirst();
        if (value != null) {
          counts.add(new Count(value, facet.count()));
        }
      }
      return counts;
    }

    private Listed<Outcomes> outcomes(EntryFilter filter, Member member) throws IOException {
      Facets facets = search.facets(filter, List.of(member, Member.STATUS), COMBINATIONS, deadline);
      Map<@Nullable String, List<Count>> byName = new LinkedHashMap<>();
      for (Facets.Facet facet : facets.top()) {
        byName
            .computeIfAbsent(facet.values().getFirst(), k -> new ArrayList<>())
            .add(new Count(String.valueOf(facet.values().get(1)), facet.count()));
      }
      List<Outcomes> rows = new ArrayList<>();
      byName.forEach((name, counts) -> rows.add(row(name, counts)));
      rows.sort(
          Comparator.comparingLong(Outcomes::count)
              .reversed()
              .thenComparing(Outcomes::name, Comparator.nullsLast(Comparator.naturalOrder())));
      return new Listed<>(
          rows.subList(0, Math.min(ROWS, rows.size())),
          rows.size(),
          facets.distinct() > facets.top().size());
    }

    private static Outcomes row(@Nullable String name, List<Count> counts) {
      long all = 0;
      long failed = 0;
      for (Count count : counts) {
        all += count.count();
        failed += HistogramCounter.FAILED.contains(count.value()) ? count.count() : 0;
      }
      return new Outcomes(name, all, failed, counts);
    }

    private List<Step> newest(EntryFilter filter) throws IOException {
      return steps(take(filter, true, NAMED));
    }

    private List<Entry> take(EntryFilter filter, boolean newestFirst, int most) throws IOException {
      List<Entry> taken = new ArrayList<>();
      try (EntryResults results = search.search(filter, newestFirst, null, deadline)) {
        while (taken.size() < most) {
          Entry entry = results.next();
          if (entry == null) {
            deadline.require();
            break;
          }
          taken.add(entry);
        }
      }
      return taken;
    }

    private static List<Step> steps(List<Entry> entries) {
      return entries.stream().map(Step::of).toList();
    }

    private Unfinished unfinished() throws IOException {
      EntryFilter begun = some.and(PENDING);
      List<CausalNode> starts = new ArrayList<>();
      try (EntryResults results = search.search(begun, true, null, deadline)) {
        Entry entry = results.next();
        while (entry != null && starts.size() < STARTS) {
          starts.add(CausalNode.of(entry));
          entry = results.next();
        }
      }
      deadline.require();
      Set<Long> ended = new Causality(search).ended(starts, size, deadline);
      List<Step> open =
          starts.reversed().stream()
              .map(CausalNode::step)
              .filter(start -> !ended.contains(start.seq()))
              .toList();
      return new Unfinished(
          open.size(),
          search.count(begun, deadline),
          starts.size(),
          open.subList(0, Math.min(NAMED, open.size())));
    }

    private FirstSeen firstSeen(Member member) throws IOException {
      EntryFilter acted = some.and(NOT_OF_LEDGER);
      Facets facets = search.facets(acted, List.of(member), VALUES, deadline);
      Set<String> unknown =
          search.unknownBefore(
              from,
              member,
              facets.top().stream()
                  .map(facet -> facet.values().getFirst())
                  .filter(Objects::nonNull)
                  .toList(),
              deadline);
      List<Entry> first = new ArrayList<>();
      for (String value : unknown.stream().limit(2 * NAMED).toList()) {
        first.addAll(take(acted.and(is(member, value)), false, 1));
      }
      first.sort(Comparator.comparingLong(Entry::seq));
      return new FirstSeen(unknown.size(), facets.distinct() > facets.top().size(), steps(first));
    }
  }
}
