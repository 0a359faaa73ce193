package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.daemon.Remedies;
import io.osmoda.evidence.RedactionRequest;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "redact",
    description = {
      "Permanently removes the payloads of entries. First an entry with the reason is sealed and"
          + " anchored, then payload and salt are removed from the ledger's files. Every hash, link"
          + " and proof still verifies, and without the salt the payload cannot be guessed from its"
          + " hash. The other members (actor, tool, target, reason …) remain.",
      "You cannot undo this, and it affects only this ledger's folder: earlier exports, backups and"
          + " other copies still contain the payload. You cannot redact entries about the ledger"
          + " itself (ledger_create, key_rotate …), entries under a legal hold (osmoda hold) or,"
          + " without --before-retention-ends, entries still under retention."
    },
    footer = {
      "  osmoda redact 17 --reason 'erasure request 2026-114'",
      "  osmoda redact 17-42 --reason 'wrong customer data' --basis 'GDPR Art. 17' --yes",
    })
final class RedactVerb extends Verb {
  @Parameters(
      arity = "1",
      paramLabel = "SEQ|A-B",
      description = "A sequence number, or an inclusive range.")
  String range = "";

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Reason; recorded permanently, so do not include personal data.")
  String reason = "";

  @Option(
      names = "--basis",
      paramLabel = "TEXT",
      description = "Legal or contractual basis, recorded in the payload.")
  @Nullable String basis;

  @Option(
      names = "--before-retention-ends",
      paramLabel = "WHY",
      description =
          "Remove payloads still under retention, for example for a legally required erasure. WHY"
              + " is recorded. Does not override a legal hold.")
  @Nullable String sooner;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask for confirmation.")
  boolean yes;

  @Override
  int run(Shell shell) throws IOException {
    SeqArgument wanted = SeqArgument.parse(range);
    if (!yes && !confirmed(shell, wanted)) {
      shell.err().println("Nothing was changed.");
      return ExitCode.FAILED;
    }
    try (LedgerSession access = access(shell)) {
      access.redact(
          new RedactionRequest(
              wanted.first(),
              wanted.last(),
              reason,
              JsonObject.builder().putIfPresent("basis", basis).build(),
              sooner));
    } catch (DraftRefusedException e) {
      throw new CliException(
          Remedies.reason(e), null); // its member is the sealed entry's, not an option's
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
    shell
        .out()
        .println(
            "The payload%s of entr%s %s removed. Earlier copies are not affected."
                .formatted(
                    wanted.first() == wanted.last() ? "" : "s",
                    wanted.first() == wanted.last() ? "y" : "ies",
                    wanted + (wanted.first() == wanted.last() ? " is" : " are")));
    return ExitCode.DONE;
  }

  private boolean confirmed(Shell shell, SeqArgument wanted) throws IOException {
    if (!shell.terminal().in()) {
      throw new CliException(
          "this removes the payloads of %s for good".formatted(wanted),
          "Pass --yes when running non-interactively.");
    }
    shell
        .err()
        .print(
            "Permanently remove the payload of %s? Earlier copies keep it. [y/N] "
                .formatted(
                    wanted.first() == wanted.last()
                        ? "entry " + wanted
                        : Words.entries(wanted.last() - wanted.first() + 1) + " (" + wanted + ")"));
    shell.err().flush();
    String answer =
        new BufferedReader(new InputStreamReader(shell.in(), StandardCharsets.UTF_8)).readLine();
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }
}
