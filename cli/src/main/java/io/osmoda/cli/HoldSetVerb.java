package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.evidence.HoldRequest;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.HoldScope;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "hold set",
    description = {
      "Sets a legal hold: until it is released, nobody can redact a payload it covers. It covers"
          + " all entries, or those of an actor, of a period, or both. Future entries are covered"
          + " too unless the period has an end.",
      "A hold stops osmoda from redacting. It cannot stop the folder's owner from deleting files,"
          + " which osmoda verify detects."
    },
    footer = {
      "  osmoda hold set --all --reason 'litigation 2026-114'",
      "  osmoda hold set --actor agent:crewai-01 --from 2026-03-01 --reason 'incident 77'",
    })
final class HoldSetVerb extends Verb {
  @Option(names = "--all", description = "Cover every entry.")
  boolean all;

  @Option(
      names = "--actor",
      paramLabel = "ACTOR",
      description = "Cover this actor's entries. May end in *.")
  @Nullable String actor;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Cover entries at or after this time: " + Times.FORMS + ".")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Cover entries before this time.")
  @Nullable String to;

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Reason, for example a case number; recorded permanently.")
  String reason = "";

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    boolean isBounded = actor != null || from != null || to != null;
    if (all == isBounded) {
      throw new CliException(
          all ? "--all already covers everything" : "no scope for the hold",
          "Pass --all, or any of --actor, --from and --to.");
    }
    try (LedgerSession access = access(shell)) {
      JsonObject hold =
          access.setHold(
              new HoldRequest(
                  new HoldScope(time(shell, "--from", from), time(shell, "--to", to), actor),
                  reason));
      shell
          .out()
          .println(
              json
                  ? JsonText.line(hold)
                  : "Hold %s is in force: %s. Nothing it covers can be redacted until you release it (osmoda hold release %s)."
                      .formatted(
                          JsonFields.whole(hold, "seq"),
                          JsonFields.text(hold, "covers"),
                          JsonFields.whole(hold, "seq")));
      return ExitCode.DONE;
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }

  private static @Nullable Instant time(Shell shell, String option, @Nullable String text) {
    return text == null ? null : Times.parse(option, text, shell.clock().instant(), ZoneOffset.UTC);
  }
}
