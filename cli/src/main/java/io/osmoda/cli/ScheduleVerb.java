package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "schedule",
    description = {
      "Shows which evidence is collected automatically (evidence in osmoda.yaml): how often, where"
          + " to, what was collected last, what is next, and what is overdue. osmoda serve collects"
          + " each period when it ends and catches up on missed ones; osmoda schedule run does it"
          + " on demand.",
      "Each bundle names the one before it, so the folder forms a chain: see osmoda verify-chain."
    },
    footer = {"  osmoda schedule", "  osmoda schedule run", "  osmoda verify-chain /srv/evidence"})
final class ScheduleVerb extends Verb {
  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    try (LedgerSession access = access(shell)) {
      JsonObject schedule = access.schedule();
      if (json) {
        shell.out().println(JsonText.line(schedule));
      } else {
        print(schedule, shell.out(), style(shell));
      }
      return ExitCode.DONE;
    }
  }

  private void print(JsonObject schedule, PrintStream out, Style style) {
    if (schedule.get("configured") != JsonBoolean.TRUE) {
      out.println(
          "No evidence is collected automatically. To set it up, add this to osmoda.yaml in the key"
              + " folder:");
      out.println();
      out.println("  evidence:");
      out.println("    every: month");
      out.println("    framework: soc2");
      out.println("    out: /srv/evidence");
      return;
    }
    String framework = schedule.string("framework");
    out.println(
        "Every %s, %s, payloads %s, into %s"
            .formatted(
                JsonFields.text(schedule, "every"),
                framework == null ? "all actions" : framework,
                JsonFields.text(schedule, "payloads"),
                JsonFields.text(schedule, "out")));
    String last = schedule.string("last");
    out.println(
        last == null
            ? "Nothing collected yet."
            : "Collected: %s, the last %s"
                .formatted(
                    JsonFields.number(schedule, "collected"), JsonFields.text(schedule, "last")));
    out.println(standing(schedule, style));
    for (JsonObject due : JsonFields.objects(schedule, "due_periods")) {
      out.println("  " + span(due));
    }
    if (schedule.get("failure") instanceof JsonObject failure) {
      out.println(
          style.bad(
              "The last attempt failed at %s: %s"
                  .formatted(
                      JsonFields.moment(JsonFields.text(failure, "at")),
                      JsonFields.text(failure, "why"))));
    }
  }

  /** What is next or overdue, in one line. */
  static String standing(JsonObject schedule, Style style) {
    String problem = schedule.string("problem");
    if (problem != null) {
      return style.bad(Table.printable(problem));
    }
    JsonObject next = schedule.get("next") instanceof JsonObject span ? span : JsonObject.EMPTY;
    long due = JsonFields.whole(schedule, "due");
    String day = JsonFields.text(next, "to");
    return due > 0
        ? style.warning(
            "%d period%s not collected, overdue since %s"
                .formatted(
                    due,
                    due == 1 ? " is" : "s are",
                    day.length() < 10 ? day : day.substring(0, 10)))
        : "Next: " + span(next) + ", when that is over";
  }

  private static String span(JsonObject span) {
    return List.of("from", "to").stream()
        .map(name -> JsonFields.text(span, name))
        .map(text -> text.length() < 10 ? text : text.substring(0, 10))
        .reduce((from, to) -> from + " to " + to)
        .orElse("");
  }
}
