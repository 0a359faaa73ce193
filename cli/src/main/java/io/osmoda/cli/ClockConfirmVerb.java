package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
import java.io.IOException;
import picocli.CommandLine.Command;

@Command(
    name = "clock confirm",
    description = {
      "Says that the machine's clock is right after it stepped forward by more than 60 s (or 30 "
          + "days between stop and start). Until then entries' times advance by the steady clock "
          + "alone, because a wrong jump could never be taken back: timestamps never decrease. "
          + "osmoda status tells whether one is held."
    },
    footer = "  osmoda clock confirm")
final class ClockConfirmVerb extends Verb {
  @Override
  int run(Shell shell) throws IOException {
    try (LedgerAccess access = access(shell)) {
      access.confirmClock();
    }
    shell.out().println("The machine's clock is followed from here on.");
    return Osmoda.DONE;
  }
}
