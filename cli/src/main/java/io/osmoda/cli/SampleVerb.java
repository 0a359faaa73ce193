package io.osmoda.cli;

import io.osmoda.evidence.BundleSample;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.BundleSummary;
import io.osmoda.format.entry.RequestRefusedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "sample",
    description = {
      "Draws a sample from a bundle made by osmoda export: the matching entries with the smallest"
          + " SHA-256 of seed and entry hash. The auditor chooses the seed after receiving the"
          + " population's bundle; anyone with both draws the same sample. Each entry comes with"
          + " its own proof. Only the population's bundle proves that none is missing.",
      "Check the population first (osmoda verify-bundle). Needs no ledger."
    },
    footer = {
      "  osmoda sample soc2-q3.zip --count 25 --seed 'auditor 2026-10-02 7f3a' --out s.zip"
    })
final class SampleVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "BUNDLE", description = "The population's bundle.")
  Path population = Path.of("");

  @Option(
      names = "--count",
      required = true,
      paramLabel = "N",
      description = "Number of entries to draw, if that many match.")
  int count;

  @Option(
      names = "--seed",
      required = true,
      paramLabel = "TEXT",
      description = "The seed: any text the auditor chooses.")
  String seed = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "PATH",
      description = "Where to write: a new folder, or a zip file if the name ends in .zip.")
  Path out = Path.of("");

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    if (count < 1) {
      throw new CliException("--count: expected a number of at least 1, found " + count, null);
    }
    if (seed.isEmpty()) {
      throw new CliException("--seed: must not be empty", null);
    }
    requireBundle();
    try (BundleSink sink = ExportVerb.sink(out)) {
      BundleSample.draw(population, count, seed, sink);
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
    BundleSummary summary = BundleSummary.of(out);
    shell
        .out()
        .println(
            json
                ? JsonText.line(summary.toJson())
                : "%s: %s drawn".formatted(out, Words.entries(summary.counts().entries())));
    return ExitCode.DONE;
  }

  private void requireBundle() throws IOException {
    try {
      BundleSummary.of(population);
    } catch (NoSuchFileException e) {
      throw e; // names it
    } catch (IOException e) {
      throw new CliException(
          "%s is not a bundle: %s".formatted(population, e.getMessage()),
          "Pass a bundle written by osmoda export.");
    }
  }
}
