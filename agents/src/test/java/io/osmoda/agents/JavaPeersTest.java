package io.osmoda.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.folder.LedgerHolder;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.verify.LedgerVerifier;
import io.osmoda.verify.Verdict;
import io.osmoda.verify.Verification;
import io.osmoda.verify.VerifyOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java SDK as client and server, and the real ledger: no tool but the JDK is needed. */
@Timeout(180)
final class JavaPeersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CALLS = 200;
  private static final String NOT_SENT = "Failed to enqueue message";

  @TempDir private Path folder = Path.of("");

  @Test
  void theLedgerIsIntactAndEachResultNamesItsCall() throws Exception {
    Path dir = folder.resolve("ledger");
    Ledger.create(dir, "test.example/java-peers", LedgerOptions.defaults()).close();
    List<String> command =
        new ArrayList<>(
            NodePeers.wrap(dir, FailureMode.DENY, Integer.MAX_VALUE, Integer.MAX_VALUE));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(JavaServer.class.getName());

    StdioClientTransport transport =
        new StdioClientTransport(
            ServerParameters.builder(command.getFirst())
                .args(command.subList(1, command.size()))
                .env(System.getenv())
                .build(),
            McpJsonDefaults.getMapper());
    transport.setStdErrorHandler(System.err::println);
    try (McpSyncClient client =
            McpClient.sync(transport)
                .clientInfo(Implementation.builder("java-client", "1.0").build())
                .initializationTimeout(PATIENCE)
                .requestTimeout(PATIENCE)
                .build();
        ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
      client.initialize();
      assertThat(client.listTools().tools()).hasSize(1);
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        String text = "text " + i;
        answers.add(many.submit(() -> say(client, text)));
      }
      for (int i = 0; i < CALLS; i++) {
        assertThat(answers.get(i).get()).isEqualTo("text " + i);
      }
    }

    awaitEnd(dir);
    try (LedgerReader reader = LedgerReader.open(dir)) {
      Verification verification =
          LedgerVerifier.verify(
              dir, VerifyOptions.defaults().withTrust(folder.resolve("ledger.keys/trust.policy")));
      assertThat(verification.verdict()).as("%s", verification).isEqualTo(Verdict.INTACT);
      List<Entry> entries = entries(reader);
      List<Entry> results = of(entries, "tool_result");
      assertThat(of(entries, "tool_call")).hasSize(CALLS);
      assertThat(results).hasSize(CALLS);
      for (Entry result : results) {
        assertThat(result.status()).isEqualTo("ok");
        Entry call = entries.get((int) result.causedBy().getFirst().seq());
        assertThat(call.entryHash()).isEqualTo(result.causedBy().getFirst().entryHash());
        assertThat(call.status()).isEqualTo("pending");
        JsonObject arguments = (JsonObject) Objects.requireNonNull(payload(call).get("arguments"));
        assertThat(result.payloadText()).contains("\"text\":\"" + arguments.string("text") + "\"");
      }
      JsonObject hello = payload(of(entries, "mcp_initialize").getFirst());
      assertThat(hello.get("server"))
          .isEqualTo(JsonObject.builder().put("name", "java-peer").put("version", "1.0").build());
      assertThat(hello.get("protocol_version")).isEqualTo(new JsonString("2025-11-25"));
    }
  }

  private static String say(McpSyncClient client, String text) {
    CallToolRequest call = CallToolRequest.builder("say").arguments(Map.of("text", text)).build();
    while (true) {
      try {
        CallToolResult result = client.callTool(call);
        return ((TextContent) result.content().getFirst()).text();
      } catch (RuntimeException e) {
        // The SDK refuses, and does not send, what two threads would send at the same moment.
        if (!NOT_SENT.equals(e.getMessage())) {
          throw e;
        }
      }
    }
  }

  /**
   * The client does not wait for the proxy's process: it is done when it holds the ledger no more.
   */
  private static void awaitEnd(Path dir) throws Exception {
    try (LedgerReader reader = LedgerReader.open(dir)) {
      reader.follow(0, entry -> !entry.action().equals("capture_stop"));
    }
    // Until then it writes, also what is derived.
    await().atMost(PATIENCE).until(() -> LedgerHolder.of(dir).isEmpty());
  }

  private static List<Entry> entries(LedgerReader reader) throws Exception {
    List<Entry> entries = new ArrayList<>();
    try (EntryCursor cursor = reader.read(0, reader.size())) {
      Entry entry = cursor.next();
      while (entry != null) {
        entries.add(entry);
        entry = cursor.next();
      }
    }
    return entries;
  }

  private static List<Entry> of(List<Entry> entries, String action) {
    return entries.stream().filter(entry -> entry.action().equals(action)).toList();
  }

  private static JsonObject payload(Entry entry) {
    return Objects.requireNonNull(entry.payload());
  }
}
