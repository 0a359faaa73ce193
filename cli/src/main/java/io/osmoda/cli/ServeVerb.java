package io.osmoda.cli;

import io.osmoda.daemon.Daemon;
import io.osmoda.daemon.DaemonOptions;
import io.osmoda.daemon.PeerGrant;
import io.osmoda.format.entry.RequestRefusedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "serve",
    description = {
      "Runs the daemon that gives all programs on this machine access to the ledger: over a Unix"
          + " socket, where the kernel identifies callers, and over HTTP on loopback with bearer"
          + " tokens (osmoda token). SIGTERM or Ctrl-C shuts it down cleanly: accepted entries are"
          + " sealed and a final checkpoint is signed.",
      "Protected mode: run it as a dedicated user that owns the ledger and keys, and grant roles to"
          + " other users. Agents then reach the ledger only through this process: they can append,"
          + " and their reads are recorded, but they cannot change or remove anything. Otherwise"
          + " ledger, keys and agents share one user, and tampering by that user's processes is"
          + " detectable only up to the last checkpoint kept elsewhere."
    },
    footer = {
      "  osmoda serve",
      "  osmoda serve --grant alice=auditor --grant 'agents=writer:agent:*'",
    })
final class ServeVerb extends Verb {
  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Loopback port (default: 7677; 0 picks a free one).")
  int httpPort = DaemonOptions.DEFAULT_PORT;

  @Option(names = "--no-http", description = "Serve only the Unix socket.")
  boolean noHttp;

  @Option(
      names = "--socket",
      paramLabel = "FILE",
      description = "Path of the socket (default: $OSMODA_SOCKET, else in a runtime folder).")
  @Nullable Path socket;

  @Option(
      names = "--grant",
      paramLabel = "USER=ROLE[:ACTOR,…]",
      description =
          "Role of another user of this machine on the socket: writer (bound to actors), capture (a"
              + " writer whose mcp wrap counts as a capture point), auditor or admin. Repeatable.")
  List<String> grants = List.of();

  @Option(
      names = "--idle-exit",
      paramLabel = "SPAN",
      description = "Exit after this long without a connection, for example 60s (default: never).")
  @Nullable String idleExit;

  @Override
  int run(Shell shell) throws IOException {
    if (!Files.exists(ledgerFolder(shell))) {
      throw new CliException(
          "no ledger in " + ledgerFolder(shell),
          "Create one with osmoda init, or pass its folder with --ledger DIR.");
    }
    List<PeerGrant> parsed = new ArrayList<>();
    for (String grant : grants) {
      try {
        parsed.add(PeerGrant.parse(grant));
      } catch (RequestRefusedException e) {
        throw new CliException("--grant: " + e.getMessage(), null);
      }
    }
    if (httpPort < 0 || httpPort > 65_535) {
      throw new CliException(
          "--http-port: expected a port from 0 to 65535, found " + httpPort, null);
    }
    DaemonOptions options =
        DaemonOptions.of(ledgerFolder(shell))
            .withKeys(keys)
            .withSocket(socket)
            .withHttpPort(noHttp ? null : httpPort)
            .withIdleExit(idleExit == null ? null : Times.duration("--idle-exit", idleExit))
            .withGrants(parsed);
    return Daemon.run(options, new PrintWriter(shell.out(), true, StandardCharsets.UTF_8));
  }
}
