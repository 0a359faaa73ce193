package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.NoSuchEntryException;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.CausalNode.Span;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds what led to entries and what came of them: over {@code caused_by} and over the spans of a
 * trace, a level at a time, with one search for many entries. Thread-safe.
 */
public final class Causality {
  /** Most entries of a tree, beside the ends of those that it has. */
  public static final int MAX_ENTRIES = 10_000;

  /** How many links a tree reaches up, and down. */
  public static final int MAX_LEVELS = 200;

  /** Entries that one search is for. */
  private static final int BATCH = 500;

  /** Starts whose ends one search is for: it finds little else. */
  private static final int ENDS_BATCH = 2_500;

  private final LedgerReader ledger;
  private final EntrySearch search;
  private final int maxEntries;
  private final int maxLevels;

  public Causality(EntrySearch search) {
    this(search, MAX_ENTRIES, MAX_LEVELS);
  }

  Causality(EntrySearch search, int maxEntries, int maxLevels) {
    this.ledger = search.ledger();
    this.search = search;
    this.maxEntries = maxEntries;
    this.maxLevels = maxLevels;
  }

  /**
   * The tree of an entry, a trace or a session.
   *
   * @param size how many entries of the ledger to look at
   * @param now the time, for the age of what is unfinished
   * @throws NoSuchEntryException if the ledger has nothing of it; says so
   * @throws SearchTimeoutException if the time is over before it is known
   */
  public CausalTree of(CausalStart of, long size, Instant now, Deadline deadline)
      throws IOException {
    Walk walk = new Walk(size, deadline);
    List<CausalNode> asked = walk.start(of);
    walk.go(asked);
    Set<Long> seqs = new HashSet<>();
    asked.forEach(node -> seqs.add(node.seq()));
    return new CausalTree(
        of, now, new CausalLayout(walk.nodes, seqs).lines(), walk.isFull, walk.isDeep);
  }

  /**
   * The starts among these that have their end, as the ledger is now.
   *
   * @param size the ledger's size
   */
  Set<Long> ended(Collection<CausalNode> starts, long size, Deadline deadline) throws IOException {
    Walk walk = new Walk(size, deadline);
    starts.forEach(start -> walk.nodes.put(start.seq(), start));
    return walk.ends(starts);
  }

  /** One way through a ledger of fixed size. */
  private final class Walk {
    private final long size;
    private final Deadline deadline;
    private final NavigableMap<Long, CausalNode> nodes = new TreeMap<>();

    /** Starts of which every end was looked for. */
    private final Set<Long> followed = new HashSet<>();

    private boolean isFull;
    private boolean isDeep;

    Walk(long size, Deadline deadline) {
      this.size = size;
      this.deadline = deadline;
    }

    List<CausalNode> start(CausalStart of) throws IOException {
      Condition condition = of.condition();
      if (condition != null) {
        each(condition, entry -> keep(entry) != null);
      } else if (of instanceof CausalStart.Seq(long seq) && seq < size) {
        keep(ledger.entry(seq));
      }
      if (nodes.isEmpty()) {
        throw new NoSuchEntryException(of.absence(size));
      }
      return List.copyOf(nodes.values());
    }

    void go(List<CausalNode> asked) throws IOException {
      Level up = this::causes;
      List<CausalNode> begun = startsThatEnd(asked, walk(asked, up));
      List<CausalNode> below = new ArrayList<>(asked);
      below.addAll(begun);
      walk(below, this::effects);
      ends(
          nodes.values().stream()
              .filter(node -> Phases.opens(node.step()) && !followed.contains(node.seq()))
              .filter(node -> !node.isEndOfAny(nodes))
              .toList());
    }

    /** What the asked entries end: what came of the one came of the other. */
    private List<CausalNode> startsThatEnd(List<CausalNode> asked, Set<Long> above) {
      Set<Long> seqs = new TreeSet<>();
      for (CausalNode end : asked) {
        for (long cause : end.localCauses()) {
          CausalNode start = nodes.get(cause);
          if (start != null
              && above.contains(cause)
              && Phases.ends(start.step(), end.step())
              && !start.isEndOfAny(nodes)) {
            seqs.add(cause);
          }
        }
      }
      asked.forEach(node -> seqs.remove(node.seq()));
      return seqs.stream().map(nodes::get).filter(Objects::nonNull).toList();
    }

    /** Takes an entry; null where there is no room for another. */
    private @Nullable CausalNode keep(Entry entry) {
      CausalNode known = nodes.get(entry.seq());
      if (known != null) {
        return known;
      }
      if (nodes.size() >= maxEntries) {
        isFull = true;
        return null;
      }
      CausalNode node = CausalNode.of(entry);
      nodes.put(node.seq(), node);
      return node;
    }

    /** Goes from some entries as far as they lead. Returns all that it came to, and these. */
    private Set<Long> walk(List<CausalNode> from, Level level) throws IOException {
      Set<Long> seen = new HashSet<>();
      from.forEach(node -> seen.add(node.seq()));
      List<CausalNode> frontier = from;
      for (int depth = 0; !frontier.isEmpty() && !isFull; depth++) {
        List<CausalNode> next = new ArrayList<>();
        boolean isLast = depth == maxLevels;
        level.from(
            frontier,
            entry -> {
              if (seen.contains(entry.seq())) {
                return true;
              }
              if (isLast) {
                isDeep = true;
                return false;
              }
              CausalNode node = keep(entry);
              if (node != null) {
                seen.add(node.seq());
                next.add(node);
              }
              return node != null;
            });
        frontier = next;
      }
      return seen;
    }

    /** What led to these. */
    private void causes(List<CausalNode> from, Taker taker) throws IOException {
      TreeSet<Long> seqs = new TreeSet<>();
      from.forEach(node -> seqs.addAll(node.localCauses()));
      try (EntryFetcher fetcher = new EntryFetcher(ledger)) {
        for (long seq : seqs) {
          deadline.require();
          if (!taker.take(fetcher.fetch(seq))) {
            return;
          }
        }
      }
      Set<Span> spans = new LinkedHashSet<>();
      from.stream().map(CausalNode::parentSpan).filter(Objects::nonNull).forEach(spans::add);
      for (List<Span> batch : batches(List.copyOf(spans), BATCH)) {
        if (!each(new Condition.Or(inTraces(batch, Member.SPAN_ID)), taker)) {
          return;
        }
      }
    }

    /** What came of these. */
    private void effects(List<CausalNode> from, Taker taker) throws IOException {
      for (List<CausalNode> batch : batches(from, BATCH)) {
        Condition effects = caused(batch);
        Set<Span> spans = new LinkedHashSet<>();
        batch.stream().map(CausalNode::span).filter(Objects::nonNull).forEach(spans::add);
        if (!spans.isEmpty()) {
          List<Condition> any = new ArrayList<>(List.of(effects));
          any.addAll(inTraces(spans, Member.PARENT_SPAN_ID));
          effects = new Condition.Or(any);
        }
        if (!each(effects, taker)) {
          return;
        }
        batch.forEach(node -> followed.add(node.seq()));
      }
    }

    /** What names one of these as a cause, which stands behind it. */
    private Condition caused(List<CausalNode> by) {
      long first = by.stream().mapToLong(CausalNode::seq).min().orElse(0);
      List<Condition> any =
          by.stream().<Condition>map(node -> new Condition.Cause("", node.seq())).toList();
      return new Condition.And(
          List.of(
              new Condition.SeqBetween(first + 1, Long.MAX_VALUE),
              new Condition.Present(Member.CAUSED_BY),
              new Condition.Or(any)));
    }

    /** A condition for each trace: whoever reads entries holds few against each. */
    private static List<Condition> inTraces(Collection<Span> spans, Member member) {
      Map<String, List<Condition>> byTrace = new LinkedHashMap<>();
      for (Span span : spans) {
        byTrace
            .computeIfAbsent(span.traceId(), k -> new ArrayList<>())
            .add(new Condition.Equal(member, span.spanId()));
      }
      List<Condition> any = new ArrayList<>();
      byTrace.forEach(
          (trace, ids) ->
              any.add(
                  new Condition.And(
                      List.of(
                          new Condition.Equal(Member.TRACE_ID, trace), new Condition.Or(ids)))));
      return any;
    }

    /** Finds the first end of each of these, however many entries there are already. */
    Set<Long> ends(Collection<CausalNode> starts) throws IOException {
      Set<Long> ended = new HashSet<>();
      for (List<CausalNode> batch : batches(List.copyOf(starts), ENDS_BATCH)) {
        Condition ends =
            new Condition.And(
                List.of(
                    Phases.endOfAny(batch.stream().map(CausalNode::step).toList()), caused(batch)));
        Set<Long> due = new HashSet<>();
        batch.forEach(start -> due.add(start.seq()));
        each(
            ends,
            entry -> {
              CausalNode end = CausalNode.of(entry);
              for (long cause : end.localCauses()) {
                CausalNode start = nodes.get(cause);
                if (start != null && due.contains(cause) && Phases.ends(start.step(), end.step())) {
                  due.remove(cause);
                  ended.add(cause);
                  nodes.putIfAbsent(end.seq(), end);
                }
              }
              return !due.isEmpty();
            });
      }
      return ended;
    }

    /** Hands out what a condition finds, oldest first. Returns whether all was taken. */
    private boolean each(Condition condition, Taker taker) throws IOException {
      EntryFilter filter = EntryFilter.ALL.and(condition);
      try (EntryResults results = search.search(filter, false, SeqRange.below(size), deadline)) {
        for (Entry entry = results.next(); entry != null; entry = results.next()) {
          if (!taker.take(entry)) {
            return false;
          }
        }
        if (results.cursor() != null) {
          throw new SearchTimeoutException();
        }
        return true;
      }
    }
  }

  /** Finds the entries that are one link away. */
  private interface Level {
    void from(List<CausalNode> nodes, Taker taker) throws IOException;
  }

  /** Takes an entry; false where it wants no more. */
  private interface Taker {
    boolean take(Entry entry);
  }

  private static <T> List<List<T>> batches(List<T> all, int most) {
    List<List<T>> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += most) {
      batches.add(all.subList(from, Math.min(all.size(), from + most)));
    }
    return batches;
  }
}
