package io.osmoda.daemon;

import java.util.List;

/**
 * What another user of this machine may do over the Unix socket.
 *
 * @param user name or decimal uid
 * @param actors actors that the user may write as, each exact or with a final {@code *}; empty
 *     unless the role writes
 */
public record PeerGrant(String user, Role role, List<String> actors) {
  public PeerGrant {
    actors = List.copyOf(actors);
    ActorPattern.parse(actors);
    if (user.isEmpty()) {
      throw new IllegalArgumentException("a grant names a user");
    }
  }

  /**
   * Parses {@code USER=ROLE[:ACTOR[,ACTOR…]]}, such as {@code 1001=writer:agent:research-*}.
   *
   * @throws IllegalArgumentException if it reads otherwise
   */
  public static PeerGrant parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException(
          "a grant reads USER=ROLE[:ACTOR], such as 1001=writer:agent:research-*, not " + text);
    }
    String rest = text.substring(equals + 1);
    int colon = rest.indexOf(':');
    Role role = Role.parse(colon < 0 ? rest : rest.substring(0, colon));
    List<String> actors = colon < 0 ? List.of() : List.of(rest.substring(colon + 1).split(",", -1));
    if (role == Role.WRITER && actors.isEmpty()) {
      throw new IllegalArgumentException(
          "a writer is bound to actors: write " + text + ":agent:NAME, or " + text + ":* for any");
    }
    return new PeerGrant(text.substring(0, equals), role, actors);
  }
}
