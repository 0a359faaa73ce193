package io.osmoda.cli;

import io.osmoda.daemon.Daemon;
import io.osmoda.daemon.DaemonOptions;
import io.osmoda.daemon.PeerGrant;
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
      "Holds the ledger open for all writers and readers of this machine: over a Unix socket, whose"
          + " callers the kernel names, and over HTTP on loopback with bearer tokens (osmoda"
          + " token). Stops in order on SIGTERM or Ctrl-C: what was handed over is sealed, and a"
          + " last checkpoint signed.",
      "Protected mode: run it under a user of its own, who alone owns ledger and keys, and grant "
          + "other users what they may do. Agents then reach the ledger only through this process: "
          + "they can add, and their reads are recorded, but they cannot change or remove. Without "
          + "it, ledger, keys and agents share one user, and whatever that user's processes do to "
          + "the folder shows only up to the last checkpoint held elsewhere."
    },
    footer = {
      "  osmoda serve",
      "  osmoda serve --grant alice=auditor --grant 'agents=writer:agent:*'",
    })
final class ServeVerb extends Verb {
  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Loopback port (default: 7677; 0 for any that is free).")
  int httpPort = DaemonOptions.DEFAULT_PORT;

  @Option(names = "--no-http", description = "Serve the Unix socket alone.")
  boolean noHttp;

  @Option(
      names = "--socket",
      paramLabel = "FILE",
      description = "Where the socket is made (default: $OSMODA_SOCKET, else a runtime folder).")
  @Nullable Path socket;

  @Option(
      names = "--grant",
      paramLabel = "USER=ROLE[:ACTOR,…]",
      description =
          "What another user of this machine may do over the socket: writer (bound to actors), "
              + "capture (a writer whose mcp wrap counts as a capture point), auditor or admin. "
              + "May be given several times.")
  List<String> grants = List.of();

  @Option(
      names = "--idle-exit",
      paramLabel = "SPAN",
      description = "End after so long without a connection, such as 60s (default: never).")
  @Nullable String idleExit;

  @Override
  int run(Shell shell) throws IOException {
    if (!Files.exists(ledgerFolder(shell))) {
      throw new CliException(
          "there is no ledger in " + ledgerFolder(shell),
          "Make one with osmoda init, or name its folder with --ledger DIR.");
    }
    List<PeerGrant> parsed = new ArrayList<>();
    for (String grant : grants) {
      try {
        parsed.add(PeerGrant.parse(grant));
      } catch (IllegalArgumentException e) {
        throw new CliException("--grant: " + e.getMessage(), null);
      }
    }
    if (httpPort < 0 || httpPort > 65_535) {
      throw new CliException("--http-port: a port is 0 to 65535, not " + httpPort, null);
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
