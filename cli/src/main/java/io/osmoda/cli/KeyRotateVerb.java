package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "key rotate",
    description = {
      "Replaces the keys that sign checkpoints. The change is an entry of its own, followed by one"
          + " checkpoint signed by the old and the new keys: whoever trusts the old ones can"
          + " follow. The trust file changes, so hand the new one to your auditors."
    },
    footer = "  osmoda key rotate --why 'yearly rotation'")
final class KeyRotateVerb extends Verb {
  @Option(
      names = "--why",
      required = true,
      paramLabel = "TEXT",
      description = "Why; stands in the ledger for ever.")
  String why = "";

  @Override
  int run(Shell shell) throws IOException {
    try (LedgerAccess access = access(shell)) {
      access.rotateKeys(why);
    }
    shell
        .out()
        .println(
            "Keys replaced. The new trust file: "
                + keyFolder(shell).resolve("trust.policy")
                + " (hand it to your auditors)");
    return Osmoda.DONE;
  }
}
