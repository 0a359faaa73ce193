package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.evidence.BadFrameworkException;
import io.osmoda.evidence.Frameworks;
import io.osmoda.evidence.RequirementTable;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "controls",
    description = {
      "Shows, for each control of a framework, how many entries support it, the newest one, which"
          + " capture points they came from, and what people must still provide. A control is"
          + " either \"supports\" or \"not evidenced\"; whether it is met is for people to judge."
          + " Below that: when capture points were on, as far as they report it, the gaps they"
          + " reported, and whether a review is overdue. The read is recorded once."
    },
    footer = {
      "  osmoda controls --framework soc2 --period 2026-Q3",
      "  osmoda controls --framework part11 --details",
      "  osmoda controls --table",
      "  osmoda controls --json > controls.json",
    })
final class ControlsVerb extends Verb {
  @Option(
      names = "--framework",
      paramLabel = "ID",
      description =
          "Only this framework: soc2, hipaa, part11, eu-ai-act, iso-42001, nist-ai-rmf, pci-dss, or"
              + " one of your own.")
  @Nullable String framework;

  @Mixin TimeOptions time = new TimeOptions();

  @Mixin OwnFrameworks own = new OwnFrameworks();

  @Option(
      names = "--details",
      description =
          "Also show what each control asks for, what the ledger cannot show, and what people must"
              + " provide.")
  boolean details;

  @Option(
      names = "--table",
      description =
          "Show how the controls of SOC 2, HIPAA and 21 CFR Part 11 map to common requirements."
              + " Needs no ledger.")
  boolean table;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    Map<String, String> files = own.files();
    TimeOptions.Span span = time.span(shell.clock().instant());
    try {
      if (table) {
        printTable(shell, Frameworks.builtIn().with(files));
        return ExitCode.DONE;
      }
      try (LedgerSession access = access(shell)) {
        JsonObject report = access.controls(framework, span.from(), span.to(), files);
        if (json) {
          shell.out().println(JsonText.line(report));
        } else {
          print(report, shell.out(), style(shell), EntryTable.width(shell));
        }
        tellNotice(shell, access);
      }
    } catch (BadFrameworkException e) {
      throw OwnFrameworks.wrong(e);
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
    return ExitCode.DONE;
  }

  private void printTable(Shell shell, Frameworks frameworks) {
    List<List<String>> rows = RequirementTable.rows(frameworks);
    if (json) {
      List<String> head = rows.getFirst();
      for (List<String> row : rows.subList(1, rows.size())) {
        JsonObject.Builder line = JsonObject.builder();
        for (int i = 0; i < row.size(); i++) {
          line.put(i == 0 ? "requirement" : head.get(i), row.get(i));
        }
        shell.out().println(JsonText.line(line.build()));
      }
      return;
    }
    Table shown =
        new Table(rows.getFirst().stream().map(Table.Column::left).toArray(Table.Column[]::new));
    rows.subList(1, rows.size()).forEach(row -> shown.row(row.toArray(String[]::new)));
    shown.print(shell.out(), style(shell), Integer.MAX_VALUE);
  }

  private void print(JsonObject report, PrintStream out, Style style, int columns) {
    for (JsonObject each : JsonFields.objects(report, "frameworks")) {
      out.println(style.bold(JsonFields.text(each, "name")));
      for (JsonObject date : JsonFields.objects(each, "dates")) {
        out.println("  " + JsonFields.text(date, "date") + "  " + JsonFields.text(date, "what"));
      }
      if (details) {
        out.println("  applies to: " + JsonFields.text(each, "applicability"));
        out.println("  source: " + JsonFields.text(each, "source"));
        for (JsonObject control : JsonFields.objects(each, "controls")) {
          printDetails(control, out, style);
        }
      } else {
        Table shown =
            new Table(
                "  ",
                Table.Column.left("CONTROL"),
                Table.Column.left("STATE"),
                Table.Column.right("ENTRIES"),
                Table.Column.left("NEWEST"),
                Table.Column.left("SOURCES"),
                Table.Column.left("STILL NEEDED"));
        for (JsonObject control : JsonFields.objects(each, "controls")) {
          shown.row(
              JsonFields.text(control, "id"),
              JsonFields.text(control, "state"),
              JsonFields.number(control, "entries"),
              newest(control),
              sources(control),
              JsonFields.text(control, "human_evidence"));
        }
        shown.print(out, style, columns);
      }
      out.println();
    }
    printCoverage(report, out, style, columns);
    out.println(
        "%s entries in the period, %s reported capture gaps, %s reports of which capture points were on."
            .formatted(
                JsonFields.number(report, "entries"),
                JsonFields.number(report, "capture_gaps"),
                JsonFields.number(report, "capture_states")));
    if (report.get("review") instanceof JsonObject review) {
      String due = ReviewVerb.due(review, style);
      if (!due.isEmpty()) {
        out.println(due);
      }
      out.println(
          "%s not reviewed (osmoda review --list)."
              .formatted(Words.entries(JsonFields.whole(review, "unreviewed"))));
    }
    String problem = report.string("configuration_problem");
    if (problem != null) {
      out.println(style.bad(Table.printable(problem)));
    }
    out.println(
        "The ledger shows what crossed its capture points. It supports a control; it does not show"
            + " that the control is met.");
  }

  /** When the capture points were on that the entries come from, and what they lost. */
  private static void printCoverage(JsonObject report, PrintStream out, Style style, int columns) {
    Table table =
        new Table(
            "  ",
            Table.Column.left("CAPTURE POINT"),
            Table.Column.right("ON"),
            Table.Column.right("TIMES"),
            Table.Column.left("LAST"),
            Table.Column.right("GAPS"),
            Table.Column.right("LOST"));
    for (JsonObject source : JsonFields.objects(report, "coverage")) {
      List<JsonObject> on = JsonFields.objects(source, "on");
      table.row(
          JsonFields.text(source, "source"),
          share(source),
          JsonFields.number(source, "times"),
          on.isEmpty()
              ? "-"
              : JsonFields.moment(JsonFields.text(on.getLast(), "from"))
                  + " to "
                  + JsonFields.moment(JsonFields.text(on.getLast(), "to")),
          JsonFields.number(source, "gaps"),
          JsonFields.number(source, "lost"));
    }
    if (!table.isEmpty()) {
      out.println(style.bold("Capture points that report when they are on"));
      table.print(out, style, columns);
    }
    for (JsonObject gap : JsonFields.objects(report, "gaps")) {
      out.println(
          style.warning(
              "  gap #%s %s %s: %s"
                  .formatted(
                      JsonFields.number(gap, "seq"),
                      JsonFields.moment(JsonFields.text(gap, "timestamp")),
                      JsonFields.text(gap, "source"),
                      JsonFields.text(gap, "why").isEmpty()
                          ? JsonFields.number(gap, "lost") + " lost"
                          : JsonFields.text(gap, "why"))));
    }
    if (!table.isEmpty()) {
      out.println();
    }
  }

  /** Which part of the period a capture point was on. */
  private static String share(JsonObject source) {
    return source.get("share") instanceof JsonNumber(var share)
        ? String.format(Locale.ROOT, "%.1f %%", 100 * share)
        : "-";
  }

  private static void printDetails(JsonObject control, PrintStream out, Style style) {
    out.println();
    out.println(
        "  "
            + style.bold(JsonFields.text(control, "id"))
            + "  "
            + JsonFields.text(control, "title"));
    out.println(
        "    %s: %s%s%s"
            .formatted(
                JsonFields.text(control, "state"),
                Words.entries(JsonFields.whole(control, "entries")),
                control.get("newest") instanceof JsonObject ? ", newest " + newest(control) : "",
                sources(control).isEmpty() ? "" : ", from " + sources(control)));
    out.println("    asked for:     " + JsonFields.text(control, "asks"));
    out.println("    cannot show:   " + JsonFields.text(control, "cannot_show"));
    out.println("    people supply: " + JsonFields.text(control, "human_evidence"));
  }

  private static String newest(JsonObject control) {
    return control.get("newest") instanceof JsonObject newest
        ? "#%s %s"
            .formatted(JsonFields.number(newest, "seq"), day(JsonFields.text(newest, "timestamp")))
        : "-";
  }

  private static String day(String timestamp) {
    return timestamp.length() < 10 ? timestamp : timestamp.substring(0, 10);
  }

  private static String sources(JsonObject control) {
    return JsonFields.objects(control, "sources").stream()
        .map(each -> JsonFields.text(each, "source"))
        .collect(Collectors.joining(", "));
  }
}
