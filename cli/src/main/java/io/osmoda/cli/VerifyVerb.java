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
      "Recomputes every hash, checks the chain, the tree and the checkpoints' signatures, and says "
          + "whether the ledger is intact, tampered with, or cannot be judged. Nothing is changed "
          + "and no daemon is needed.",
      "Trust comes from the policy file that --trust names: the one that you were given when the "
          + "ledger was made. Without it, on the machine itself, the key folder's public part "
          + "serves; whoever can change that can change what verify believes.",
      "With --json one object is printed: verdict (intact, tampered, unverifiable), "
          + "self_consistent, entries, anchored, unanchored_tail, adopted, redacted, findings "
          + "(each with kind, seq and detail), checkpoint (origin, size, root), trust, not_checked "
          + "and seconds. The exit code is 0, 1 or 2 for the three verdicts."
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
          "The policy file with the trusted keys (default: the key folder's trust.policy).")
  @Nullable Path trust;

  @Option(
      names = "--since",
      paramLabel = "FILE",
      description =
          "An older checkpoint that you hold: the ledger must contain all that it covered "
              + "(finds a rollback).")
  @Nullable Path since;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "Remember what was checked in this file: later runs hash all bytes again, but skip "
              + "parsing what has not changed.")
  @Nullable Path state;

  @Option(names = "--json", description = "Print one JSON object for programs.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    Path folder = ledgerFolder(shell);
    if (Files.isDirectory(folder) && !Files.isExecutable(folder)) {
      throw new AccessDeniedException(folder.toString());
    }
    if (!Files.exists(folder.resolve("ledger.json")) && !Files.exists(folder.resolve("segments"))) {
      throw new CliException(
          "there is no ledger in " + folder, "Name one with --ledger DIR or OSMODA_LEDGER.");
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
            "--since: %s is no checkpoint: %s".formatted(since, e.getMessage()),
            "Give a note that osmoda checkpoint wrote, or one out of a ledger's checkpoints/.");
      }
    }
    return state == null ? options : options.withState(state);
  }
}
