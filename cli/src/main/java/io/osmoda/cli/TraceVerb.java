package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
import io.osmoda.query.CausalStart;
import io.osmoda.query.CausalTree;
import io.osmoda.query.Causality;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "trace",
    description = {
      "Draws what led to an entry and what came of it: over the causes that entries name, and over"
          + " the spans of their trace. Of a trace (32 hex digits) or a session, all entries and"
          + " what they are linked to. A call and its result are one line, with outcome and"
          + " duration; a call that has no result stands out as unfinished. Causes are what a"
          + " capture point said when the entry was sealed: a missing one is not found out.",
      "The reading is itself put on record."
    },
    footer = {
      "  osmoda trace 17",
      "  osmoda trace 0af7651916cd43dd8448eb211c80319c",
      "  osmoda trace session:42",
      "  osmoda trace 17 --dot | dot -Tsvg > trace-17.svg",
    })
final class TraceVerb extends Verb {
  @Parameters(
      arity = "1",
      paramLabel = "SEQ|TRACE|SESSION",
      description =
          "An entry's sequence number, a trace id, or a session's name; session: before a name that"
              + " looks like one of the others.")
  String of = "";

  @Option(names = "--dot", description = "Print a Graphviz digraph.")
  boolean dot;

  @Mixin Rendering rendering = new Rendering();

  @Override
  int run(Shell shell) throws IOException {
    if (dot && rendering.json) {
      throw new CliException("--dot and --json are two forms", "Choose one of them.");
    }
    CausalStart start = start();
    try (LedgerAccess access = access(shell)) {
      CausalTree tree = access.trace(start, shell.clock().instant());
      if (rendering.json) {
        shell.out().println(JsonText.line(tree.toJson()));
      } else if (dot) {
        shell.out().print(tree.toDot());
      } else {
        new TraceText(shell, style(shell), rendering).print(tree);
      }
      shell.out().flush();
      tellCuts(shell, tree);
      tellNotice(shell, access);
      return Osmoda.DONE;
    }
  }

  private CausalStart start() {
    try {
      return CausalStart.parse(of);
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }

  private static void tellCuts(Shell shell, CausalTree tree) {
    if (tree.isCutByEntries()) {
      shell
          .err()
          .println(
              "osmoda: cut: more than %,d entries are linked".formatted(Causality.MAX_ENTRIES));
    }
    if (tree.isCutByLevels()) {
      shell
          .err()
          .println(
              "osmoda: cut: something lies more than %d links away; trace an entry nearer to it"
                  .formatted(Causality.MAX_LEVELS));
    }
  }
}
