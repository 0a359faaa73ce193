package io.osmoda.cli;

import io.osmoda.daemon.EntryFilter;
import io.osmoda.daemon.LedgerAccess;
import java.io.IOException;
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
    if (lines < 0 || lines > EntryPrinter.MAX_TURNED) {
      throw new CliException(
          "-n: a number from 0 to %d is wanted, not %d".formatted(EntryPrinter.MAX_TURNED, lines),
          null);
    }
    EntryFilter filter = filters.filter(shell.clock().instant(), rendering.zone());
    try (EntryPrinter printer = new EntryPrinter(shell, style(shell), rendering, filters)) {
      Long next;
      try (LedgerAccess access = access(shell)) {
        next = printer.printNewest(access, filter, lines);
        printer.flush();
        tellNotice(shell, access);
      }
      if (follow) {
        try (LedgerAccess access = access(shell)) {
          access.follow(filter, next, entry -> printer.print(entry) && printer.flush());
        }
      }
      return Osmoda.DONE;
    }
  }
}
