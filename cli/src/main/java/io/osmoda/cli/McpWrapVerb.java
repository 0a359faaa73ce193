package io.osmoda.cli;

import io.osmoda.agents.CapturePolicy;
import io.osmoda.agents.FailureMode;
import io.osmoda.agents.McpWrap;
import io.osmoda.client.DaemonLauncher;
import io.osmoda.client.RecorderConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mcp wrap",
    description = {
      "Runs an MCP server (stdio) and stands between it and its client. Every byte passes "
          + "unchanged, both ways. Each tool call is sealed and on disk before the server sees it, "
          + "its result when it comes, and so are tool lists, changed tool definitions, resources, "
          + "prompts, sampling, elicitation, start, stop and crash. Known shapes of secrets are "
          + "masked before anything is written.",
      "Put it in front of the server's command wherever your agent has that. A daemon is started "
          + "if none holds the ledger, and ends when idle. Exit code and signals are the server's."
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
      description = "The agent's name: entries have the actor agent:NAME.")
  String agent = "";

  @Option(
      names = "--server-name",
      paramLabel = "NAME",
      description = "The server's name in entries (default: made from the command).")
  @Nullable String serverName;

  @Option(
      names = "--capture",
      paramLabel = "[PATTERN=]MODE",
      description =
          "What of arguments and results is kept: full (the default), digest (size and SHA-256) or "
              + "none; for all, or for tools whose name matches the pattern. May be given several "
              + "times; the first that matches counts.")
  List<String> capture = List.of();

  @Option(
      names = "--max-content",
      paramLabel = "BYTES",
      description = "Larger arguments or results are cut (default: 65536).")
  int maxContent = CapturePolicy.DEFAULT_MAX_PART;

  @Option(
      names = "--on-failure",
      paramLabel = "deny|allow",
      description =
          "When the ledger cannot take an entry: deny refuses the call (default), allow lets it "
              + "through, also where the ledger cannot be reached at the start, and seals a "
              + "capture_gap once it can.")
  String onFailure = FailureMode.DENY.text();

  @Parameters(
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "The server's command line, after --.")
  List<String> command = List.of();

  @Override
  int run(Shell shell) throws IOException {
    Path folder = ledgerFolder(shell);
    CapturePolicy policy;
    FailureMode mode;
    try {
      policy = CapturePolicy.parse(capture).maxPart(maxContent);
      mode = FailureMode.parse(onFailure);
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
    DaemonLauncher launcher = DaemonLauncher.ofThisProcess(Osmoda.class).withKeys(keys);
    try (RecorderConnection recorder = recorder(shell, folder, launcher, mode)) {
      McpWrap.Builder wrap =
          McpWrap.builder(recorder, agent, command).policy(policy).onFailure(mode);
      if (serverName != null) {
        wrap.server(serverName);
      }
      return wrap.standardStreams().build().run();
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }

  private static RecorderConnection recorder(
      Shell shell, Path folder, DaemonLauncher launcher, FailureMode mode) throws IOException {
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
                  + "; calls pass unrecorded, and are counted, until the ledger can be reached");
      return RecorderConnection.openLater(folder, launcher);
    }
  }
}
