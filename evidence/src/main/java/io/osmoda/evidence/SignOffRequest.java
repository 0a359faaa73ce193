package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person signs off: one bundle, by its manifest's hash. Immutable.
 *
 * @param name the person's printed name
 * @param meaning what the signing means, such as {@code reviewed and approved}
 * @param origin the bundle's ledger
 * @param manifestSha256 of the bundle's manifest.json, in hex
 * @param export the entry that closes the bundle's export; null for a sample, which has none
 */
public record SignOffRequest(
    String name, String meaning, String origin, String manifestSha256, @Nullable Export export) {
  private static final List<String> MEMBERS =
      List.of("name", "meaning", "origin", "manifest_sha256", "export");
  private static final String HEX = "[0-9a-f]{64}";
  private static final int LONGEST_NAME = 256;

  /** The entry that closes an export. */
  public record Export(long seq, String entryHash) {}

  /**
   * Checks what is said.
   *
   * @throws RequestRefusedException if it is no sign-off; says why
   */
  public SignOffRequest {
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw new RequestRefusedException(
          "a sign-off needs the signer's printed name, at most " + LONGEST_NAME + " characters");
    }
    if (meaning.isBlank()) {
      throw new RequestRefusedException(
          "a sign-off needs a meaning, such as \"reviewed and approved\"");
    }
    if (!manifestSha256.matches(HEX)) {
      throw new RequestRefusedException(
          "manifest_sha256 must be 64 hex digits, not \"" + manifestSha256 + '"');
    }
    if (export != null && (export.seq() < 0 || !export.entryHash().matches(HEX))) {
      throw new RequestRefusedException("export needs seq and entry_hash, 64 hex digits");
    }
  }

  /**
   * Verifies a bundle and takes from it what is signed.
   *
   * @param trust whose keys to believe
   * @throws RequestRefusedException if the bundle is not intact, or changed meanwhile; says so
   */
  public static SignOffRequest of(Path bundle, TrustPolicy trust, String name, String meaning)
      throws IOException {
    BundleVerification found = BundleVerifier.verify(bundle, trust);
    if (found.verdict() != Verdict.INTACT) {
      String why =
          found.findings().isEmpty()
              ? "not checked: " + String.join("; ", found.notChecked())
              : found.findings().getFirst().kind().text()
                  + ": "
                  + found.findings().getFirst().detail();
      throw new RequestRefusedException(
          "the bundle is %s, so it cannot be signed off (%s)"
              .formatted(found.verdict().text(), why));
    }
    BundleSummary summary = BundleSummary.of(bundle);
    Entry closing = ClosingEntry.of(bundle);
    // What was verified and what is signed are two looks at one file.
    if (closing != null && !ClosingEntry.names(closing, summary.manifestSha256())) {
      throw new RequestRefusedException("the bundle changed while it was being read");
    }
    return new SignOffRequest(
        name,
        meaning,
        summary.origin(),
        summary.manifestSha256(),
        closing == null ? null : new Export(closing.seq(), closing.entryHash().hex()));
  }

  /** For the daemon. */
  public JsonObject toJson() {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("name", name)
            .put("meaning", meaning)
            .put("origin", origin)
            .put("manifest_sha256", manifestSha256);
    if (export != null) {
      json.put(
          "export",
          JsonObject.builder()
              .put("seq", export.seq())
              .put("entry_hash", export.entryHash())
              .build());
    }
    return json.build();
  }

  /**
   * Reads a request.
   *
   * @throws RequestRefusedException if it is none; says why
   */
  public static SignOffRequest parse(JsonObject json) {
    String what = "a sign-off";
    JsonObject.Builder texts = JsonObject.builder();
    json.members()
        .forEach(
            (name, value) -> {
              if (!name.equals("export")) {
                texts.put(name, value);
              }
            });
    Requests.onlyTexts(what, texts.build(), MEMBERS);
    return new SignOffRequest(
        Requests.text(what, json, "name"),
        Requests.text(what, json, "meaning"),
        Requests.text(what, json, "origin"),
        Requests.text(what, json, "manifest_sha256"),
        json.get("export") == null ? null : export(json));
  }

  private static Export export(JsonObject json) {
    if (json.get("export") instanceof JsonObject export
        && export.get("seq") instanceof JsonNumber(double seq)
        && seq == Math.rint(seq)
        && export.string("entry_hash") != null) {
      return new Export((long) seq, String.valueOf(export.string("entry_hash")));
    }
    throw new RequestRefusedException("export needs seq and entry_hash, 64 hex digits");
  }

  Hash exportHash() {
    if (export == null) {
      throw new IllegalStateException("a sample has no export");
    }
    return Hash.fromHex(export.entryHash());
  }
}
