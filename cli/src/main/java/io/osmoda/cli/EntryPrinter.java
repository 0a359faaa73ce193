package io.osmoda.cli;

import io.osmoda.daemon.EntryFilter;
import io.osmoda.daemon.LedgerAccess;
import io.osmoda.ledger.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints the entries that a reading verb finds: a table for people, stored lines for programs. Not
 * thread-safe; close it for the last.
 */
final class EntryPrinter implements AutoCloseable {
  /** So many at most are held to be turned round. */
  static final int MAX_TURNED = 100_000;

  private static final int CHECK_EVERY = 256;

  private final Shell shell;
  private final FilterOptions filters;
  private final @Nullable EntryTable table;
  private long printed;
  private long leftOut;

  EntryPrinter(Shell shell, Style style, Rendering rendering, FilterOptions filters) {
    this.shell = shell;
    this.filters = filters;
    this.table = rendering.json ? null : new EntryTable(shell, style, rendering);
  }

  /** Prints an entry; false where nobody reads any more. */
  boolean print(Entry entry) {
    if (isLeftOut(entry)) {
      return true;
    }
    printed++;
    if (table != null) {
      table.add(entry);
      return !table.isAbandoned();
    }
    shell.out().println(entry.toJson());
    return printed % CHECK_EVERY != 0 || !shell.out().checkError();
  }

  private boolean isLeftOut(Entry entry) {
    if (table != null && filters.isLeftOut(entry)) {
      leftOut++;
      return true;
    }
    return false;
  }

  /**
   * Prints the newest that match, the oldest of them first.
   *
   * @param most at most {@link #MAX_TURNED}
   */
  void printNewest(LedgerAccess access, EntryFilter filter, int most) throws IOException {
    List<Entry> found = new ArrayList<>();
    if (most > 0) {
      access.query(
          filter,
          true,
          table == null ? most : LedgerAccess.NO_LIMIT,
          entry -> {
            if (!isLeftOut(entry)) {
              found.add(entry);
            }
            return found.size() < most;
          });
    }
    for (Entry entry : found.reversed()) {
      print(entry);
    }
  }

  long printed() {
    return printed;
  }

  /** Shows what was printed so far; false where nobody reads any more. */
  boolean flush() {
    if (table != null) {
      table.flush();
    }
    shell.out().flush();
    return !shell.out().checkError();
  }

  /** Prints what is left, and tells what was left out. */
  @Override
  public void close() {
    flush();
    if (leftOut > 0) {
      shell
          .err()
          .println(
              "osmoda: %,d %s of the ledger (ledger_query) left out; --reads shows them"
                  .formatted(leftOut, leftOut == 1 ? "reading" : "readings"));
    }
  }
}
