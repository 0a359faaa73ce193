package io.osmoda.verify;

import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of verifying bundles as a chain. Immutable.
 *
 * @param origin whose bundles they are; null where none could be read
 * @param links the bundles, in the order of their times
 * @param breaks what is wrong with the chain or a bundle of it
 * @param notChecked why it is not intact though nothing is wrong; empty where all was checked
 * @param notes what a person should know of an intact chain too
 */
public record ChainVerification(
    @Nullable String origin,
    List<Link> links,
    List<String> breaks,
    List<String> notChecked,
    List<String> notes) {
  /** What can be said of a chain. */
  public enum Outcome {
    INTACT,
    BROKEN,
    UNVERIFIABLE;

    /** The word for programs. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One bundle of a chain.
   *
   * @param from its time, inclusive
   * @param to exclusive
   * @param checkpointSize entries of the checkpoint that its proofs end in
   */
  public record Link(
      String file,
      Verdict verdict,
      String from,
      String to,
      Counts counts,
      String manifestSha256,
      long checkpointSize) {
    JsonObject toJson() {
      return JsonObject.builder()
          .put("file", file)
          .put("verdict", verdict.text())
          .put("from", from)
          .put("to", to)
          .put("counts", counts.toJson())
          .put("manifest_sha256", manifestSha256)
          .put("checkpoint_size", checkpointSize)
          .build();
    }
  }

  public ChainVerification {
    links = List.copyOf(links);
    breaks = List.copyOf(breaks);
    notChecked = List.copyOf(notChecked);
    notes = List.copyOf(notes);
  }

  /** What can be said of the whole. */
  public Outcome outcome() {
    if (!breaks.isEmpty()) {
      return Outcome.BROKEN;
    }
    return notChecked.isEmpty() ? Outcome.INTACT : Outcome.UNVERIFIABLE;
  }

  /** For programs. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .put("outcome", outcome().text())
        .putIfPresent("origin", origin)
        .put("bundles", new JsonArray(links.stream().<JsonValue>map(Link::toJson).toList()))
        .put("breaks", texts(breaks))
        .put("not_checked", texts(notChecked))
        .put("notes", texts(notes))
        .build();
  }

  private static JsonArray texts(List<String> texts) {
    return new JsonArray(texts.stream().<JsonValue>map(JsonString::new).toList());
  }
}
