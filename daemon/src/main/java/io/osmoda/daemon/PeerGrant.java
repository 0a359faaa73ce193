package io.osmoda.daemon;

import io.osmoda.format.entry.RequestRefusedException;
import java.util.List;

/**
 * What another user of this machine may do over the Unix socket.
 *
 * @param user name or decimal uid
 * @param actors actors that the user may write as, each exact or with a final {@code *}; empty
 *     unless the role writes
 * @param capture whether the user's processes are capture points, such as {@code mcp wrap}: they
 *     may then set an entry's source. Only a writer is one.
 */
public record PeerGrant(String user, Role role, List<String> actors, boolean capture) {
  private static final String CAPTURE = "capture";

  public PeerGrant {
    actors = List.copyOf(actors);
    ActorPattern.parse(actors);
    if (user.isEmpty()) {
      throw new RequestRefusedException("a grant needs a user");
    }
    if (capture && role != Role.WRITER) {
      throw new RequestRefusedException("only a writer can be a capture point");
    }
  }

  /**
   * Parses {@code USER=ROLE[:ACTOR[,ACTOR…]]}, such as {@code 1001=writer:agent:research-*}; {@code
   * capture} in the place of a role is a writer that is a capture point.
   *
   * @throws RequestRefusedException if it reads otherwise
   */
  public static PeerGrant parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new RequestRefusedException(
          "a grant must have the form USER=ROLE[:ACTOR], such as 1001=writer:agent:research-*, not "
              + text);
    }
    String rest = text.substring(equals + 1);
    int colon = rest.indexOf(':');
    String word = colon < 0 ? rest : rest.substring(0, colon);
    boolean capture = word.equals(CAPTURE);
    Role role = capture ? Role.WRITER : Role.parse(word);
    List<String> actors = colon < 0 ? List.of() : List.of(rest.substring(colon + 1).split(",", -1));
    if (role == Role.WRITER && actors.isEmpty()) {
      throw new RequestRefusedException(
          "a writer needs at least one actor: use "
              + text
              + ":agent:NAME, or "
              + text
              + ":* for any");
    }
    return new PeerGrant(text.substring(0, equals), role, actors, capture);
  }
}
