package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.entry.Entry;
import io.osmoda.query.EntryFields;
import io.osmoda.query.EntryFilter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints the entries that a reading verb finds: a table for people, stored lines for programs. Not
 * thread-safe; close it for the last.
 */
final class EntryPrinter implements AutoCloseable {
  /** So many at most are held to be turned round. */
  static final int MAX_TURNED = 100_000;

  private final Shell shell;
  private final FilterOptions filters;
  private final EntryWriter writer;
  private final boolean isTable;
  private long printed;
  private long leftOut;

  EntryPrinter(Shell shell, Style style, Rendering rendering, FilterOptions filters) {
    this(
        shell,
        filters,
        rendering.json
            ? new LineWriter(shell.out(), EntryFields.WHOLE, false)
            : new EntryTable(shell, style, rendering),
        !rendering.json);
  }

  /**
   * @param isTable whether the ledger's own readings are left out, unless they are asked for
   */
  EntryPrinter(Shell shell, FilterOptions filters, EntryWriter writer, boolean isTable) {
    this.shell = shell;
    this.filters = filters;
    this.writer = writer;
    this.isTable = isTable;
  }

  /** Prints an entry; false where nobody reads any more. */
  boolean print(Entry entry) {
    if (isLeftOut(entry)) {
      return true;
    }
    printed++;
    writer.add(entry);
    return !writer.isAbandoned();
  }

  private boolean isLeftOut(Entry entry) {
    if (isTable && filters.isLeftOut(entry)) {
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
  void printNewest(LedgerSession access, EntryFilter filter, int most) throws IOException {
    List<Entry> found = new ArrayList<>();
    if (most > 0) {
      access.query(
          filter,
          true,
          isTable ? LedgerSession.NO_LIMIT : most,
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
    writer.flush();
    shell.out().flush();
    return !shell.out().checkError();
  }

  /** Prints what is left, and tells what was left out. */
  @Override
  public void close() {
    writer.close();
    if (leftOut > 0) {
      shell
          .err()
          .println(
              "osmoda: %,d %s of the ledger (ledger_query) hidden; use --reads to show them"
                  .formatted(leftOut, leftOut == 1 ? "reading" : "readings"));
    }
  }
}
