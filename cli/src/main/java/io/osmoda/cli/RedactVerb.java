package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
import io.osmoda.evidence.RedactionRequest;
import io.osmoda.format.entry.DraftRefusedException;
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
      "Removes the payloads of entries for good. First an entry that says so, with the reason, is "
          + "sealed and anchored; then payload and salt are taken out of the ledger's files. Every "
          + "hash, link and proof still checks, and without the salt the payload cannot be guessed "
          + "from its hash. The other members (actor, tool, target, reason …) stay.",
      "This cannot be undone, and it reaches only this ledger's own folder: exports, backups and "
          + "other copies made earlier still hold the payload. Entries that explain the ledger "
          + "itself (ledger_create, key_rotate …) cannot be redacted, nor what a legal hold covers"
          + " (osmoda hold) or, without --before-retention-ends, what retention keeps still."
    },
    footer = {
      "  osmoda redact 17 --reason 'erasure request 2026-114'",
      "  osmoda redact 17-42 --reason 'wrong customer data' --basis 'GDPR Art. 17' --yes",
    })
final class RedactVerb extends Verb {
  @Parameters(
      arity = "1",
      paramLabel = "SEQ|A-B",
      description = "One sequence number, or a range with both ends included.")
  String range = "";

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why; stands in the ledger for ever, so no personal data.")
  String reason = "";

  @Option(
      names = "--basis",
      paramLabel = "TEXT",
      description = "The legal or contractual basis, for the entry's payload.")
  @Nullable String basis;

  @Option(
      names = "--before-retention-ends",
      paramLabel = "WHY",
      description =
          "Remove payloads that the configured retention keeps still, as for an erasure that the"
              + " law demands; the why is put on record. A legal hold is not overruled by it.")
  @Nullable String sooner;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  boolean yes;

  @Override
  int run(Shell shell) throws IOException {
    SeqRange wanted = SeqRange.parse(range);
    if (!yes && !confirmed(shell, wanted)) {
      shell.err().println("Nothing was changed.");
      return Osmoda.FAILED;
    }
    try (LedgerAccess access = access(shell)) {
      access.redact(
          new RedactionRequest(
              wanted.first(),
              wanted.last(),
              reason,
              JsonObject.builder().putIfPresent("basis", basis).build(),
              sooner));
    } catch (DraftRefusedException e) {
      throw new CliException(e.reason(), null); // its member is the sealed entry's, not an option's
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
    shell
        .out()
        .println(
            "The payload%s of entr%s %s removed. Copies made earlier are out of reach."
                .formatted(
                    wanted.first() == wanted.last() ? "" : "s",
                    wanted.first() == wanted.last() ? "y" : "ies",
                    wanted + (wanted.first() == wanted.last() ? " is" : " are")));
    return Osmoda.DONE;
  }

  private boolean confirmed(Shell shell, SeqRange wanted) throws IOException {
    if (!shell.terminal().in()) {
      throw new CliException(
          "this removes the payloads of %s for good".formatted(wanted),
          "Say --yes where nobody can be asked.");
    }
    shell
        .err()
        .print(
            "Remove the payload of %s for good? Copies made earlier keep it. [y/N] "
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
