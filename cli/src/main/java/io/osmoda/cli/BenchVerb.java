package io.osmoda.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "bench",
    description = {
      "Benchmarks the ledger on this machine side by side with plain files, SQLite, RocksDB and"
          + " others, which are fetched and built on the first run. Run osmoda bench --help for the"
          + " list of benchmarks."
    },
    footer = {"  osmoda bench", "  osmoda bench --help"})
final class BenchVerb extends Verb {
  @Parameters(
      arity = "0..*",
      paramLabel = "ARGUMENT",
      description = "What to measure. See osmoda bench --help.")
  List<String> arguments = List.of();

  /** The launcher starts the measuring program itself: this is for whoever got here without it. */
  @Override
  int run(Shell shell) throws IOException, InterruptedException {
    String launcher = System.getProperty(ChildJvm.LAUNCHER_PROPERTY);
    if (launcher == null) {
      throw new CliException(
          "benchmarks run only through the launcher", "Run ./osmoda bench in the source folder.");
    }
    List<String> command = new ArrayList<>(List.of(launcher, "bench"));
    command.addAll(arguments);
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
