package io.osmoda.cli;

import io.osmoda.daemon.EntryFilter;
import io.osmoda.daemon.LedgerAccess;
import io.osmoda.ledger.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "tail",
    description = {
      "Shows the newest entries and, with -f, each that comes, until Ctrl-C. The start is put on "
          + "record, as ledger_query; what follows is not."
    },
    footer = {
      "  osmoda tail",
      "  osmoda tail -f --actor 'agent:*'",
      "  osmoda tail -f --json | jq .action"
    })
final class TailVerb extends Verb {
  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what comes.")
  boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "Begin with the newest N that match (default: 10).")
  int lines = 10;

  @Mixin FilterOptions filters = new FilterOptions();
  @Mixin Rendering rendering = new Rendering();

  @Override
  int run(Shell shell) throws IOException, InterruptedException {
    if (lines < 0) {
      throw new CliException("-n: a number from 0 on is wanted, not " + lines, null);
    }
    EntryFilter filter = filters.filter(shell.clock().instant(), rendering.zone());
    Printer printer = new Printer(shell);
    try (LedgerAccess access = access(shell)) {
      Long next = null;
      if (lines > 0) {
        List<Entry> newest = new ArrayList<>();
        access.query(filter, true, lines, newest::add);
        for (Entry entry : newest.reversed()) {
          printer.print(entry);
          next = entry.seq() + 1;
        }
      }
      printer.flush();
      tellNotice(shell, access);
      if (follow) {
        access.follow(filter, next, entry -> printer.print(entry) && printer.flush());
      }
      return Osmoda.DONE;
    }
  }

  /** Prints entries as they come. */
  private final class Printer {
    private final Shell shell;
    private final EntryTable table;

    Printer(Shell shell) {
      this.shell = shell;
      this.table = new EntryTable(shell, style(shell), rendering);
    }

    boolean print(Entry entry) {
      if (rendering.json) {
        shell.out().println(entry.toJson());
      } else {
        table.add(entry);
      }
      return true;
    }

    /** False where nobody reads any more. */
    boolean flush() {
      table.flush();
      shell.out().flush();
      return !shell.out().checkError();
    }
  }
}
