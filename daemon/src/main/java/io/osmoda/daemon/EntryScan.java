package io.osmoda.daemon;

import io.osmoda.ledger.Entry;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a part of the ledger, oldest or newest first, and gives what a filter wants, for a
 * bounded time. Where it stopped is a cursor, {@code FIRST-END}: the part still to be looked at.
 * Its far end stays where the first request put it, so that following cursors comes to an end
 * although each request adds an entry. Not thread-safe.
 */
final class EntryScan implements AutoCloseable {
  private static final int CLOCK_EVERY = 256;
  private static final Pattern CURSOR =
      Pattern.compile("(0|[1-9][0-9]{0,15})-(0|[1-9][0-9]{0,15})");

  private final EntryFilter filter;
  private final boolean newestFirst;
  private final LongSupplier nanoTime;
  private final long deadline;
  private final EntryCursor cursor;
  private long first;
  private long end;

  /**
   * @param part the entries to go through, {@code end} exclusive
   * @param nanos how long to look, on the clock {@code nanoTime}
   */
  EntryScan(
      LedgerReader reader,
      EntryFilter filter,
      EntryFilter.Range part,
      boolean newestFirst,
      long nanos,
      LongSupplier nanoTime)
      throws IOException {
    this.filter = filter;
    this.newestFirst = newestFirst;
    this.nanoTime = nanoTime;
    this.deadline = nanoTime.getAsLong() + nanos;
    this.first = part.first();
    this.end = part.end();
    this.cursor = newestFirst ? reader.readBackwards(first, end) : reader.read(first, end);
  }

  /** The part that a cursor leaves to be looked at, null where the text is no cursor. */
  static EntryFilter.@Nullable Range parse(String text) {
    Matcher matcher = CURSOR.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    long first = Long.parseLong(matcher.group(1));
    long end = Long.parseLong(matcher.group(2));
    return first <= end ? new EntryFilter.Range(first, end) : null;
  }

  /** The next entry that is wanted; null at the end of the part, or when the time is over. */
  @Nullable Entry next() throws IOException {
    for (int looked = 1; first < end; looked++) {
      if (looked % CLOCK_EVERY == 0 && nanoTime.getAsLong() - deadline > 0) {
        return null;
      }
      Entry entry = cursor.next();
      if (entry == null) {
        first = end;
        return null;
      }
      if (newestFirst) {
        end = entry.seq();
      } else {
        first = entry.seq() + 1;
      }
      if (filter.matches(entry)) {
        return entry;
      }
    }
    return null;
  }

  /**
   * Where one has to begin to read the newest so many that a filter wants: {@code size} for none.
   * Where the time is over first, those found by then.
   *
   * @param countReads whether {@code ledger_query} entries count
   * @param size entries to look at
   * @param nanos how long to look, on the clock {@code nanoTime}
   */
  static long firstOfNewest(
      LedgerReader reader,
      EntryFilter filter,
      long newest,
      boolean countReads,
      long size,
      long nanos,
      LongSupplier nanoTime)
      throws IOException {
    long first = size;
    if (newest == 0) {
      return first;
    }
    EntryFilter.Range part = filter.timeRange(reader, size);
    try (EntryScan scan = new EntryScan(reader, filter, part, true, nanos, nanoTime)) {
      long found = 0;
      for (Entry entry = scan.next(); entry != null; entry = scan.next()) {
        if (countReads || !entry.action().equals(ReadRecord.ACTION)) {
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

  /** Where to go on, null where all was looked at. */
  @Nullable String cursor() {
    return first < end ? first + "-" + end : null;
  }

  @Override
  public void close() throws IOException {
    cursor.close();
  }
}
