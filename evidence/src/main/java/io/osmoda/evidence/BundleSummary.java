package io.osmoda.evidence;

import io.osmoda.format.json.JsonObject;
import io.osmoda.verify.BadManifestException;
import io.osmoda.verify.BundleFiles;
import io.osmoda.verify.Counts;
import io.osmoda.verify.Manifest;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a bundle's manifest says of it: claims, until the bundle is verified. Immutable.
 *
 * @param endSeq exclusive
 * @param manifestSha256 in hex: what the export's closing entry names, and a sample its population
 */
public record BundleSummary(
    Counts counts, String origin, long firstSeq, long endSeq, String manifestSha256) {
  /** The member or column of a copy that says of what it is one. */
  public static final String MARK = "unverified_copy_of";

  /**
   * Reads a bundle's manifest.
   *
   * @throws IOException if there is none
   */
  public static BundleSummary of(Path bundle) throws IOException {
    try (BundleFiles files = BundleFiles.open(bundle)) {
      byte[] bytes = files.read("manifest.json", Manifest.MAX_BYTES);
      Manifest manifest = Manifest.parse(bytes);
      return new BundleSummary(
          manifest.counts(),
          manifest.origin(),
          manifest.firstSeq(),
          manifest.endSeq(),
          Manifest.sha256(bytes).hex());
    } catch (BadManifestException e) {
      throw new IOException("manifest.json: " + e.getMessage(), e);
    }
  }

  /** Of what a copy is one, for the copy to say. */
  public JsonObject mark() {
    return JsonObject.builder()
        .put("manifest_sha256", manifestSha256)
        .put("origin", origin)
        .build();
  }

  /** For programs. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .put("counts", counts.toJson())
        .put("end_seq", endSeq)
        .put("first_seq", firstSeq)
        .put("manifest_sha256", manifestSha256)
        .put("origin", origin)
        .build();
  }
}
