package io.osmoda.daemon;

import io.osmoda.format.entry.RequestRefusedException;
import java.util.List;

/**
 * Which actors a caller may write as: one actor, or all that begin with the text before a final
 * {@code *}.
 */
record ActorPattern(String text) {
  /** Any actor. */
  static final ActorPattern ANY = new ActorPattern("*");

  ActorPattern {
    int star = text.indexOf('*');
    if (text.isEmpty() || (star >= 0 && star != text.length() - 1)) {
      throw new RequestRefusedException(
          "an actor pattern must be an actor such as agent:research-01, or a prefix and a final *"
              + " such as agent:research-*, not \""
              + text
              + '"');
    }
  }

  boolean matches(String actor) {
    return text.endsWith("*")
        ? actor.startsWith(text.substring(0, text.length() - 1))
        : actor.equals(text);
  }

  static List<ActorPattern> parse(List<String> texts) {
    return texts.stream().map(ActorPattern::new).toList();
  }
}
