package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import java.io.IOException;
import picocli.CommandLine.Command;

@Command(
    name = "clock confirm",
    description = {
      "Confirms that the machine's clock is right after it jumped forward by more than 60 s (or 30"
          + " days between stop and start). Until you confirm, timestamps advance by the monotonic"
          + " clock only, because timestamps never decrease and a wrong jump could not be undone."
          + " osmoda status shows whether a jump is waiting for confirmation."
    },
    footer = "  osmoda clock confirm")
final class ClockConfirmVerb extends Verb {
  @Override
  int run(Shell shell) throws IOException {
    try (LedgerSession access = access(shell)) {
      access.confirmClock();
    }
    shell.out().println("Confirmed. Timestamps now follow the machine's clock.");
    return ExitCode.DONE;
  }
}
