package io.osmoda.agents;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.FilterInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** An MCP server on the Java SDK, in a process of its own: it says what it is told. */
final class JavaServer {
  private JavaServer() {}

  public static void main(String[] arguments) throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    FilterInputStream in =
        new FilterInputStream(System.in) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            if (read < 0) {
              ended.countDown();
            }
            return read;
          }
        };
    Map<String, Object> schema =
        Map.of(
            "type", "object",
            "properties", Map.of("text", Map.of("type", "string")),
            "required", List.of("text"));
    McpSyncServer server =
        McpServer.sync(
                new StdioServerTransportProvider(McpJsonDefaults.getMapper(), in, System.out))
            .serverInfo("java-peer", "1.0")
            .capabilities(ServerCapabilities.builder().tools(false).build())
            .toolCall(
                Tool.builder("say", schema).description("Says it.").build(),
                (exchange, call) ->
                    CallToolResult.builder()
                        .addTextContent(String.valueOf(call.arguments().get("text")))
                        .isError(false)
                        .build())
            .immediateExecution(true) // the SDK loses answers that two threads give at a time
            .build();
    ended.await();
    server.closeGracefully();
  }
}
