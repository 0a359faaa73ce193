package io.osmoda.cli;

import io.osmoda.ledger.Checkpoint;
import io.osmoda.ledger.Finding;
import io.osmoda.ledger.JsonObject;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Counts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify-bundle",
    description = {
      "Checks a bundle or sample with files alone: no ledger, no daemon, no network. Nothing that"
          + " the bundle says of its own keys is believed: trust is the policy file that you"
          + " received another way.",
      "The exit code is 0 if the bundle is intact, 1 if anything is wrong with it, 2 if it cannot"
          + " be judged."
    },
    footer = {"  osmoda verify-bundle soc2-q3.zip --trust auditor.policy"})
final class VerifyBundleVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "BUNDLE", description = "A folder or a zip.")
  Path bundle = Path.of("");

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description = "The policy file with the trusted keys (default: the key folder's).")
  @Nullable Path trust;

  @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    Trust trusted = Trust.find(trust, keyFolder(shell));
    BundleVerification found = BundleVerifier.verify(bundle, trusted.policy());
    if (json) {
      JsonObject.Builder told = JsonObject.builder();
      found.toJson().members().forEach(told::put);
      shell.out().println(JsonText.line(told.put("trust", trusted.from()).build()));
    } else {
      print(found, trusted.from(), shell.out(), style(shell));
    }
    return VerificationText.exitCode(found.verdict());
  }

  private static void print(BundleVerification found, String trust, PrintStream out, Style style) {
    out.println(
        switch (found.verdict()) {
          case INTACT ->
              style.good(style.bold("INTACT"))
                  + ("sample".equals(found.kind())
                      ? ": each entry stands in the ledger as it was sealed"
                      : ": nothing of the range is missing or was changed");
          case TAMPERED -> style.bad("TAMPERED");
          case UNVERIFIABLE ->
              style.warning(style.bold("UNVERIFIABLE"))
                  + ": nothing was found, but not all was checked";
        });
    for (Finding finding : found.findings()) {
      out.println(
          "  %s%s  %s"
              .formatted(
                  style.bad(finding.kind().text()),
                  finding.seq() == null ? "" : " at " + finding.seq(),
                  Table.printable(finding.detail())));
    }
    Checkpoint checkpoint = found.checkpoint();
    if (checkpoint != null) {
      line(out, style, "ledger", checkpoint.origin());
      line(out, style, "checkpoint", "of %,d entries".formatted(checkpoint.size()));
    }
    Counts counts = found.counts();
    if (counts != null) {
      line(
          out,
          style,
          "entries",
          "%,d: %,d matching, %,d skeletons, %,d redacted"
              .formatted(
                  counts.entries(), counts.matching(), counts.skeletons(), counts.redacted()));
    }
    if (found.uncheckedCauses() > 0) {
      line(
          out,
          style,
          "causes",
          "%,d lie outside the bundle and were not checked".formatted(found.uncheckedCauses()));
    }
    line(out, style, "trust", trust);
    found.notChecked().forEach(text -> line(out, style, "not checked", text));
    found.notes().forEach(text -> line(out, style, "note", text));
  }

  private static void line(PrintStream out, Style style, String label, String value) {
    out.println("  " + style.dim("%-12s".formatted(label)) + " " + Table.printable(value));
  }
}
