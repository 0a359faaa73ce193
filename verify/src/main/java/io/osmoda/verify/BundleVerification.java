package io.osmoda.verify;

import io.osmoda.format.entry.Finding;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Checkpoint;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of verifying a bundle (section 8). Immutable.
 *
 * @param kind {@code range} or {@code sample}; null where no manifest could be read
 * @param counts as counted here; null where nothing could be
 * @param uncheckedCauses causes outside the bundle, which it cannot show
 * @param checkpoint what the proofs end in; null where it could not be read
 * @param closedAt the timestamp of the entry that closes the export, which the checkpoint covers:
 *     when the newest anchored entry that the bundle shows is of; null where it shows none, as some
 *     samples. For people alone, {@link #toJson} has the members that every verifier prints
 * @param trust where the trusted keys came from, for a person; "none" where nothing was given
 * @param notChecked why it is not intact though nothing was found; empty where all was checked
 * @param notes what a person should know of an intact bundle too
 */
public record BundleVerification(
    Verdict verdict,
    @Nullable String kind,
    @Nullable String origin,
    @Nullable Counts counts,
    long uncheckedCauses,
    List<Finding> findings,
    @Nullable Checkpoint checkpoint,
    @Nullable String closedAt,
    String trust,
    List<String> notChecked,
    List<String> notes) {
  public BundleVerification {
    findings = List.copyOf(findings);
    notChecked = List.copyOf(notChecked);
    notes = List.copyOf(notes);
  }

  /** The lowest sequence number that a finding concerns; null where none does. */
  public @Nullable Long lowestSeq() {
    Long lowest = null;
    for (Finding finding : findings) {
      Long seq = finding.seq();
      if (seq != null && (lowest == null || seq < lowest)) {
        lowest = seq;
      }
    }
    return lowest;
  }

  /**
   * Refuses a bundle that is not what it says, whoever signed it.
   *
   * @throws IOException if anything was found, or it could not be read; says what
   */
  public void demandConsistent() throws IOException {
    if (!findings.isEmpty()) {
      throw new IOException(
          "the bundle is not as it was made: "
              + told(findings.getFirst())
              + " (osmoda verify-bundle says more)");
    }
    if (counts == null) {
      throw new IOException("there is no bundle; not checked: " + notChecked.getFirst());
    }
  }

  private static String told(Finding finding) {
    return finding.kind().text()
        + (finding.seq() == null ? "" : " at " + finding.seq())
        + ": "
        + finding.detail();
  }

  /** For programs. */
  public JsonObject toJson() {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("verdict", verdict.name().toLowerCase(Locale.ROOT))
            .put("self_consistent", findings.isEmpty() && counts != null)
            .putIfPresent("kind", kind)
            .putIfPresent("origin", origin)
            .put("trust", trust)
            .put("unchecked_causes", uncheckedCauses)
            .put(
                "findings",
                new JsonArray(
                    findings.stream()
                        .<JsonValue>map(
                            finding ->
                                JsonObject.builder()
                                    .put("kind", finding.kind().text())
                                    .put(
                                        "seq",
                                        finding.seq() == null
                                            ? JsonNull.NULL
                                            : JsonNumber.of(finding.seq()))
                                    .put("detail", finding.detail())
                                    .build())
                        .toList()))
            .put("not_checked", texts(notChecked))
            .put("notes", texts(notes));
    if (counts != null) {
      json.put("counts", counts.toJson());
    }
    if (checkpoint != null) {
      json.put(
          "checkpoint",
          JsonObject.builder()
              .put("root", checkpoint.root().base64())
              .put("size", checkpoint.size())
              .build());
    }
    return json.build();
  }

  private static JsonArray texts(List<String> texts) {
    return new JsonArray(texts.stream().<JsonValue>map(JsonString::new).toList());
  }
}
