package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "hold list",
    description =
        "Shows the legal holds in force. Reads the entire ledger rather than the index, so that"
            + " none is missed.",
    footer = {"  osmoda hold list", "  osmoda query --action hold_set --action hold_release"})
final class HoldListVerb extends Verb {
  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    try (LedgerSession access = access(shell)) {
      JsonObject told = access.holds();
      if (json) {
        shell.out().println(JsonText.line(told));
        return ExitCode.DONE;
      }
      print(JsonFields.objects(told, "holds"), shell, style(shell), "");
      return ExitCode.DONE;
    }
  }

  static void print(List<JsonObject> holds, Shell shell, Style style, String margin) {
    if (holds.isEmpty()) {
      shell.out().println(margin + "No legal hold is in force.");
      return;
    }
    Table table =
        new Table(
            margin,
            Table.Column.right("HOLD"),
            Table.Column.left("SET"),
            Table.Column.left("BY"),
            Table.Column.left("COVERS"),
            Table.Column.left("REASON"));
    for (JsonObject hold : holds) {
      table.row(
          String.valueOf(JsonFields.whole(hold, "seq")),
          JsonFields.moment(JsonFields.text(hold, "timestamp")),
          JsonFields.text(hold, "by"),
          JsonFields.text(hold, "covers"),
          JsonFields.text(hold, "reason"));
    }
    table.print(shell.out(), style, EntryTable.width(shell));
  }
}
