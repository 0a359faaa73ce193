package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
import java.io.IOException;
import picocli.CommandLine.Command;

@Command(
    name = "schedule run",
    description =
        "Collects now what is due: each period that is over and not collected, the oldest first."
            + " Where a daemon holds the ledger it collects, into the folder on its machine.",
    footer = {"  osmoda schedule run"})
final class ScheduleRunVerb extends Verb {
  @Override
  int run(Shell shell) throws IOException {
    try (LedgerAccess access = access(shell)) {
      int count = 0;
      for (String file = access.collectNext(); file != null; file = access.collectNext()) {
        shell.out().println(Table.printable(file));
        shell.out().flush();
        count++;
      }
      if (count == 0) {
        shell.out().println("Nothing is due (osmoda schedule).");
      }
      return Osmoda.DONE;
    }
  }
}
