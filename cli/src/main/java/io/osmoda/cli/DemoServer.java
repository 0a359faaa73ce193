package io.osmoda.cli;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The demo's MCP server, over standard input and output: a small help desk whose tools work on one
 * folder. A process of its own, as any MCP server; it knows nothing of the ledger.
 */
final class DemoServer {
  private static final Map<String, String> ORDERS =
      Map.of(
          "A-1042", "{\"order\":\"A-1042\",\"item\":\"blood pressure monitor\",\"state\":\"lost\"}",
          "A-1043", "{\"order\":\"A-1043\",\"item\":\"spare cuff\",\"state\":\"delivered\"}");

  private final Path folder;

  private DemoServer(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /**
   * Serves until standard input ends.
   *
   * @param arguments the folder that the tools work on
   */
  public static void main(String[] arguments) throws InterruptedException {
    LogManager.getLogManager().getLogger("").setLevel(Level.WARNING);
    new DemoServer(Path.of(arguments[0])).serve();
  }

  private void serve() throws InterruptedException {
    CountDownLatch inputEnded = new CountDownLatch(1);
    McpSyncServer server =
        McpServer.sync(
                new StdioServerTransportProvider(
                    McpJsonDefaults.getMapper(),
                    new EndNoticing(System.in, inputEnded),
                    System.out))
            .serverInfo("help-desk", "1.0")
            .capabilities(ServerCapabilities.builder().tools(false).build())
            .toolCall(
                tool("list_files", "Lists the files of the help desk."),
                (exchange, call) -> answer(this::listFiles))
            .toolCall(
                tool("read_file", "Reads a file of the help desk.", "path"),
                (exchange, call) -> answer(() -> readFile(text(call.arguments(), "path"))))
            .toolCall(
                tool("write_note", "Writes a note into the help desk.", "path", "text"),
                (exchange, call) ->
                    answer(
                        () ->
                            writeNote(
                                text(call.arguments(), "path"), text(call.arguments(), "text"))))
            .toolCall(
                tool("lookup_order", "Looks an order up.", "order"),
                (exchange, call) -> answer(() -> lookupOrder(text(call.arguments(), "order"))))
            .toolCall(
                tool("http_request", "Asks the parcel service.", "method", "url", "headers"),
                (exchange, call) ->
                    answer(() -> "{\"parcel\":\"JD0002\",\"state\":\"lost in transit\"}"))
            .toolCall(
                tool("send_mail", "Sends a mail to a customer.", "to", "subject", "text"),
                (exchange, call) -> answer(() -> "queued as message 1"))
            .build();
    inputEnded.await();
    server.closeGracefully();
  }

  private String listFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .sorted()
          .collect(Collectors.joining("\n"));
    }
  }

  private String readFile(String path) throws IOException {
    return Files.readString(inside(path));
  }

  private String writeNote(String path, String text) throws IOException {
    Files.writeString(inside(path), text);
    return text.length() + " characters written to " + path;
  }

  private String lookupOrder(String order) throws IOException {
    String found = ORDERS.get(order);
    if (found == null) {
      throw new IOException("no order " + order);
    }
    return found;
  }

  private Path inside(String path) throws IOException {
    Path file = folder.resolve(path).normalize();
    if (!file.startsWith(folder)) {
      throw new IOException("access denied: " + path + " is outside the help desk");
    }
    return file;
  }

  private interface Work {
    String run() throws IOException;
  }

  private static CallToolResult answer(Work work) {
    try {
      return CallToolResult.builder().addTextContent(work.run()).isError(false).build();
    } catch (IOException e) {
      return CallToolResult.builder()
          .addTextContent(String.valueOf(e.getMessage()))
          .isError(true)
          .build();
    }
  }

  private static String text(Map<String, Object> arguments, String name) throws IOException {
    if (arguments.get(name) instanceof String text) {
      return text;
    }
    throw new IOException("argument " + name + " is missing or no text");
  }

  private static Tool tool(String name, String description, String... parameters) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (String parameter : parameters) {
      properties.put(parameter, Map.of("type", parameter.equals("headers") ? "object" : "string"));
    }
    return Tool.builder(
            name,
            Map.of("type", "object", "properties", properties, "required", List.of(parameters)))
        .description(description)
        .build();
  }

  /** Tells when the client closed our input: the SDK's server does not say so. */
  private static final class EndNoticing extends FilterInputStream {
    private final CountDownLatch ended;

    EndNoticing(InputStream in, CountDownLatch ended) {
      super(in);
      this.ended = ended;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      if (read < 0) {
        ended.countDown();
      }
      return read;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      if (read < 0) {
        ended.countDown();
      }
      return read;
    }
  }
}
