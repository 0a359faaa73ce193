package io.osmoda.daemon;

import java.util.List;

/**
 * Who sent a request, as the daemon established it.
 *
 * @param name {@code uid:NAME} from the socket's peer, {@code token:NAME} from a bearer token
 * @param via how the request came: {@code socket} or {@code http}
 * @param actors the actors that it may write as
 * @param capture whether it is one of our own capture points, which set an entry's source
 */
record Caller(String name, String via, Role role, List<ActorPattern> actors, boolean capture) {
  Caller {
    actors = List.copyOf(actors);
  }

  boolean mayWriteAs(String actor) {
    return actors.stream().anyMatch(pattern -> pattern.matches(actor));
  }
}
