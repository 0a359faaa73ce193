package io.osmoda.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "bench",
    description = {
      "Measures what the ledger does on this machine side by side with plain files, SQLite, RocksDB"
          + " and others. Those are fetched and built for the first run. osmoda bench --help tells"
          + " what can be measured."
    },
    footer = {"  osmoda bench", "  osmoda bench --help"})
final class BenchVerb extends Verb {
  @Parameters(
      arity = "0..*",
      paramLabel = "ARGUMENT",
      description = "What to measure; see osmoda bench --help.")
  List<String> arguments = List.of();

  /** The launcher starts the measuring program itself: this is for whoever got here without it. */
  @Override
  int run(Shell shell) throws IOException, InterruptedException {
    String launcher = System.getProperty(ChildJvm.LAUNCHER_PROPERTY);
    if (launcher == null) {
      throw new CliException(
          "the measuring program is started by the launcher",
          "Run ./osmoda bench in the folder of the sources.");
    }
    List<String> command = new ArrayList<>(List.of(launcher, "bench"));
    command.addAll(arguments);
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
