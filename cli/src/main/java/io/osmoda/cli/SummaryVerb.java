package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.json.JsonObject;
import io.osmoda.query.Summarizer;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "summary",
    description = {
      "Summarizes a period on one page: activity by actor, calls by tool and outcome, the slowest"
          + " calls, failures and denials, calls without a result, tools and targets never seen"
          + " before, and gaps in the record. Counts separate what agents reported from what the"
          + " machine observed. A gap shows only if a capture point reported it, or if nothing was"
          + " sealed for more than an hour.",
      "The read is itself recorded."
    },
    footer = {
      "  osmoda summary",
      "  osmoda summary --period 7d --agent research-01",
      "  osmoda summary --period 2026-03-01..2026-04-01 --json | jq .tools",
    })
final class SummaryVerb extends Verb {
  @Option(
      names = "--period",
      paramLabel = "PERIOD",
      description = "Which time: " + TimeOptions.PERIODS + " (default: 24h).")
  @Nullable String period;

  @Option(
      names = "--agent",
      paramLabel = "NAME",
      description = "Only this agent, or any actor as KIND:ID. May end in *.")
  @Nullable String agent;

  @Mixin Rendering rendering = new Rendering();

  @Override
  int run(Shell shell) throws IOException {
    Instant now = shell.clock().instant();
    Instant to = now;
    Instant from = now.minus(Summarizer.DEFAULT_PERIOD);
    if (period != null) {
      TimeOptions.Span span = TimeOptions.span(period, now, rendering.zone());
      span.tell(shell, period);
      from = span.from() == null ? Instant.EPOCH : span.from();
      to = span.to() == null ? now : span.to();
      if (!from.isBefore(to)) {
        throw new CliException("--period %s has not started yet".formatted(period), null);
      }
    }
    try (LedgerSession access = access(shell)) {
      JsonObject summary = access.summary(from, to, actor(), now);
      if (rendering.json) {
        shell.out().println(JsonText.line(summary));
      } else {
        new SummaryText(shell, style(shell), rendering).print(summary);
      }
      tellNotice(shell, access);
      return ExitCode.DONE;
    }
  }

  private @Nullable String actor() {
    if (agent == null) {
      return null;
    }
    if (agent.isBlank()) {
      throw new CliException("--agent: must not be empty", null);
    }
    return agent.indexOf(':') < 0 ? "agent:" + agent : agent;
  }
}
