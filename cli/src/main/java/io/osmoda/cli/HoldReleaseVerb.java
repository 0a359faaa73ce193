package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.daemon.Remedies;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.RequestRefusedException;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "hold release",
    description =
        "Releases a legal hold. Payloads that no other hold covers can be redacted again. The"
            + " release is recorded as an entry that names the hold.",
    footer = {"  osmoda hold release 1742 --reason 'case 2026-114 closed'"})
final class HoldReleaseVerb extends Verb {
  @Parameters(
      arity = "1",
      paramLabel = "HOLD",
      description = "The hold's number, from osmoda hold list.")
  String hold = "";

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Reason; recorded permanently.")
  String reason = "";

  @Override
  int run(Shell shell) throws IOException {
    long seq = SeqArgument.parseOne(hold);
    try (LedgerSession access = access(shell)) {
      access.releaseHold(seq, reason);
    } catch (DraftRefusedException e) {
      throw new CliException(
          Remedies.reason(e), null); // its member is the sealed entry's, not an option's
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
    shell.out().println("Hold " + seq + " released.");
    return ExitCode.DONE;
  }
}
