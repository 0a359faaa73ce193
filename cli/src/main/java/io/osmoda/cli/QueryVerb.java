package io.osmoda.cli;

import io.osmoda.daemon.EntryFilter;
import io.osmoda.daemon.LedgerAccess;
import java.io.IOException;
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
    if (most > EntryPrinter.MAX_TURNED && !newestFirst) {
      throw new CliException(
          "--limit: at most %d, oldest first".formatted(EntryPrinter.MAX_TURNED),
          "Add --newest-first, or take all with --limit 0.");
    }
    try (LedgerAccess access = access(shell);
        EntryPrinter printer = new EntryPrinter(shell, style(shell), rendering, filters)) {
      if (most == 0) {
        access.query(filter, newestFirst, LedgerAccess.NO_LIMIT, printer::print);
      } else if (newestFirst) {
        access.query(
            filter,
            true,
            LedgerAccess.NO_LIMIT,
            entry -> printer.print(entry) && printer.printed() < most);
      } else {
        printer.printNewest(access, filter, (int) most);
      }
      printer.flush();
      tellNotice(shell, access);
      tellBound(shell, printer.printed(), most);
      return Osmoda.DONE;
    }
  }

  private void tellBound(Shell shell, long printed, long most) {
    if (rendering.json) {
      return;
    }
    if (printed == 0) {
      shell.err().println("No entries match.");
    } else if (printed == most && limit == null) {
      shell
          .err()
          .println(
              "osmoda: these are the newest %d; --limit N shows more, --limit 0 all"
                  .formatted(most));
    }
  }
}
