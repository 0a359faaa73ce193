package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.evidence.RetentionPreset;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "retention",
    description = {
      "Shows how long payloads are kept (retention in osmoda.yaml), which entries are past that"
          + " time, and what legal holds cover. Nothing is removed automatically: osmoda redact"
          + " removes payloads, and refuses those still under retention. Entries, hashes and proofs"
          + " always remain.",
      "A preset states what its source requires and what it leaves open. You decide whether it"
          + " applies to you."
    },
    footer = {
      "  osmoda retention",
      "  osmoda retention --presets",
      "  osmoda retention --preset hipaa-documentation-6y",
    })
final class RetentionVerb extends Verb {
  @Option(
      names = "--preset",
      paramLabel = "ID",
      description = "Show the result for this preset instead of the configuration.")
  @Nullable String preset;

  @Option(names = "--presets", description = "Show the built-in presets. Needs no ledger.")
  boolean presets;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    if (presets) {
      printPresets(shell);
      return ExitCode.DONE;
    }
    try (LedgerSession access = access(shell)) {
      JsonObject report = access.retention(preset);
      if (json) {
        shell.out().println(JsonText.line(report));
      } else {
        print(report, shell, style(shell));
      }
      return ExitCode.DONE;
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }

  private void printPresets(Shell shell) throws IOException {
    List<RetentionPreset> all = RetentionPreset.all();
    if (json) {
      shell
          .out()
          .println(
              JsonText.line(
                  JsonObject.builder()
                      .put(
                          "presets",
                          new JsonArray(
                              all.stream().<JsonValue>map(RetentionPreset::toJson).toList()))
                      .build()));
      return;
    }
    Style style = style(shell);
    for (RetentionPreset each : all) {
      printPreset(each.toJson(), shell.out(), style);
      shell.out().println();
    }
  }

  private static void printPreset(JsonObject preset, PrintStream out, Style style) {
    String keep = preset.string("keep");
    out.println(
        style.bold(JsonFields.text(preset, "id"))
            + "  "
            + (keep == null ? "(set the duration with keep)" : keep));
    for (String member : List.of("source", "says", "caveat")) {
      List<String> folded = Help.folded(JsonFields.text(preset, member), 86);
      for (int i = 0; i < folded.size(); i++) {
        out.println("  %-8s %s".formatted(i == 0 ? member : "", folded.get(i)));
      }
    }
  }

  private static void print(JsonObject report, Shell shell, Style style) {
    PrintStream out = shell.out();
    out.println(
        "%s, the oldest of %s."
            .formatted(
                Words.entries(JsonFields.whole(report, "entries")),
                JsonFields.moment(JsonFields.text(report, "oldest"))));
    if (report.get("rule") instanceof JsonObject rule) {
      out.println("Payloads are kept for " + JsonFields.text(rule, "keep") + ".");
      long past = JsonFields.whole(report, "past");
      out.println(
          past == 0
              ? "None is old enough to redact yet: the oldest is kept until %s."
                  .formatted(JsonFields.text(report, "oldest_ends").substring(0, 10))
              : "%s (#0 to #%,d) are past that time and may be redacted unless a hold covers them."
                  .formatted(Words.entries(past), past - 1));
      if (rule.get("preset") instanceof JsonObject preset) {
        out.println();
        printPreset(preset, out, style);
      }
    } else {
      out.println(
          "No retention is configured: payloads are kept until someone redacts them (osmoda"
              + " retention --presets).");
    }
    out.println();
    HoldListVerb.print(JsonFields.objects(report, "holds"), shell, style, "");
  }
}
