package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client that talks to an MCP server in a process of its own, one call after the other. */
final class McpConversation implements AutoCloseable {
  private static final long END_SECONDS = 10;
  // Of the size that tool calls commonly have.
  private static final String FILLER = "the quick brown fox jumps over the lazy dog ".repeat(5);

  private final Process process;
  private final BufferedReader answers;
  private final OutputStream requests;
  private final String command;
  private long id;

  /** Starts the command and goes through the handshake. */
  McpConversation(List<String> command, Path errors) throws IOException {
    this.command = String.join(" ", command);
    process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    requests = process.getOutputStream();
    ask(
        "initialize",
        "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
            + "\"clientInfo\":{\"name\":\"bench\",\"version\":\"1\"}}");
    send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
    ask("tools/list", "{}");
  }

  /**
   * Calls the tool once.
   *
   * @return nanoseconds until the answer was there
   */
  long call() throws IOException {
    long start = System.nanoTime();
    ask(
        "tools/call",
        "{\"name\":\"echo\",\"arguments\":{\"count\":" + id + ",\"text\":\"" + FILLER + "\"}}");
    return System.nanoTime() - start;
  }

  private void ask(String method, String parameters) throws IOException {
    id++;
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + ",\"method\":\""
            + method
            + "\",\"params\":"
            + parameters
            + "}\n");
    String answer = answers.readLine();
    if (answer == null || !answer.contains("\"result\"")) {
      throw new IOException(command + " answered " + method + " with " + answer);
    }
  }

  private void send(String message) throws IOException {
    requests.write(message.getBytes(UTF_8));
    requests.flush();
  }

  @Override
  public void close() throws IOException {
    requests.close();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
