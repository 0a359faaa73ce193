package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.WhereParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a search found until it is done, then prints each result beside the call that it
 * answers: a daemon answers one request after the other. Not thread-safe.
 */
final class AnsweredCalls implements EntryWriter {
  /** Calls that are asked for at once: a condition has a longest length. */
  private static final int AT_ONCE = 500;

  private final @Nullable EntryTable table;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * @param table for people; null for JSON
   */
  AnsweredCalls(@Nullable EntryTable table) {
    this.table = table;
  }

  @Override
  public void add(Entry entry) {
    entries.add(entry);
  }

  @Override
  public boolean isAbandoned() {
    return false;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  void print(LedgerSession access, Shell shell) throws IOException {
    Map<Long, Entry> calls = calls(access);
    for (Entry entry : entries) {
      Long cause = call(entry);
      Entry call = cause == null ? null : calls.get(cause);
      if (table != null) {
        table.add(entry, call);
      } else {
        shell
            .out()
            .println(
                "{\"call\":"
                    + (call == null ? "null" : call.toJson())
                    + ",\"entry\":"
                    + entry.toJson()
                    + "}");
      }
    }
    if (table != null) {
      table.close();
    }
    shell.out().flush();
  }

  private Map<Long, Entry> calls(LedgerSession access) throws IOException {
    TreeSet<Long> wanted = new TreeSet<>();
    for (Entry entry : entries) {
      Long call = call(entry);
      if (call != null) {
        wanted.add(call);
      }
    }
    Map<Long, Entry> calls = new HashMap<>();
    List<Long> all = List.copyOf(wanted);
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      List<Long> some = all.subList(from, Math.min(all.size(), from + AT_ONCE));
      access.query(
          EntryFilter.ALL.and(WhereParser.anyOf(some)),
          false,
          LedgerSession.NO_LIMIT,
          call -> calls.put(call.seq(), call) == null);
    }
    return calls;
  }

  /**
   * The number of the call that a result answers; null where the entry names none of this ledger.
   */
  private static @Nullable Long call(Entry entry) {
    if (!entry.action().endsWith("_result") && !entry.action().endsWith("_response")) {
      return null;
    }
    for (CauseReference cause : entry.causedBy()) {
      if (cause.origin().isEmpty()) {
        return cause.seq();
      }
    }
    return null;
  }
}
