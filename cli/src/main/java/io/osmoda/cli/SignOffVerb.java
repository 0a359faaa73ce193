package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.evidence.BundleSummary;
import io.osmoda.evidence.SignOffRequest;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "sign-off",
    description = {
      "Verifies a bundle and records your sign-off: your printed name, the time and the meaning of"
          + " the signature, tied to this exact bundle by its manifest's hash and to the entry that"
          + " closes its export (as 21 CFR 11.50 and 11.70 require of a signature). A bundle that"
          + " is not intact is refused.",
      "The ledger knows your identity only as the machine does: your user, or a token. There is no"
          + " second factor. A Part 11 signature also needs things that software alone cannot"
          + " provide: procedures, and the identity checks of 11.100 to 11.300."
    },
    footer = {
      "  osmoda sign-off soc2-q3.zip --name 'Ana Lima' --meaning 'reviewed and approved'",
      "  osmoda sign-off soc2-q3.zip --check",
    })
final class SignOffVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "BUNDLE", description = "Bundle folder or zip file.")
  Path bundle = Path.of("");

  @Option(
      names = "--meaning",
      paramLabel = "TEXT",
      description =
          "Meaning of the signature, for example 'reviewed', 'approved', 'responsible for'.")
  @Nullable String meaning;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Your printed name (default: your user's name).")
  @Nullable String name;

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description =
          "Trust file with the public keys to trust (default: the key folder's trust.policy).")
  @Nullable Path trust;

  @Option(
      names = "--check",
      description =
          "Show who signed this bundle off. Exits with 1 if nobody did or the bundle is not"
              + " intact.")
  boolean check;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    TrustPolicy trusted = Trust.find(trust, keyFolder(shell)).policy();
    if (trusted == null) {
      throw new CliException(
          "no trusted keys found, so the bundle cannot be verified",
          "Pass the ledger's trust file with --trust FILE.");
    }
    if (check) {
      if (meaning != null || name != null) {
        throw new CliException("--check only shows sign-offs", "Drop --meaning and --name.");
      }
      return check(shell, trusted);
    }
    if (meaning == null) {
      throw new CliException(
          "a sign-off needs --meaning TEXT, such as 'reviewed and approved'",
          "Use --check to see who signed the bundle off.");
    }
    SignOffRequest request =
        request(trusted, meaning); // reads the bundle: not with the ledger held
    try (LedgerSession access = access(shell)) {
      JsonObject signed = access.signOff(request);
      if (json) {
        shell.out().println(JsonText.line(signed));
      } else {
        shell
            .out()
            .println(
                "Signed off: the bundle with manifest SHA-256 "
                    + JsonFields.text(signed, "manifest_sha256"));
        shell.out().println(line(signed));
        shell
            .out()
            .println(
                style(shell)
                    .dim(
                        "No second factor was used; a Part 11 signature also needs your procedures"
                            + " and identity checks."));
      }
      return ExitCode.DONE;
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }

  private SignOffRequest request(TrustPolicy trusted, String meant) throws IOException {
    String printed = name == null ? System.getProperty("user.name", "") : name;
    try {
      return SignOffRequest.of(bundle, trusted, printed, meant);
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }

  private int check(Shell shell, TrustPolicy trusted) throws IOException {
    BundleVerification found = BundleVerifier.verify(bundle, trusted);
    BundleSummary summary = BundleSummary.of(bundle);
    try (LedgerSession access = access(shell)) {
      JsonObject told = access.signOffs(summary.manifestSha256());
      List<JsonObject> signOffs = JsonFields.objects(told, "sign_offs");
      if (json) {
        JsonObject.Builder all = JsonObject.builder();
        told.members().forEach(all::put);
        shell.out().println(JsonText.line(all.put("verdict", found.verdict().text()).build()));
      } else {
        shell
            .out()
            .println(
                "%s: manifest SHA-256 %s, the bundle is %s"
                    .formatted(bundle, summary.manifestSha256(), found.verdict().text()));
        signOffs.forEach(each -> shell.out().println(line(each)));
        if (signOffs.isEmpty()) {
          shell.out().println("Nobody signed it off.");
        }
      }
      tellNotice(shell, access);
      return found.verdict() == Verdict.INTACT && !signOffs.isEmpty()
          ? ExitCode.DONE
          : ExitCode.FINDINGS;
    }
  }

  private static String line(JsonObject signed) {
    return "  %s  %s (%s), entry %s: %s"
        .formatted(
            JsonFields.moment(JsonFields.text(signed, "timestamp")),
            signed.get("redacted") == JsonBoolean.TRUE
                ? "name redacted"
                : JsonFields.text(signed, "name"),
            JsonFields.text(signed, "by"),
            JsonFields.number(signed, "seq"),
            JsonFields.text(signed, "meaning"));
  }
}
