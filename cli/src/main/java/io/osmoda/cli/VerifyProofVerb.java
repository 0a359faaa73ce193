package io.osmoda.cli;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.Finding;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.BadProofException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.InclusionProof;
import io.osmoda.verify.ProofVerification;
import io.osmoda.verify.Verdict;
import io.osmoda.verify.VerificationText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify-proof",
    description = {
      "Checks a proof made by osmoda prove from files alone: no ledger, no daemon. Pass the entry"
          + " as its line (osmoda show SEQ --json), whose hashes are recomputed, or as its hash."
          + " Trust comes from the trust file that you were given for the ledger; without one, the"
          + " key folder's trust.policy on this machine is used if present.",
      "Exit code: 0 if the entry is proven, 1 if the proof, the entry or a signature is wrong, 2 if"
          + " there are no trusted keys."
    },
    footer = {
      "  osmoda verify-proof entry-17.tlog-proof --entry entry-17.json --trust auditor.policy",
      "  osmoda verify-proof entry-17.tlog-proof --entry-hash HEX --trust auditor.policy",
    })
final class VerifyProofVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "PROOF", description = "The proof file (C2SP tlog-proof).")
  Path proof = Path.of("");

  @ArgGroup(multiplicity = "1")
  @Nullable Subject subject;

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description =
          "Trust file with the public keys to trust (default: the key folder's trust.policy).")
  @Nullable Path trust;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  /** What the proof is for. */
  static final class Subject {
    @Option(
        names = "--entry",
        paramLabel = "FILE",
        description = "The entry's line, from osmoda show SEQ --json; - for standard input.")
    @Nullable Path entry;

    @Option(
        names = "--entry-hash",
        paramLabel = "HEX",
        description = "The entry's hash, 64 hex digits, if you computed it yourself.")
    @Nullable String hash;
  }

  /** The outcome, whichever way it came about. */
  private record Outcome(
      Verdict verdict,
      List<Finding> findings,
      List<String> notChecked,
      @Nullable Checkpoint checkpoint,
      @Nullable Long seq,
      @Nullable Hash hash,
      String trust) {}

  @Override
  int run(Shell shell) throws IOException {
    Trust trusted = Trust.find(trust, keyFolder(shell));
    Outcome outcome = check(shell, trusted);
    if (json) {
      shell.out().println(JsonText.line(json(outcome)));
    } else {
      print(outcome, shell.out(), style(shell));
    }
    return VerificationText.exitCode(outcome.verdict());
  }

  private Outcome check(Shell shell, Trust trusted) throws IOException {
    InclusionProof parsed;
    try {
      parsed = InclusionProof.parse(Files.readAllBytes(proof));
    } catch (BadProofException e) {
      return wrong(FindingKind.BAD_PROOF, null, String.valueOf(e.getMessage()), trusted);
    }
    Hash hash;
    try {
      hash = entryHash(shell, parsed);
    } catch (LedgerDamagedException e) {
      return wrong(e.kind(), parsed.index(), e.detail(), trusted);
    }
    ProofVerification outcome = ProofVerification.of(parsed, hash, trusted.policy());
    return new Outcome(
        outcome.verdict(),
        outcome.findings(),
        outcome.notChecked(),
        outcome.checkpoint(),
        parsed.index(),
        hash,
        trusted.from());
  }

  private Hash entryHash(Shell shell, InclusionProof parsed) throws IOException {
    if (subject != null && subject.hash != null) {
      return hash(subject.hash);
    }
    Path file = subject == null || subject.entry == null ? Path.of("-") : subject.entry;
    byte[] line =
        file.toString().equals("-") ? shell.in().readAllBytes() : Files.readAllBytes(file);
    Entry entry;
    try {
      // Only how the line is laid out may have been changed on its way, and that proves nothing.
      entry = Entry.parse(CanonicalJson.canonicalize(line));
    } catch (JsonException e) {
      throw new CliException(
          "%s is not an entry: %s".formatted(file, e.getMessage()),
          "Pass the line that osmoda show SEQ --json prints.");
    }
    if (entry.seq() != parsed.index()) {
      throw new CliException(
          "the proof is for entry %d, but the line is entry %d"
              .formatted(parsed.index(), entry.seq()),
          "Pass the line that matches the proof: osmoda show %d --json".formatted(parsed.index()));
    }
    return entry.entryHash();
  }

  private static Hash hash(String hex) {
    try {
      return Hash.fromHex(hex);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          "--entry-hash: " + e.getMessage(), "It is the member entry_hash of the entry.");
    }
  }

  private static Outcome wrong(FindingKind kind, @Nullable Long seq, String detail, Trust trusted) {
    return new Outcome(
        Verdict.TAMPERED,
        List.of(new Finding(kind, seq, detail)),
        List.of(),
        null,
        seq,
        null,
        trusted.from());
  }

  private static JsonObject json(Outcome outcome) {
    List<JsonValue> notChecked = new ArrayList<>();
    outcome.notChecked().forEach(text -> notChecked.add(new JsonString(text)));
    Long seq = outcome.seq();
    Hash hash = outcome.hash();
    return JsonObject.builder()
        .put("verdict", outcome.verdict().text())
        .put("seq", seq == null ? JsonNull.NULL : JsonNumber.of(seq))
        .put("entry_hash", hash == null ? JsonNull.NULL : new JsonString(hash.hex()))
        .put("findings", VerificationText.findings(outcome.findings()))
        .put("checkpoint", VerificationText.checkpoint(outcome.checkpoint()))
        .put("trust", outcome.trust())
        .put("not_checked", new JsonArray(notChecked))
        .build();
  }

  private static void print(Outcome outcome, PrintStream out, Style style) {
    out.println(
        switch (outcome.verdict()) {
          case INTACT ->
              style.good(style.bold("PROVEN"))
                  + ": entry %d is in the ledger as it was sealed".formatted(outcome.seq());
          case TAMPERED -> style.bad("NOT PROVEN");
          case UNVERIFIABLE ->
              style.warning(style.bold("UNVERIFIABLE"))
                  + ": the proof is valid, but no trusted key vouches for its checkpoint";
        });
    for (Finding finding : outcome.findings()) {
      out.println("  " + style.bad(finding.kind().text()) + "  " + finding.detail());
    }
    Checkpoint checkpoint = outcome.checkpoint();
    if (checkpoint != null) {
      line(out, style, "ledger", checkpoint.origin());
      line(out, style, "checkpoint", "of %,d entries".formatted(checkpoint.size()));
      line(out, style, "root", checkpoint.root().base64());
    }
    if (outcome.hash() != null) {
      line(out, style, "entry hash", outcome.hash().hex());
    }
    line(out, style, "trust", outcome.trust());
    outcome.notChecked().forEach(text -> line(out, style, "not checked", text));
  }

  private static void line(PrintStream out, Style style, String label, String value) {
    out.println("  " + style.dim("%-12s".formatted(label)) + " " + value);
  }
}
