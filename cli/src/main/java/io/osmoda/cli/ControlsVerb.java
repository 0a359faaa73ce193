package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
import io.osmoda.evidence.BadFrameworkException;
import io.osmoda.evidence.Frameworks;
import io.osmoda.evidence.RequirementTable;
import io.osmoda.ledger.JsonArray;
import io.osmoda.ledger.JsonNumber;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.JsonValue;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "controls",
    description = {
      "Shows, for each control of a framework, how many entries support it, the newest of them, the"
          + " capture points that they come from, and what people must still bring. A control is"
          + " \"supports\" or \"not evidenced\", never more: whether it is met is for people to"
          + " judge. The reading is put on record, once."
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
          "Only this one: soc2, hipaa, part11, eu-ai-act, iso-42001, nist-ai-rmf, pci-dss, or one"
              + " of your own.")
  @Nullable String framework;

  @Mixin TimeOptions time = new TimeOptions();

  @Mixin OwnFrameworks own = new OwnFrameworks();

  @Option(
      names = "--details",
      description = "Also show what is asked, what the ledger cannot show, and what people bring.")
  boolean details;

  @Option(
      names = "--table",
      description =
          "Show instead which controls of SOC 2, HIPAA and 21 CFR Part 11 belong to which common"
              + " requirement; reads no ledger.")
  boolean table;

  @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    Map<String, String> files = own.files();
    TimeOptions.Span span = time.span(shell.clock().instant());
    try {
      if (table) {
        printTable(shell, Frameworks.builtIn().with(files));
        return Osmoda.DONE;
      }
      try (LedgerAccess access = access(shell)) {
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
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
    return Osmoda.DONE;
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
    for (JsonObject each : objects(report, "frameworks")) {
      out.println(style.bold(text(each, "name")));
      for (JsonObject date : objects(each, "dates")) {
        out.println("  " + text(date, "date") + "  " + text(date, "what"));
      }
      if (details) {
        out.println("  applies to: " + text(each, "applicability"));
        out.println("  source: " + text(each, "source"));
        for (JsonObject control : objects(each, "controls")) {
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
        for (JsonObject control : objects(each, "controls")) {
          shown.row(
              text(control, "id"),
              text(control, "state"),
              number(control, "entries"),
              newest(control),
              sources(control),
              text(control, "human_evidence"));
        }
        shown.print(out, style, columns);
      }
      out.println();
    }
    out.println(
        "%s entries in the period, %s capture gaps told, %s statements of what was on."
            .formatted(
                number(report, "entries"),
                number(report, "capture_gaps"),
                number(report, "capture_states")));
    out.println(
        "The ledger shows what crossed its capture points. It supports a control; it does not say"
            + " that the control is met.");
  }

  private static void printDetails(JsonObject control, PrintStream out, Style style) {
    out.println();
    out.println("  " + style.bold(text(control, "id")) + "  " + text(control, "title"));
    out.println(
        "    %s: %s entries%s%s"
            .formatted(
                text(control, "state"),
                number(control, "entries"),
                control.get("newest") instanceof JsonObject ? ", newest " + newest(control) : "",
                sources(control).isEmpty() ? "" : ", from " + sources(control)));
    out.println("    asked for:     " + text(control, "asks"));
    out.println("    cannot show:   " + text(control, "cannot_show"));
    out.println("    people bring:  " + text(control, "human_evidence"));
  }

  private static String newest(JsonObject control) {
    return control.get("newest") instanceof JsonObject newest
        ? "#%s %s".formatted(number(newest, "seq"), day(text(newest, "timestamp")))
        : "-";
  }

  private static String day(String timestamp) {
    return timestamp.length() < 10 ? timestamp : timestamp.substring(0, 10);
  }

  private static String sources(JsonObject control) {
    return objects(control, "sources").stream()
        .map(each -> text(each, "source"))
        .collect(Collectors.joining(", "));
  }

  private static List<JsonObject> objects(JsonObject json, String name) {
    List<JsonObject> objects = new ArrayList<>();
    if (json.get(name) instanceof JsonArray array) {
      for (JsonValue each : array.elements()) {
        if (each instanceof JsonObject object) {
          objects.add(object);
        }
      }
    }
    return objects;
  }

  private static String text(JsonObject json, String name) {
    String text = json.string(name);
    return text == null ? "" : Table.printable(text);
  }

  private static String number(JsonObject json, String name) {
    return json.get(name) instanceof JsonNumber(var value) ? "%,d".formatted((long) value) : "-";
  }
}
