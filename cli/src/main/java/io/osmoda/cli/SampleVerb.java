package io.osmoda.cli;

import io.osmoda.evidence.BundleSample;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.BundleSummary;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "sample",
    description = {
      "Draws a sample from a bundle that osmoda export made: the matching entries with the smallest"
          + " SHA-256 of seed and entry hash. The auditor chooses the seed after having the"
          + " population's bundle, and anybody who has both draws the same. Each entry comes with"
          + " its own proof; that none is missing only the population's bundle proves.",
      "Check the population first (osmoda verify-bundle). No ledger is needed."
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
      description = "How many entries; fewer come where fewer match.")
  int count;

  @Option(
      names = "--seed",
      required = true,
      paramLabel = "TEXT",
      description = "The auditor's text to draw by.")
  String seed = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "PATH",
      description = "Where to: a new folder, or a zip where the name ends in .zip.")
  Path out = Path.of("");

  @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    if (count < 1) {
      throw new CliException("--count: a number from 1 on is wanted, not " + count, null);
    }
    if (seed.isEmpty()) {
      throw new CliException("--seed: a text is wanted, not an empty one", null);
    }
    requireBundle();
    try (BundleSink sink = ExportVerb.sink(out)) {
      BundleSample.draw(population, count, seed, sink);
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
    BundleSummary summary = BundleSummary.of(out);
    shell
        .out()
        .println(
            json
                ? JsonText.line(summary.toJson())
                : "%s: %s drawn".formatted(out, Words.entries(summary.counts().entries())));
    return Osmoda.DONE;
  }

  private void requireBundle() throws IOException {
    try {
      BundleSummary.of(population);
    } catch (NoSuchFileException e) {
      throw e; // names it
    } catch (IOException e) {
      throw new CliException(
          "%s is no bundle: %s".formatted(population, e.getMessage()),
          "Give what osmoda export wrote.");
    }
  }
}
