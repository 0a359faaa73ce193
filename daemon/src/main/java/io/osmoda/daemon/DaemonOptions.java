package io.osmoda.daemon;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a daemon runs. Immutable.
 *
 * @param ledger the ledger's folder, which must hold one
 * @param keys the key folder, null for the usual one beside the ledger
 * @param socket where the Unix socket is made, null for the usual place
 * @param httpPort loopback port, 0 for any that is free, null for no HTTP
 * @param idleExit how long it stays without a connection, null for no limit
 * @param grants what other users of the machine may do over the socket
 * @param environment the process's environment variables
 */
public record DaemonOptions(
    Path ledger,
    @Nullable Path keys,
    @Nullable Path socket,
    @Nullable Integer httpPort,
    @Nullable Duration idleExit,
    List<PeerGrant> grants,
    Map<String, String> environment) {
  /** The loopback port unless another is asked for. */
  public static final int DEFAULT_PORT = 7677;

  public DaemonOptions {
    grants = List.copyOf(grants);
    environment = Map.copyOf(environment);
  }

  /** A daemon with its socket in the usual place, no HTTP, and no end. */
  public static DaemonOptions of(Path ledger) {
    return new DaemonOptions(ledger, null, null, null, null, List.of(), System.getenv());
  }

  public DaemonOptions withKeys(@Nullable Path folder) {
    return new DaemonOptions(ledger, folder, socket, httpPort, idleExit, grants, environment);
  }

  public DaemonOptions withSocket(@Nullable Path path) {
    return new DaemonOptions(ledger, keys, path, httpPort, idleExit, grants, environment);
  }

  public DaemonOptions withHttpPort(@Nullable Integer port) {
    return new DaemonOptions(ledger, keys, socket, port, idleExit, grants, environment);
  }

  public DaemonOptions withIdleExit(@Nullable Duration idle) {
    return new DaemonOptions(ledger, keys, socket, httpPort, idle, grants, environment);
  }

  public DaemonOptions withGrants(List<PeerGrant> others) {
    return new DaemonOptions(ledger, keys, socket, httpPort, idleExit, others, environment);
  }

  DaemonOptions withEnvironment(Map<String, String> variables) {
    return new DaemonOptions(ledger, keys, socket, httpPort, idleExit, grants, variables);
  }
}
