package io.osmoda.daemon;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * Establishes who calls: over the Unix socket by the uid that the kernel names for the peer, over
 * HTTP by bearer token. Thread-safe.
 */
final class Identity {
  private static final String BEARER = "Bearer ";

  private final UserPrincipal self;
  private final UserPrincipal root;
  private final List<Map.Entry<UserPrincipal, PeerGrant>> grants;
  private final TokenFile tokens;

  /**
   * @param ownFile a file that this process made: its owner is the daemon's own user
   * @throws IOException if a grant names a user that this machine does not know
   */
  Identity(Path ownFile, List<PeerGrant> grants, TokenFile tokens) throws IOException {
    UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
    this.self = Files.getOwner(ownFile);
    this.root = users.lookupPrincipalByName("root");
    List<Map.Entry<UserPrincipal, PeerGrant>> known = new ArrayList<>();
    for (PeerGrant grant : grants) {
      try {
        known.add(Map.entry(users.lookupPrincipalByName(grant.user()), grant));
      } catch (UserPrincipalNotFoundException e) {
        throw new IOException(
            "no user " + grant.user() + " on this machine; use an existing name or a decimal uid",
            e);
      }
    }
    this.grants = List.copyOf(known);
    this.tokens = tokens;
  }

  /** The caller behind a connection to the Unix socket; null for a user without any grant. */
  @Nullable Caller peer(SocketChannel channel) throws IOException {
    UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    UserPrincipal user = peer.user();
    String name = "uid:" + user.getName();
    // Principals compare by uid, not by name.
    if (user.equals(self) || user.equals(root)) {
      return new Caller(name, "socket", Role.ADMIN, List.of(ActorPattern.ANY), true);
    }
    for (Map.Entry<UserPrincipal, PeerGrant> grant : grants) {
      if (grant.getKey().equals(user)) {
        PeerGrant given = grant.getValue();
        return new Caller(
            name, "socket", given.role(), ActorPattern.parse(given.actors()), given.capture());
      }
    }
    return null;
  }

  /** The caller of an Authorization header; null where it names no valid token. */
  @Nullable Caller bearer(@Nullable String authorization) throws IOException {
    if (authorization == null
        || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return null;
    }
    return tokens.authenticate(authorization.substring(BEARER.length()).strip());
  }
}
