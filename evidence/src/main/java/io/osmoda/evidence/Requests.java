package io.osmoda.evidence;

import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.query.Spelling;
import java.util.List;

/** Reads what a person asks for out of JSON, strictly. */
final class Requests {
  private Requests() {}

  /**
   * Refuses members that are not known.
   *
   * @param what asks, with its article, for messages
   */
  static void only(String what, JsonObject json, List<String> known) {
    for (String name : json.members().keySet()) {
      if (!known.contains(name)) {
        String near = Spelling.nearest(name, known);
        throw new RequestRefusedException(
            "%s has no member %s; %s"
                .formatted(
                    what,
                    name,
                    near == null
                        ? "valid names are " + String.join(", ", known)
                        : "did you mean " + near + "?"));
      }
    }
  }

  /** Refuses members that are not known, or no text. */
  static void onlyTexts(String what, JsonObject json, List<String> known) {
    only(what, json, known);
    json.members()
        .forEach(
            (name, value) -> {
              if (!(value instanceof JsonString)) {
                throw new RequestRefusedException(name + " must be a string");
              }
            });
  }

  /** A text that must be there. */
  static String text(String what, JsonObject json, String name) {
    String text = json.string(name);
    if (text == null) {
      throw new RequestRefusedException(what + " has " + name + ", a string");
    }
    return text;
  }
}
