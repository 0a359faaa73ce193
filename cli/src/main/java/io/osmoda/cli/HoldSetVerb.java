package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
import io.osmoda.evidence.HoldRequest;
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
      "Sets a legal hold: from now on no payload that it covers is redacted, by whomever, until the"
          + " hold is released. It covers all entries, those of a time, those of an actor, or those"
          + " of an actor in a time; entries to come too, unless the time has an end.",
      "A hold keeps osmoda from removing. It does not keep the owner of the folder from deleting"
          + " files: that shows in osmoda verify."
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
      description = "Cover this actor's entries; may end in *.")
  @Nullable String actor;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Cover entries from then on: " + Times.FORMS + ".")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Cover entries before then.")
  @Nullable String to;

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, such as a case's number; stands in the ledger for ever.")
  String reason = "";

  @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    boolean isBounded = actor != null || from != null || to != null;
    if (all == isBounded) {
      throw new CliException(
          all ? "--all covers everything already" : "say what is held",
          "Give --all, or --actor, --from and --to as wanted.");
    }
    try (LedgerAccess access = access(shell)) {
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
                  : "Hold %s is in force: %s. Nothing that it covers is redacted until it is released (osmoda hold release %s)."
                      .formatted(
                          JsonFields.whole(hold, "seq"),
                          JsonFields.text(hold, "covers"),
                          JsonFields.whole(hold, "seq")));
      return Osmoda.DONE;
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }

  private static @Nullable Instant time(Shell shell, String option, @Nullable String text) {
    return text == null ? null : Times.parse(option, text, shell.clock().instant(), ZoneOffset.UTC);
  }
}
