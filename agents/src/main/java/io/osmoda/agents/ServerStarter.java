package io.osmoda.agents;

import java.io.IOException;
import java.util.List;

/** Starts the MCP server that the proxy stands before. */
@FunctionalInterface
public interface ServerStarter {
  /** A process of this machine, which inherits environment, working folder and standard error. */
  ServerStarter PROCESS =
      command -> new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();

  /**
   * Starts the command with its standard input and output as pipes.
   *
   * @throws IOException if it cannot be started
   */
  Process start(List<String> command) throws IOException;
}
