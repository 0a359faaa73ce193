package io.osmoda.cli;

import io.osmoda.client.EntrySink;
import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.entry.Entry;
import io.osmoda.query.EntryFilter;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "tail",
    description = {
      "Shows the newest entries and, with -f, each new one until Ctrl-C. The start is recorded as"
          + " ledger_query; the entries followed are not."
    },
    footer = {
      "  osmoda tail",
      "  osmoda tail -f --actor 'agent:*'",
      "  osmoda tail -f --json | jq .action"
    })
final class TailVerb extends Verb {
  @Option(
      names = {"-f", "--follow"},
      description = "Keep running and show new entries.")
  boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "Start with the newest N matches (default: 10).")
  int lines = 10;

  @Mixin FilterOptions filters = new FilterOptions();
  @Mixin Rendering rendering = new Rendering();

  /** Prints the newest together, so that their columns stand in line, then each as it comes. */
  private static final class Following implements EntrySink {
    private final EntryPrinter printer;
    private boolean caughtUp;

    Following(EntryPrinter printer) {
      this.printer = printer;
    }

    @Override
    public boolean accept(Entry entry) {
      return printer.print(entry) && (!caughtUp || printer.flush());
    }

    @Override
    public boolean caughtUp() {
      caughtUp = true;
      return printer.flush();
    }
  }

  @Override
  int run(Shell shell) throws IOException, InterruptedException {
    if (lines < 0 || lines > EntryPrinter.MAX_TURNED) {
      throw new CliException(
          "-n: expected a number from 0 to %d, found %d".formatted(EntryPrinter.MAX_TURNED, lines),
          null);
    }
    EntryFilter filter = filters.filter(shell.clock().instant(), rendering.zone());
    try (EntryPrinter printer = new EntryPrinter(shell, style(shell), rendering, filters)) {
      try (LedgerSession access = access(shell)) {
        tellNotice(shell, access);
        if (follow) {
          boolean countReads = rendering.json || filters.showsReads();
          access.follow(filter, lines, countReads, new Following(printer));
        } else {
          printer.printNewest(access, filter, lines);
        }
      }
      return ExitCode.DONE;
    }
  }
}
