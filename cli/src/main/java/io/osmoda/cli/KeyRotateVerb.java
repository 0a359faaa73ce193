package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "key rotate",
    description = {
      "Replaces the keys that sign checkpoints. The change is recorded as an entry, followed by a"
          + " checkpoint signed with both the old and the new keys, so anyone who trusts the old"
          + " keys can follow. The trust file changes: send the new one to your auditors."
    },
    footer = "  osmoda key rotate --why 'yearly rotation'")
final class KeyRotateVerb extends Verb {
  @Option(
      names = "--why",
      required = true,
      paramLabel = "TEXT",
      description = "Reason; recorded permanently.")
  String why = "";

  @Override
  int run(Shell shell) throws IOException {
    try (LedgerSession access = access(shell)) {
      access.rotateKeys(why);
    }
    shell
        .out()
        .println(
            "Keys replaced. New trust file: "
                + keyFolder(shell).resolve("trust.policy")
                + " (send it to your auditors)");
    return ExitCode.DONE;
  }
}
