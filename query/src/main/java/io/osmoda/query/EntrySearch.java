package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.IndexSnapshot.Slice;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;
import org.jspecify.annotations.Nullable;

/**
 * Finds and counts entries of a ledger. What it returns is read from the segments, re-hashed and
 * held against the filter; counts come from the index where that knows the answer, and an index
 * that somebody else wrote can make them wrong. What the index lacks is read, so an answer is whole
 * whatever the index knows. Thread-safe.
 */
public final class EntrySearch {
  private static final int CLOCK_EVERY = 256;
  private static final int CLOCK_EVERY_DOCS = 1 << 16;
  private static final String READ = "ledger_query";

  private final LedgerReader ledger;
  private final LedgerIndex index;

  public EntrySearch(LedgerIndex index) {
    this.ledger = index.ledger();
    this.index = index;
  }

  LedgerReader ledger() {
    return ledger;
  }

  /** Looks for moments by bisection: timestamps never decrease. */
  private final class Bisection implements QueryPlan.SealingTimes {
    private final long size;
    private final Map<String, Long> known = new HashMap<>();

    Bisection(long size) {
      this.size = size;
    }

    @Override
    public long firstAtOrAfter(String stamp) throws IOException {
      Long found = known.get(stamp);
      if (found == null) {
        found = SeqAtTime.firstAtOrAfter(ledger, stamp, size);
        known.put(stamp, found);
      }
      return found;
    }
  }

  /**
   * Entries that a filter wants, oldest or newest first.
   *
   * @param part where to look; {@code null} for the whole ledger as it is now
   */
  public EntryResults search(
      EntryFilter filter, boolean newestFirst, @Nullable SeqRange part, Deadline deadline)
      throws IOException {
    IndexSnapshot snapshot = index.snapshot();
    try {
      Bisection times = new Bisection(snapshot.end());
      Condition condition = filter.condition();
      SeqRange range = part == null ? SeqRange.below(snapshot.end()) : part;
      return new EntryResults(
          index,
          snapshot,
          condition,
          times,
          range.intersect(bounds(condition, snapshot.end(), times)),
          newestFirst,
          deadline);
    } catch (IOException | RuntimeException e) {
      snapshot.close();
      throw e;
    }
  }

  /**
   * Where one has to begin to read the newest so many that a filter wants: {@code size} for none.
   * Where the time is over first, those found by then.
   *
   * @param countReads whether entries that reading the ledger makes ({@code ledger_query}) count
   * @param size entries to look at
   */
  public long firstOfNewest(
      EntryFilter filter, long newest, boolean countReads, long size, Deadline deadline)
      throws IOException {
    long first = size;
    if (newest == 0) {
      return first;
    }
    try (EntryResults results = search(filter, true, SeqRange.below(size), deadline)) {
      long found = 0;
      for (Entry entry = results.next(); entry != null; entry = results.next()) {
        if (countReads || !entry.action().equals(READ)) {
          first = entry.seq();
          found++;
        }
        if (found == newest) {
          return first;
        }
      }
    }
    return first;
  }

  /** Outside of this range nothing satisfies the condition. */
  private static SeqRange bounds(Condition condition, long size, Bisection times)
      throws IOException {
    return switch (condition) {
      case Condition.And(List<Condition> parts) -> {
        SeqRange range = SeqRange.below(size);
        for (Condition part : parts) {
          range = range.intersect(bounds(part, size, times));
        }
        yield range;
      }
      case Condition.SeqBetween(long first, long end) ->
          SeqRange.below(size).intersect(new SeqRange(first, Math.max(first, end)));
      case Condition.At(Member member, Comparison comparison, var bound)
          when member == Member.TIMESTAMP ->
          switch (comparison) {
            case LESS -> new SeqRange(0, times.firstAtOrAfter(Moments.stamp(bound)));
            case AT_MOST ->
                new SeqRange(0, times.firstAtOrAfter(Moments.stamp(bound.plusNanos(1))));
            case GREATER ->
                new SeqRange(times.firstAtOrAfter(Moments.stamp(bound.plusNanos(1))), size);
            case AT_LEAST -> new SeqRange(times.firstAtOrAfter(Moments.stamp(bound)), size);
          };
      default -> SeqRange.below(size);
    };
  }

  /** Takes the entries that a filter wants, in parts. */
  private interface Counter {
    /** Some entries of a leaf; all of it where {@code docs} is null. */
    void found(LeafReaderContext leaf, @Nullable DocIdSetIterator docs, long firstSeq)
        throws IOException;

    /** An entry that was read. */
    void read(Entry entry);
  }

  /** Makes what takes an answer; a new one where all is counted again. */
  private interface Fresh<C extends Counter> {
    C counter();
  }

  /**
   * Counts with what the index knows. A partition that turns out to be damaged is forgotten, and
   * all is counted again without it.
   */
  private <C extends Counter> C count(
      EntryFilter filter, Deadline deadline, long below, Fresh<C> fresh) throws IOException {
    while (true) {
      C counter = fresh.counter();
      try {
        count(filter, deadline, below, counter);
        return counter;
      } catch (IndexDamagedException e) {
        index.discard(e.first());
      }
    }
  }

  private void count(EntryFilter filter, Deadline deadline, long below, Counter counter)
      throws IOException {
    try (IndexSnapshot snapshot = index.snapshot()) {
      Bisection times = new Bisection(snapshot.end());
      Condition condition = filter.condition();
      SeqRange range = bounds(condition, snapshot.end(), times).intersect(SeqRange.below(below));
      for (Slice slice : snapshot.slices()) {
        Slice part = slice.within(range.first(), range.end());
        Partition partition = part.partition();
        deadline.require();
        if (part.isEmpty()) {
          continue;
        }
        if (partition == null) {
          read(part, condition, deadline, counter);
          continue;
        }
        try (EntryFetcher fetcher = new EntryFetcher(ledger)) {
          SlicePlan plan = SlicePlan.of(condition, part, partition, times);
          for (LeafReaderContext leaf : plan.leaves()) {
            deadline.require();
            counter.found(
                leaf,
                plan.isAll() ? null : plan.certainDocs(leaf, fetcher, deadline),
                plan.seq(leaf, 0));
          }
        } catch (IOException | RuntimeException e) {
          throw IndexDamagedException.of(partition, e);
        }
      }
    }
  }

  private void read(Slice part, Condition condition, Deadline deadline, Counter counter)
      throws IOException {
    try (EntryCursor cursor = ledger.read(part.first(), part.end())) {
      int looked = 0;
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (++looked % CLOCK_EVERY == 0) {
          deadline.require();
        }
        if (condition.matches(entry)) {
          counter.read(entry);
        }
      }
    }
  }

  /**
   * How many entries a filter wants.
   *
   * @throws SearchTimeoutException if the time is over before that is known
   */
  public long count(EntryFilter filter, Deadline deadline) throws IOException {
    return count(filter, deadline, Long.MAX_VALUE, () -> new Total(deadline)).count;
  }

  /** Counts entries one by one. */
  private static final class Total implements Counter {
    private final Deadline deadline;
    private long count;

    Total(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public void found(LeafReaderContext leaf, @Nullable DocIdSetIterator docs, long firstSeq)
        throws IOException {
      if (docs == null) {
        count += leaf.reader().maxDoc();
        return;
      }
      long before = count;
      while (docs.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
        count++;
        if ((count - before) % CLOCK_EVERY_DOCS == 0) {
          deadline.require();
        }
      }
    }

    @Override
    public void read(Entry entry) {
      count++;
    }
  }

  /**
   * Counts entries by the values of members.
   *
   * @param by one to three of {@link Member#GROUPED}
   * @param limit most combinations of values to name
   * @throws RequestRefusedException if they cannot be counted by; says why
   * @throws SearchTimeoutException if the time is over before that is known
   */
  public Facets facets(EntryFilter filter, List<Member> by, int limit, Deadline deadline)
      throws IOException {
    if (by.isEmpty() || by.size() > FacetCounter.MAX_MEMBERS) {
      throw new RequestRefusedException(
          "entries are counted by one to " + FacetCounter.MAX_MEMBERS + " members");
    }
    for (Member member : by) {
      if (!Member.GROUPED.contains(member)) {
        throw new RequestRefusedException(
            "entries are counted by "
                + String.join(", ", EntryFilter.MEMBERS)
                + ", not by "
                + member.word());
      }
    }
    return count(filter, deadline, Long.MAX_VALUE, () -> new Grouping(by, deadline))
        .facets
        .top(limit);
  }

  /** Counts entries by their values. */
  private static final class Grouping implements Counter {
    private final FacetCounter facets;
    private final Deadline deadline;

    Grouping(List<Member> by, Deadline deadline) {
      this.facets = new FacetCounter(by);
      this.deadline = deadline;
    }

    @Override
    public void found(LeafReaderContext leaf, @Nullable DocIdSetIterator docs, long firstSeq)
        throws IOException {
      if (docs == null) {
        facets.addAll(leaf.reader(), deadline);
      } else {
        facets.add(leaf.reader(), docs, deadline);
      }
    }

    @Override
    public void read(Entry entry) {
      facets.add(entry);
    }
  }

  /**
   * Counts entries by the time of their sealing.
   *
   * @param interval a whole number of milliseconds
   * @throws RequestRefusedException if the interval cannot be counted by, or makes too many buckets
   * @throws SearchTimeoutException if the time is over before that is known
   */
  public Histogram histogram(EntryFilter filter, Duration interval, Deadline deadline)
      throws IOException {
    return count(filter, deadline, Long.MAX_VALUE, () -> new Bucketing(interval, deadline))
        .histogram
        .result();
  }

  /** Counts entries by their time. */
  private static final class Bucketing implements Counter {
    private final HistogramCounter histogram;
    private final Deadline deadline;

    Bucketing(Duration interval, Deadline deadline) {
      this.histogram = new HistogramCounter(interval);
      this.deadline = deadline;
    }

    @Override
    public void found(LeafReaderContext leaf, @Nullable DocIdSetIterator docs, long firstSeq)
        throws IOException {
      histogram.add(leaf.reader(), all(leaf, docs), deadline);
    }

    @Override
    public void read(Entry entry) {
      histogram.add(entry);
    }
  }

  private static DocIdSetIterator all(LeafReaderContext leaf, @Nullable DocIdSetIterator docs) {
    return docs == null ? DocIdSetIterator.all(leaf.reader().maxDoc()) : docs;
  }

  /** Where sorted pages of the ledger as it is now begin. */
  public SortedPage.Position start() throws IOException {
    return SortedPage.Position.start(ledger.size());
  }

  /**
   * Entries that a filter wants in the order of a member.
   *
   * @param key not by sequence number: that is what {@link #search} does
   * @param after where the page begins
   * @throws SearchTimeoutException if the time is over before that is known
   */
  public SortedPage sorted(
      EntryFilter filter, SortKey key, int limit, SortedPage.Position after, Deadline deadline)
      throws IOException {
    MemberSort sort =
        count(filter, deadline, after.size(), () -> new Sorting(key, limit, after, deadline)).sort;
    Condition condition = filter.condition();
    List<Entry> entries = new ArrayList<>();
    SortedPage.Position next = null;
    for (long seq : sort.seqs()) {
      Entry entry = ledger.entry(seq);
      if (condition.matches(entry)) {
        entries.add(entry);
      }
      if (sort.isFull()) {
        next = new SortedPage.Position(after.size(), key.member().value(entry), seq);
      }
    }
    return new SortedPage(entries, next);
  }

  /** Keeps the first entries in an order. */
  private static final class Sorting implements Counter {
    private final MemberSort sort;
    private final Deadline deadline;

    Sorting(SortKey key, int limit, SortedPage.Position after, Deadline deadline) {
      this.sort = new MemberSort(key, limit, after);
      this.deadline = deadline;
    }

    @Override
    public void found(LeafReaderContext leaf, @Nullable DocIdSetIterator docs, long firstSeq)
        throws IOException {
      sort.add(leaf, all(leaf, docs), firstSeq, deadline);
    }

    @Override
    public void read(Entry entry) {
      sort.add(entry);
    }
  }

  /**
   * The entries that took longest, as their payload's {@code duration_ns} says, longest first.
   *
   * @param limit how many at most
   * @throws SearchTimeoutException if the time is over before that is known
   */
  public List<Entry> longest(EntryFilter filter, int limit, Deadline deadline) throws IOException {
    DurationTop top =
        count(filter, deadline, Long.MAX_VALUE, () -> new Longest(limit, deadline)).top;
    Condition condition = filter.condition();
    List<Entry> entries = new ArrayList<>();
    for (long seq : top.seqs()) {
      Entry entry = ledger.entry(seq);
      if (condition.matches(entry)) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** Keeps the entries that took longest. */
  private static final class Longest implements Counter {
    private final DurationTop top;
    private final Deadline deadline;

    Longest(int limit, Deadline deadline) {
      this.top = new DurationTop(limit);
      this.deadline = deadline;
    }

    @Override
    public void found(LeafReaderContext leaf, @Nullable DocIdSetIterator docs, long firstSeq)
        throws IOException {
      top.add(leaf.reader(), all(leaf, docs), firstSeq, deadline);
    }

    @Override
    public void read(Entry entry) {
      top.add(entry);
    }
  }

  /**
   * The stretches between the entries that a filter wants.
   *
   * @param from where the first may begin
   * @param least how long a stretch is at least that is told
   * @param limit how many are named
   */
  SilenceCounter silences(
      EntryFilter filter, Instant from, Duration least, int limit, Deadline deadline)
      throws IOException {
    return count(filter, deadline, Long.MAX_VALUE, () -> new Timing(from, least, limit, deadline))
        .silences;
  }

  /** Takes the times of entries, in their order. */
  private static final class Timing implements Counter {
    private final SilenceCounter silences;
    private final Deadline deadline;

    Timing(Instant from, Duration least, int limit, Deadline deadline) {
      this.silences = new SilenceCounter(from, least, limit);
      this.deadline = deadline;
    }

    @Override
    public void found(LeafReaderContext leaf, @Nullable DocIdSetIterator docs, long firstSeq)
        throws IOException {
      silences.add(leaf.reader(), all(leaf, docs), deadline);
    }

    @Override
    public void read(Entry entry) {
      silences.add(entry.instant());
    }
  }

  /** Which of these values of a member no entry has that was sealed before a moment. */
  Set<String> unknownBefore(
      Instant moment, Member member, Collection<String> values, Deadline deadline)
      throws IOException {
    while (true) {
      EarlierValues earlier = new EarlierValues(member, values);
      try {
        hold(moment, earlier, deadline);
        return earlier.absent();
      } catch (IndexDamagedException e) {
        index.discard(e.first());
      }
    }
  }

  private void hold(Instant moment, EarlierValues values, Deadline deadline) throws IOException {
    try (IndexSnapshot snapshot = index.snapshot()) {
      Bisection times = new Bisection(snapshot.end());
      long end = times.firstAtOrAfter(Moments.stamp(moment));
      for (Slice slice : snapshot.slices()) {
        Slice part = slice.within(0, end);
        Partition partition = part.partition();
        if (part.isEmpty() || values.isDone()) {
          continue;
        }
        if (partition == null) {
          read(part, values, deadline);
          continue;
        }
        try {
          for (LeafReaderContext leaf : partition.reader().leaves()) {
            values.add(leaf, part.end() - partition.first(), deadline);
          }
        } catch (IOException | RuntimeException e) {
          throw IndexDamagedException.of(partition, e);
        }
      }
    }
  }

  private void read(Slice part, EarlierValues values, Deadline deadline) throws IOException {
    try (EntryCursor cursor = ledger.read(part.first(), part.end())) {
      int looked = 0;
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (++looked % CLOCK_EVERY == 0) {
          deadline.require();
        }
        values.add(entry);
        if (values.isDone()) {
          return;
        }
      }
    }
  }
}
