package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "publish",
    description = {
      "Writes the signed tree as static files in C2SP tlog-tiles format (checkpoint, tile/…) for"
          + " any web server. They contain only hashes, no entries and no payloads, and let others"
          + " check that the ledger only grows. Signs a checkpoint over all entries first; later"
          + " runs write only what is new.",
      "Only the ledger's owner can run this, because it signs and reads the ledger's files; a"
          + " running daemon is fine. Users with a role get the same files from the daemon:"
          + " /checkpoint and /tile/…"
    },
    footer = {"  osmoda publish /var/www/audit-log"})
final class PublishVerb extends Verb {
  @Parameters(
      arity = "1",
      paramLabel = "DIR",
      description = "Target folder: new, empty, or one this ledger was published to before.")
  Path target = Path.of("");

  @Override
  int run(Shell shell) throws IOException {
    try (LedgerSession access = access(shell)) {
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
    return ExitCode.DONE;
  }
}
