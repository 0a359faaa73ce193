package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.SignedCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "checkpoint",
    description = {
      "Signs a checkpoint over all entries and prints it. Store it where the ledger's machine"
          + " cannot reach it, with an auditor or on another machine. Later, osmoda verify --since"
          + " uses it to show that nothing it covers was changed, removed or rolled back."
    },
    footer = {
      "  osmoda checkpoint -o checkpoint-2026-03-01",
      "  osmoda checkpoint | mail auditor@example.com"
    })
final class CheckpointVerb extends Verb {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write to this file instead of standard output.")
  @Nullable Path output;

  @Override
  int run(Shell shell) throws IOException {
    byte[] note;
    try (LedgerSession access = access(shell)) {
      note = access.checkpoint();
    }
    if (output == null) {
      shell.out().write(note);
      return ExitCode.DONE;
    }
    Files.write(output, note);
    try {
      Checkpoint checkpoint = SignedCheckpoint.parse(note).checkpoint();
      shell
          .err()
          .println(
              "%s covers %s of %s"
                  .formatted(output, Words.entries(checkpoint.size()), checkpoint.origin()));
      return ExitCode.DONE;
    } catch (BadNoteException e) {
      throw new CliException("the ledger returned a malformed checkpoint: " + e.getMessage(), null);
    }
  }
}
