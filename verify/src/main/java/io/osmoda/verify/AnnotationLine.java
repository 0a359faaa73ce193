package io.osmoda.verify;

import io.osmoda.ledger.CanonicalJson;
import io.osmoda.ledger.JsonArray;
import io.osmoda.ledger.JsonException;
import io.osmoda.ledger.JsonNumber;
import io.osmoda.ledger.JsonObject;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A line of annotations.ndjson (section 6): which controls an entry is said to support. */
public final class AnnotationLine {
  private AnnotationLine() {}

  /** The number in a line of annotations; null where it is none. */
  public static @Nullable Long seq(byte[] line) {
    try {
      if (CanonicalJson.parse(line) instanceof JsonObject json
          && Arrays.equals(CanonicalJson.write(json), line)
          && json.members().keySet().equals(Set.of("controls", "seq"))
          && json.get("controls") instanceof JsonArray controls
          && !controls.elements().isEmpty()
          && json.get("seq") instanceof JsonNumber(var seq)
          && seq >= 0
          && seq == Math.rint(seq)
          && controls.elements().stream()
              .allMatch(
                  each ->
                      each instanceof JsonObject control
                          && control.members().keySet().equals(Set.of("control", "framework"))
                          && control.string("control") != null
                          && control.string("framework") != null)) {
        return (long) seq;
      }
    } catch (JsonException e) {
      return null;
    }
    return null;
  }
}
