package io.osmoda.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How actors are written: one that none can be finds nothing, and looks like good news. */
final class ActorWords {
  /** The kinds that the format knows (section 1). */
  private static final List<String> KINDS = List.of("agent", "user", "ssh", "system", "mesh");

  private ActorWords() {}

  /**
   * What is wrong with an actor, or with the beginning of one; null where an entry can have it.
   *
   * @param isOpen whether it is only the beginning
   */
  static @Nullable String problem(String actor, boolean isOpen) {
    int colon = actor.indexOf(':');
    if (colon < 0) {
      return isOpen && KINDS.stream().anyMatch(kind -> kind.startsWith(actor))
          ? null
          : "an actor is written kind:id, and '" + actor + (isOpen ? "*" : "") + "' has no kind";
    }
    String kind = actor.substring(0, colon);
    return KINDS.contains(kind) ? null : "there is no kind of actor '" + kind + "'";
  }

  /** What to write instead. */
  static String hint(String actor, boolean isOpen) {
    int colon = actor.indexOf(':');
    String id = actor.substring(colon + 1) + (isOpen ? "*" : "");
    String near = colon < 0 ? null : Spelling.nearest(actor.substring(0, colon), KINDS);
    return near != null
        ? "did you mean %s:%s?".formatted(near, id)
        : "write agent:%s, or *:%s for any kind; kinds are %s"
            .formatted(id, id, String.join(", ", KINDS));
  }
}
