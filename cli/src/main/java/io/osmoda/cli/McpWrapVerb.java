package io.osmoda.cli;

import io.osmoda.agents.CapturePolicy;
import io.osmoda.agents.FailureMode;
import io.osmoda.agents.McpWrap;
import io.osmoda.client.DaemonLauncher;
import io.osmoda.client.RecorderConnection;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.folder.LedgerFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mcp wrap",
    description = {
      "Runs an MCP server (stdio) and records everything between it and its client. Every byte"
          + " passes through unchanged in both directions. Each tool call is sealed on disk before"
          + " the server sees it, and its result when it arrives. Tool lists, changed tool"
          + " definitions, resources, prompts, sampling, elicitation, start, stop and crash are"
          + " recorded too. Secrets in known formats are masked before anything is written.",
      "Put it in front of the server's command in your agent's configuration. It starts a daemon if"
          + " none has the ledger open; that daemon exits when idle. Exit code and signals are the"
          + " server's."
    },
    footer = {
      "  osmoda mcp wrap --agent research-01 -- npx -y @modelcontextprotocol/server-filesystem .",
      "  claude mcp add files -- osmoda mcp wrap --agent claude -- npx -y SOME-SERVER",
      "  osmoda mcp wrap --agent a1 --capture 'vault_*=none' --capture read_file=digest --"
          + " ./server",
    })
final class McpWrapVerb extends Verb {
  @Option(
      names = "--agent",
      required = true,
      paramLabel = "NAME",
      description = "The agent's name; entries get the actor agent:NAME.")
  String agent = "";

  @Option(
      names = "--server-name",
      paramLabel = "NAME",
      description = "The server's name in entries (default: derived from the command).")
  @Nullable String serverName;

  @Option(
      names = "--capture",
      paramLabel = "[PATTERN=]MODE",
      description =
          "How much of arguments and results to keep: full (default), digest (size and SHA-256) or"
              + " none. With a pattern, only for tools whose name matches. Repeatable; the first"
              + " match wins.")
  List<String> capture = List.of();

  @Option(
      names = "--max-content",
      paramLabel = "BYTES",
      description = "Truncate arguments and results larger than this (default: 65536).")
  int maxContent = CapturePolicy.DEFAULT_MAX_PART;

  @Option(
      names = "--on-failure",
      paramLabel = "deny|allow",
      description =
          "What to do with a call when the ledger cannot record it: deny refuses the call"
              + " (default); allow lets it through, even if the ledger is unreachable at the start,"
              + " and seals a capture_gap as soon as possible.")
  String onFailure = FailureMode.DENY.text();

  @Parameters(
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "The server's command line, following --.")
  List<String> command = List.of();

  @Override
  int run(Shell shell) throws IOException {
    Path folder = ledgerFolder(shell);
    CapturePolicy policy;
    FailureMode mode;
    try {
      policy = CapturePolicy.parse(capture).maxPart(maxContent);
      mode = FailureMode.parse(onFailure);
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
    DaemonLauncher launcher = DaemonLauncher.ofThisProcess(Osmoda.class).withKeys(keys);
    try (RecorderConnection recorder = recorder(shell, folder, launcher, mode)) {
      McpWrap.Builder wrap =
          McpWrap.builder(recorder, agent, command)
              .policy(policy)
              .onFailure(mode)
              .startTimeout(RecorderConnection.LONGEST_START);
      if (serverName != null) {
        wrap.server(serverName);
      }
      return wrap.standardStreams().build().run();
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }

  /** Does not wait for the daemon where it will be reached: the server starts beside it. */
  private static RecorderConnection recorder(
      Shell shell, Path folder, DaemonLauncher launcher, FailureMode mode) throws IOException {
    if (Files.isReadable(new LedgerFolder(folder).ledgerJson())) {
      return RecorderConnection.openLater(folder, launcher);
    }
    try {
      return RecorderConnection.open(folder, launcher);
    } catch (IOException e) {
      if (mode == FailureMode.DENY) {
        throw e;
      }
      shell
          .err()
          .println(
              "osmoda: mcp wrap: "
                  + Errors.describe(e)
                  + "; until the ledger is reachable, calls pass unrecorded and are counted");
      return RecorderConnection.openLater(folder, launcher);
    }
  }
}
