package io.osmoda.cli;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.stream.Collectors;

/**
 * The demo's agent: an MCP client of a process of its own, which starts the server that it is told
 * to start and works through a fixed plan, as a model would by calling tools. It knows nothing of
 * the ledger.
 */
final class DemoAgent {
  /** The made-up token in the plan, which must never reach the ledger. */
  static final String SECRET = "ghp_" + "Zq7T1bLw9XcVr3NfYk5HdJm8PsGa2EuC4RtB";

  /** The made-up personal data in the plan, in the call that the demo redacts. */
  static final String PERSONAL = "maria.huber@example.com";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private record Call(String tool, Map<String, Object> arguments) {}

  private static final List<Call> PLAN =
      List.of(
          new Call("list_files", Map.of()),
          new Call("read_file", Map.of("path", "ticket-77.txt")),
          new Call("read_file", Map.of("path", "policy.md")),
          new Call("lookup_order", Map.of("order", "A-1042")),
          new Call(
              "http_request",
              ordered(
                  "method",
                  "GET",
                  "url",
                  "https://parcels.example.com/v2/track/JD0002",
                  "headers",
                  Map.of("Authorization", "Bearer " + SECRET))),
          new Call("lookup_order", Map.of("order", "A-1043")),
          new Call("read_file", Map.of("path", "../../../etc/passwd")),
          new Call("read_file", Map.of("path", "customers.csv")),
          new Call(
              "write_note",
              ordered("path", "reply-77.txt", "text", "Lost in transit: a new monitor is sent.")),
          new Call("read_file", Map.of("path", "reply-77.txt")),
          new Call(
              "send_mail",
              ordered(
                  "to",
                  PERSONAL,
                  "subject",
                  "Your order A-1042",
                  "text",
                  "Lost in transit: a new monitor is sent.")),
          new Call("write_note", ordered("path", "done-77.txt", "text", "closed")));

  private DemoAgent() {}

  /**
   * Works through the plan and prints one line a call: tool, outcome, microseconds and the answer's
   * first line, parted by tabs.
   *
   * @param arguments the command that starts the server
   */
  public static void main(String[] arguments) {
    LogManager.getLogManager().getLogger("").setLevel(Level.WARNING);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    StdioClientTransport transport =
        new StdioClientTransport(
            ServerParameters.builder(arguments[0])
                .args(Arrays.asList(arguments).subList(1, arguments.length))
                .env(System.getenv())
                .build(),
            McpJsonDefaults.getMapper());
    transport.setStdErrorHandler(System.err::println);
    try (McpSyncClient client =
        McpClient.sync(transport)
            .clientInfo(Implementation.builder("demo-agent", "1.0").build())
            .initializationTimeout(PATIENCE)
            .requestTimeout(PATIENCE)
            .build()) {
      client.initialize();
      String tools =
          client.listTools().tools().stream().map(Tool::name).collect(Collectors.joining(" "));
      out.println("tools\t" + tools);
      for (Call call : PLAN) {
        long start = System.nanoTime();
        CallToolResult result =
            client.callTool(
                CallToolRequest.builder(call.tool()).arguments(call.arguments()).build());
        long micros = (System.nanoTime() - start) / 1_000;
        out.println(
            String.join(
                "\t",
                call.tool(),
                Boolean.TRUE.equals(result.isError()) ? "error" : "ok",
                Long.toString(micros),
                argumentText(call),
                firstLine(result)));
      }
    }
  }

  private static String argumentText(Call call) {
    return call.arguments().values().stream()
        .filter(String.class::isInstance)
        .map(Object::toString)
        .collect(Collectors.joining(" "));
  }

  private static String firstLine(CallToolResult result) {
    return result.content().stream()
        .filter(TextContent.class::isInstance)
        .map(content -> ((TextContent) content).text().lines().findFirst().orElse(""))
        .findFirst()
        .orElse("");
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
