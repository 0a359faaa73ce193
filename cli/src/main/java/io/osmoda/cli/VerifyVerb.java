package io.osmoda.cli;

import io.osmoda.format.log.BadNoteException;
import io.osmoda.verify.LedgerVerifier;
import io.osmoda.verify.Verification;
import io.osmoda.verify.VerificationText;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = {
      "Recomputes every hash, checks the chain, the tree and the checkpoints' signatures, and"
          + " reports whether the ledger is intact, tampered or unverifiable. Changes nothing and"
          + " needs no daemon.",
      "Trust comes from the file passed with --trust: the one you were given when the ledger was"
          + " created. Without it, the key folder's trust.policy on this machine is used; anyone"
          + " who can change that file controls what verify believes.",
      "With --json, prints one object: verdict (intact, tampered, unverifiable), self_consistent,"
          + " entries, anchored, unanchored_tail, adopted, redacted, findings (each with kind, seq"
          + " and detail), checkpoint (origin, size, root), trust, not_checked and seconds. Exit"
          + " code: 0, 1 or 2 for the three verdicts."
    },
    footer = {
      "  osmoda verify",
      "  osmoda verify --ledger /mnt/copy --trust auditor.policy --since last-year.checkpoint",
      "  osmoda verify --json | jq .verdict",
    })
final class VerifyVerb extends Verb {
  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description =
          "Trust file with the public keys to trust (default: the key folder's trust.policy).")
  @Nullable Path trust;

  @Option(
      names = "--since",
      paramLabel = "FILE",
      description =
          "An older checkpoint you kept: the ledger must contain everything it covered (detects"
              + " rollback).")
  @Nullable Path since;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "Save progress in this file: later runs still hash every byte, but skip parsing what has"
              + " not changed.")
  @Nullable Path state;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    Path folder = ledgerFolder(shell);
    if (Files.isDirectory(folder) && !Files.isExecutable(folder)) {
      throw new AccessDeniedException(folder.toString());
    }
    if (!Files.exists(folder.resolve("ledger.json")) && !Files.exists(folder.resolve("segments"))) {
      throw new CliException(
          "no ledger in " + folder, "Pass one with --ledger DIR or OSMODA_LEDGER.");
    }
    Verification verification;
    try (Progress progress = new Progress(shell, "verifying", Progress.Unit.BYTES)) {
      verification = LedgerVerifier.verify(folder, options(shell, progress));
    }
    if (json) {
      shell.out().println(JsonText.line(VerificationText.json(verification)));
    } else {
      VerificationText.print(
          verification, folder, shell.clock().instant(), shell.out(), style(shell));
    }
    return VerificationText.exitCode(verification.verdict());
  }

  private VerifyOptions options(Shell shell, Progress progress) throws IOException {
    Trust trusted = Trust.find(trust, keyFolder(shell));
    VerifyOptions options = VerifyOptions.defaults().withProgress(progress::at);
    if (trusted.policy() != null) {
      options = options.withTrust(trusted.policy(), trusted.from());
    }
    if (since != null) {
      try {
        options = options.withSince(since);
      } catch (BadNoteException e) {
        throw new CliException(
            "--since: %s is not a checkpoint: %s".formatted(since, e.getMessage()),
            "Pass a file written by osmoda checkpoint, or one from a ledger's checkpoints/"
                + " folder.");
      }
    }
    return state == null ? options : options.withState(state);
  }
}
