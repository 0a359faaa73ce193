package io.osmoda.cli;

import io.osmoda.daemon.EntryFilter;
import io.osmoda.daemon.LedgerAccess;
import io.osmoda.ledger.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "query",
    description = {
      "Shows entries, oldest first. Of all that match, the newest 100 are shown unless --limit says"
          + " otherwise; --json prints all, one stored line each. Different conditions must all"
          + " hold. Each query is itself put on record, as ledger_query."
    },
    footer = {
      "  osmoda query --from 1h --status error --status denied",
      "  osmoda query --actor 'agent:research-*' --action tool_call --text invoice",
      "  osmoda query --from 2026-03-01 --to 2026-04-01 --json > march.ndjson",
    })
final class QueryVerb extends Verb {
  private static final long DEFAULT_LIMIT = 100;

  @Mixin FilterOptions filters = new FilterOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Show the newest N that match (default: 100, with --json all; 0: all).")
  @Nullable Long limit;

  @Option(names = "--newest-first", description = "Show the newest first.")
  boolean newestFirst;

  @Mixin Rendering rendering = new Rendering();

  @Override
  int run(Shell shell) throws IOException {
    EntryFilter filter = filters.filter(shell.clock().instant(), rendering.zone());
    if (limit != null && limit < 0) {
      throw new CliException("--limit: a number from 0 on is wanted, not " + limit, null);
    }
    long most = limit != null ? limit : rendering.json ? 0 : DEFAULT_LIMIT;
    try (LedgerAccess access = access(shell)) {
      boolean more = print(shell, access, filter, most);
      tellNotice(shell, access);
      if (more && limit == null) {
        shell
            .err()
            .println(
                "osmoda: these are the newest %d; --limit 0 shows all, --limit N more"
                    .formatted(most));
      }
      return Osmoda.DONE;
    }
  }

  /** Whether more match than were printed. */
  private boolean print(Shell shell, LedgerAccess access, EntryFilter filter, long most)
      throws IOException {
    Sink sink =
        rendering.json
            ? new JsonLines(shell)
            : new Rows(new EntryTable(shell, style(shell), rendering));
    try (sink) {
      if (most == 0) {
        access.query(filter, newestFirst, Long.MAX_VALUE >> 11, sink::print);
        return false;
      }
      List<Entry> found = new ArrayList<>();
      access.query(filter, true, most + 1, entry -> found.add(entry));
      boolean more = found.size() > most;
      List<Entry> shown = new ArrayList<>(more ? found.subList(0, (int) most) : found);
      if (!newestFirst) {
        Collections.reverse(shown);
      }
      for (Entry entry : shown) {
        sink.print(entry);
      }
      return more;
    } finally {
      if (!rendering.json && sink.isEmpty()) {
        shell.err().println("No entries match.");
      }
    }
  }

  /** Where found entries go. */
  abstract static class Sink implements AutoCloseable {
    private boolean empty = true;

    /** Prints an entry; false where nobody reads any more. */
    final boolean print(Entry entry) {
      empty = false;
      return put(entry);
    }

    final boolean isEmpty() {
      return empty;
    }

    abstract boolean put(Entry entry);

    @Override
    public abstract void close();
  }

  private static final class Rows extends Sink {
    private final EntryTable table;

    Rows(EntryTable table) {
      this.table = table;
    }

    @Override
    boolean put(Entry entry) {
      table.add(entry);
      return !table.isAbandoned();
    }

    @Override
    public void close() {
      table.close();
    }
  }

  private static final class JsonLines extends Sink {
    private static final int CHECK_EVERY = 256;

    private final Shell shell;
    private int count;

    JsonLines(Shell shell) {
      this.shell = shell;
    }

    @Override
    boolean put(Entry entry) {
      shell.out().println(entry.toJson());
      count++;
      return count % CHECK_EVERY != 0 || !shell.out().checkError();
    }

    @Override
    public void close() {
      shell.out().flush();
    }
  }
}
