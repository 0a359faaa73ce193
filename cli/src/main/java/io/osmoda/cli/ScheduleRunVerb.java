package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import java.io.IOException;
import picocli.CommandLine.Command;

@Command(
    name = "schedule run",
    description =
        "Collects every period that is over and not yet collected, oldest first. If a daemon has"
            + " the ledger open, the daemon collects.",
    footer = {"  osmoda schedule run"})
final class ScheduleRunVerb extends Verb {
  @Override
  int run(Shell shell) throws IOException {
    try (LedgerSession access = access(shell)) {
      int count = 0;
      for (String file = access.collectNext(); file != null; file = access.collectNext()) {
        shell.out().println(Table.printable(file));
        shell.out().flush();
        count++;
      }
      if (count == 0) {
        shell.out().println("Nothing is due (osmoda schedule).");
      }
      return ExitCode.DONE;
    }
  }
}
