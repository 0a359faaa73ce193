package io.osmoda.cli;

import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.VerificationText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify-bundle",
    description = {
      "Checks a bundle or sample from its files alone: no ledger, no daemon, no network. Nothing"
          + " the bundle says about its own keys is trusted; trust comes from the trust file that"
          + " you received separately.",
      "Exit code: 0 if the bundle is intact, 1 if anything is wrong with it, 2 if it cannot be"
          + " verified."
    },
    footer = {"  osmoda verify-bundle soc2-q3.zip --trust auditor.policy"})
final class VerifyBundleVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "BUNDLE", description = "Bundle folder or zip file.")
  Path bundle = Path.of("");

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description =
          "Trust file with the public keys to trust (default: the key folder's trust.policy).")
  @Nullable Path trust;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    if (Files.exists(bundle.resolve("ledger.json"))) {
      throw new CliException(
          bundle + " is a ledger, not a bundle",
          "Verify it with: osmoda verify --ledger " + Words.quoted(bundle.toString()));
    }
    Trust trusted = Trust.find(trust, keyFolder(shell));
    BundleVerification found;
    try (Progress progress = new Progress(shell, "verifying", Progress.Unit.BYTES)) {
      found = BundleVerifier.verify(bundle, trusted.options().withProgress(progress::at));
    }
    if (json) {
      shell.out().println(JsonText.line(found.toJson()));
    } else {
      VerificationText.print(found, shell.clock().instant(), shell.out(), style(shell));
    }
    return VerificationText.exitCode(found.verdict());
  }
}
