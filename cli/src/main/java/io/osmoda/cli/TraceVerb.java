package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.entry.RequestRefusedException;
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
      "Draws what led to an entry and what followed from it, using the causes that entries name and"
          + " the spans of their trace. For a trace (32 hex digits) or a session, draws all of its"
          + " entries and what they are linked to. A call and its result share one line with"
          + " outcome and duration; a call without a result is marked unfinished. Causes are what"
          + " the capture point recorded; trace cannot discover missing ones.",
      "The read is itself recorded."
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
          "An entry's sequence number, a trace id or a session name. Prefix a session name that"
              + " looks like one of the others with session:.")
  String of = "";

  @Option(names = "--dot", description = "Print a Graphviz graph.")
  boolean dot;

  @Mixin Rendering rendering = new Rendering();

  @Override
  int run(Shell shell) throws IOException {
    if (dot && rendering.json) {
      throw new CliException("--dot and --json cannot be combined", "Use one of them.");
    }
    CausalStart start = start();
    try (LedgerSession access = access(shell)) {
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
      return ExitCode.DONE;
    }
  }

  private CausalStart start() {
    try {
      return CausalStart.parse(of);
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }

  private static void tellCuts(Shell shell, CausalTree tree) {
    if (tree.isCutByEntries()) {
      shell
          .err()
          .println(
              "osmoda: truncated: more than %,d entries are linked"
                  .formatted(Causality.MAX_ENTRIES));
    }
    if (tree.isCutByLevels()) {
      shell
          .err()
          .println(
              "osmoda: truncated: some entries are more than %d links away; trace an entry closer to them"
                  .formatted(Causality.MAX_LEVELS));
    }
  }
}
