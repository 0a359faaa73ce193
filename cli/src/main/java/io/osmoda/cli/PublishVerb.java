package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "publish",
    description = {
      "Writes the signed tree as a static folder in C2SP tlog-tiles form (checkpoint, tile/…), for "
          + "any web server: hashes alone, no entries, no payloads. Others can then watch that the "
          + "ledger only grows. A checkpoint over all entries is signed first; a next run writes "
          + "only what is new.",
      "It signs, and reads the ledger's own files, so it is the owner's to do, also while a daemon "
          + "holds the ledger. Whoever has a role there gets the same from the daemon: /checkpoint "
          + "and /tile/…"
    },
    footer = {"  osmoda publish /var/www/audit-log"})
final class PublishVerb extends Verb {
  @Parameters(
      arity = "1",
      paramLabel = "DIR",
      description = "The folder: empty or new, or one that this ledger was published to before.")
  Path target = Path.of("");

  @Override
  int run(Shell shell) throws IOException {
    try (LedgerAccess access = access(shell)) {
      access.checkpoint(); // covers every entry there is now
      try (LedgerReader reader = LedgerReader.open(ledgerFolder(shell))) {
        int files = reader.publish(target);
        shell
            .out()
            .println(
                "%s: %s of %s, %,d %s written"
                    .formatted(
                        target,
                        Words.entries(reader.newestCheckpoint().checkpoint().size()),
                        reader.origin(),
                        files,
                        files == 1 ? "file" : "files"));
      }
    }
    return Osmoda.DONE;
  }
}
