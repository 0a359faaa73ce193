package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.IndexSnapshot.Slice;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;
import org.jspecify.annotations.Nullable;

/**
 * Entries that satisfy a condition, oldest or newest first, read from the segments, re-hashed and
 * held against the condition. Where it stopped is a cursor, {@code FIRST-END}: the part still to be
 * looked at. Its far end stays where the first request put it, so that following cursors comes to
 * an end although each request adds an entry. Not thread-safe.
 */
public final class EntryResults implements Closeable {
  private static final Pattern CURSOR =
      Pattern.compile("(0|[1-9][0-9]{0,15})-(0|[1-9][0-9]{0,15})");
  private static final int CLOCK_EVERY = 256;
  private static final int BLOCK = 32;

  private final LedgerIndex index;
  private final LedgerReader ledger;
  private final IndexSnapshot snapshot;
  private final Condition condition;
  private final QueryPlan.SealingTimes times;
  private final boolean newestFirst;
  private final Deadline deadline;
  private final Iterator<Slice> slices;
  private Slice slice = new Slice(0, 0, null);
  private @Nullable Source source;
  private long first;
  private long end;

  EntryResults(
      LedgerIndex index,
      IndexSnapshot snapshot,
      Condition condition,
      QueryPlan.SealingTimes times,
      SeqRange part,
      boolean newestFirst,
      Deadline deadline) {
    this.index = index;
    this.ledger = index.ledger();
    this.snapshot = snapshot;
    this.condition = condition;
    this.times = times;
    this.newestFirst = newestFirst;
    this.deadline = deadline;
    this.first = part.first();
    this.end = part.end();
    List<Slice> inPart = new ArrayList<>();
    for (Slice slice : snapshot.slices()) {
      Slice cut = slice.within(first, end);
      if (!cut.isEmpty()) {
        inPart.add(cut);
      }
    }
    this.slices = (newestFirst ? inPart.reversed() : inPart).iterator();
  }

  /** The part that a cursor leaves to be looked at, null where the text is no cursor. */
  public static @Nullable SeqRange parse(String text) {
    Matcher matcher = CURSOR.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    long first = Long.parseLong(matcher.group(1));
    long end = Long.parseLong(matcher.group(2));
    return first <= end ? new SeqRange(first, end) : null;
  }

  /** Gives a slice's entries that satisfy the condition. */
  private interface Source extends Closeable {
    /** The next; null at the end of the slice, or when the time is over. */
    @Nullable Entry next() throws IOException;
  }

  /**
   * The next entry; null at the end of the part, or when the time is over: then there is a cursor.
   *
   * @throws io.osmoda.format.entry.LedgerDamagedException if what stands there is not what was
   *     sealed
   */
  public @Nullable Entry next() throws IOException {
    while (first < end) {
      if (source == null) {
        if (!slices.hasNext()) {
          first = end;
          return null;
        }
        slice = slices.next();
        moveTo(newestFirst ? slice.end() : slice.first());
        source = open(slice);
      }
      Entry entry;
      try {
        entry = source.next();
      } catch (IndexDamagedException e) {
        index.discard(e.first());
        source.close();
        source = readingRest();
        continue;
      }
      if (entry != null) {
        passed(entry.seq());
        return entry;
      }
      if (deadline.isOver()) {
        return null;
      }
      source.close();
      source = null;
    }
    return null;
  }

  private void moveTo(long boundary) {
    if (newestFirst) {
      end = boundary;
    } else {
      first = boundary;
    }
  }

  private void passed(long seq) {
    moveTo(newestFirst ? seq : seq + 1);
  }

  private Source open(Slice of) throws IOException {
    Partition partition = of.partition();
    if (partition == null) {
      return reading(of.first(), of.end());
    }
    try {
      SlicePlan plan = SlicePlan.of(condition, of, partition, times);
      return newestFirst ? new Backward(plan, partition) : new Forward(plan, partition);
    } catch (IOException | RuntimeException e) {
      index.discard(partition.first());
      return reading(of.first(), of.end());
    }
  }

  private Source reading(long low, long high) throws IOException {
    return new Reading(newestFirst ? ledger.readBackwards(low, high) : ledger.read(low, high));
  }

  /** What is left of the slice, when its partition turned out to be damaged. */
  private Source readingRest() throws IOException {
    return reading(Math.max(first, slice.first()), Math.min(end, slice.end()));
  }

  /** Where to go on, null where all was looked at. */
  public @Nullable String cursor() {
    return first < end ? first + "-" + end : null;
  }

  @Override
  public void close() throws IOException {
    if (source != null) {
      source.close();
    }
    snapshot.close();
  }

  /** What a partition finds outside of what it was asked for, it finds because it is damaged. */
  private long inSlice(long seq) {
    if (seq < slice.first() || seq >= slice.end()) {
      throw new IllegalStateException("found " + seq + " outside of " + slice);
    }
    return seq;
  }

  /** Reads every entry of a slice that the index does not know. */
  private final class Reading implements Source {
    private final EntryCursor cursor;
    private int looked;

    Reading(EntryCursor cursor) {
      this.cursor = cursor;
    }

    @Override
    public @Nullable Entry next() throws IOException {
      while (true) {
        if (++looked % CLOCK_EVERY == 0 && deadline.isOver()) {
          return null;
        }
        Entry entry = cursor.next();
        if (entry == null || condition.matches(entry)) {
          return entry;
        }
        passed(entry.seq());
      }
    }

    @Override
    public void close() throws IOException {
      cursor.close();
    }
  }

  /** Reads what a partition finds, oldest first. */
  private final class Forward implements Source {
    private final SlicePlan plan;
    private final Partition partition;
    private final EntryFetcher fetcher = new EntryFetcher(ledger);
    private final Iterator<LeafReaderContext> leaves;
    private @Nullable LeafReaderContext leaf;
    private DocIdSetIterator docs = DocIdSetIterator.empty();

    Forward(SlicePlan plan, Partition partition) {
      this.plan = plan;
      this.partition = partition;
      this.leaves = plan.leaves().iterator();
    }

    @Override
    public @Nullable Entry next() throws IOException {
      while (!deadline.isOver()) {
        long seq = nextSeq();
        if (seq < 0) {
          return null;
        }
        Entry entry = fetcher.fetch(seq);
        if (condition.matches(entry)) {
          return entry;
        }
        passed(entry.seq());
      }
      return null;
    }

    /** The next that may be wanted; -1 after the last. */
    private long nextSeq() throws IOException {
      try {
        while (true) {
          int doc = docs.nextDoc();
          if (doc != DocIdSetIterator.NO_MORE_DOCS && leaf != null) {
            return inSlice(plan.seq(leaf, doc));
          }
          if (!leaves.hasNext()) {
            return -1;
          }
          leaf = leaves.next();
          docs = plan.docs(leaf);
        }
      } catch (IOException | RuntimeException e) {
        throw IndexDamagedException.of(partition, e);
      }
    }

    @Override
    public void close() throws IOException {
      fetcher.close();
    }
  }

  /** Reads what a partition finds, newest first: a leaf's findings, then some of them at a time. */
  private final class Backward implements Source {
    private final SlicePlan plan;
    private final Partition partition;
    private final Iterator<LeafReaderContext> leaves;
    private final Deque<Entry> block = new ArrayDeque<>();
    private long[] found = {};
    private int left;

    Backward(SlicePlan plan, Partition partition) {
      this.plan = plan;
      this.partition = partition;
      this.leaves = plan.leaves().reversed().iterator();
    }

    @Override
    public @Nullable Entry next() throws IOException {
      while (!deadline.isOver()) {
        Entry entry = block.poll();
        if (entry != null) {
          if (condition.matches(entry)) {
            return entry;
          }
          passed(entry.seq());
        } else if (left > 0) {
          readBlock();
        } else if (leaves.hasNext()) {
          find(leaves.next());
        } else {
          return null;
        }
      }
      return null;
    }

    private void find(LeafReaderContext leaf) throws IOException {
      try {
        findIn(leaf);
      } catch (IOException | RuntimeException e) {
        throw IndexDamagedException.of(partition, e);
      }
    }

    private void findIn(LeafReaderContext leaf) throws IOException {
      DocIdSetIterator docs = plan.docs(leaf);
      left = 0;
      for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
        if (left == found.length) {
          found = java.util.Arrays.copyOf(found, Math.max(BLOCK, 2 * left));
        }
        found[left++] = inSlice(plan.seq(leaf, doc));
      }
    }

    private void readBlock() throws IOException {
      int from = Math.max(0, left - BLOCK);
      try (EntryFetcher fetcher = new EntryFetcher(ledger)) {
        for (int i = from; i < left; i++) {
          block.push(fetcher.fetch(found[i]));
        }
      }
      left = from;
    }

    @Override
    public void close() {
      block.clear();
    }
  }
}
