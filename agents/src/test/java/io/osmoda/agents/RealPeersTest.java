package io.osmoda.agents;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MCP clients and servers of the public SDKs, both eras. */
final class RealPeersTest extends RealPeers {
  @ParameterizedTest
  @ValueSource(strings = {"2025", "2026"})
  void workIsTheSameWithAndWithoutTheProxyAndAllOfItIsSealed(String era) throws Exception {
    Ended bare = run(client(era, "work", List.of("node", "server-" + era + ".mjs")));
    Ended wrapped = run(client(era, "work", proxied(era)));
    assertThat(wrapped.exit()).as(wrapped.err()).isZero();
    assertThat(wrapped.out()).isEqualTo(bare.out()).contains("\"count\":1000");

    List<JsonObject> calls = sealed("tool_call");
    List<JsonObject> results = sealed("tool_result");
    assertThat(calls).hasSize(1_003);
    assertThat(results).hasSize(1_003);
    Map<String, JsonObject> byHash = byHash();
    for (JsonObject result : results) {
      JsonObject call = Objects.requireNonNull(byHash.get(causeHash(result)));
      assertThat(call.string("tool")).isEqualTo(result.string("tool"));
      if ("wait".equals(call.string("tool"))) {
        JsonObject arguments = (JsonObject) Objects.requireNonNull(payload(call).get("arguments"));
        assertThat(text(result)).contains("\"" + arguments.string("say") + "\"");
      }
    }
    assertThat(results.stream().filter(r -> "error".equals(r.string("status")))).hasSize(1);
    assertThat(sealed("protocol_error")).isEmpty();
    assertThat(sealed(era.equals("2025") ? "mcp_initialize" : "mcp_discover")).hasSize(1);
    assertThat(text(sealed("capture_stop").getFirst())).contains("\"lost\":0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025", "2026"})
  void bytesAreEqualOnBothSidesOfTheProxy(String era) throws Exception {
    Path taps = Files.createDirectory(folder.resolve("taps"));
    String server =
        "tee %1$s/server-in | node server-%2$s.mjs | tee %1$s/server-out".formatted(taps, era);
    List<String> wrap = proxied(FailureMode.DENY, NEVER, NEVER, "sh", "-c", server);
    StringBuilder quoted = new StringBuilder();
    for (String word : wrap) {
      quoted.append('\'').append(word.replace("'", "'\\''")).append("' ");
    }
    String tapped = "tee %1$s/client-out | %2$s | tee %1$s/client-in".formatted(taps, quoted);
    Ended ended = run(client(era, "work", List.of("sh", "-c", tapped)));
    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(Files.mismatch(taps.resolve("client-out"), taps.resolve("server-in"))).isEqualTo(-1);
    assertThat(Files.mismatch(taps.resolve("server-out"), taps.resolve("client-in"))).isEqualTo(-1);
    assertThat(Files.size(taps.resolve("client-in"))).isGreaterThan(10 * 1024 * 1024);
  }

  @Test
  void theEraIsTheOneThatThePeersChoose() throws Exception {
    Ended ended = run(client("2026", "version", proxied("2026")));
    assertThat(ended.out()).contains("2026-07-28");
    assertThat(payload(sealed("tool_call").getFirst()).string("protocol_version"))
        .isEqualTo("2026-07-28");
  }

  @Test
  void aNewClientFallsBackToAnOldServerThroughTheProxy() throws Exception {
    Ended ended = run(client("2026", "version", proxied("2025")));
    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(sealed("mcp_discover").getFirst().string("status")).isEqualTo("error");
    assertThat(sealed("mcp_initialize").getFirst().string("status")).isEqualTo("ok");
  }

  @Test
  void aPersonsConsentInsideACallIsOnRecord() throws Exception {
    Ended ended = run(client("2026", "deploy", proxied("2026")));
    assertThat(ended.out()).as(ended.err()).contains("deployed to prod");
    List<JsonObject> asked = sealed("elicitation");
    assertThat(asked).extracting(entry -> entry.string("status")).containsExactly("pending", "ok");
    assertThat(text(asked.get(1))).contains("\"action\":\"accept\"");
    assertThat(cause(asked.get(1))).isEqualTo(asked.get(0));
    assertThat(sealed("tool_call")).hasSize(2);
    assertThat(cause(sealed("tool_call").get(1))).isEqualTo(sealed("tool_call").get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025", "2026"})
  void aCallThatTheClientGivesUpOnIsATimeout(String era) throws Exception {
    Ended ended = run(client(era, "timeout", proxied(era)));
    assertThat(ended.out()).as(ended.err()).contains("\"next\":\"next\"");
    List<JsonObject> results = sealed("tool_result");
    assertThat(results.getFirst().string("status")).isEqualTo("timeout");
    assertThat(results.getLast().string("status")).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025", "2026"})
  void aToolThatAppearsLaterIsAnEntry(String era) throws Exception {
    Ended ended = run(client(era, "late_tool", proxied(era)));
    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(sealed("tool_change"))
        .extracting(entry -> entry.string("tool"))
        .containsExactly("late_tool");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025", "2026"})
  void aServerKilledInACallLeavesItUnknownAndIsACrash(String era) throws Exception {
    Ended bare = run(client(era, "die", List.of("node", "server-" + era + ".mjs")));
    Ended wrapped = run(client(era, "die", proxied(era)));
    assertThat(wrapped.out()).isEqualTo(bare.out());
    JsonObject open = sealed("tool_result").getFirst();
    assertThat(open.string("status")).isEqualTo("unknown");
    assertThat(cause(open).string("tool")).isEqualTo("die");
    JsonObject crash = sealed("service_fail").getFirst();
    assertThat(crash.string("status")).isEqualTo("crashed");
    assertThat(payload(crash).string("signal")).isEqualTo("KILL");
  }

  @Test
  void aRefusedCallIsAnErrorForTheClientAndTheNextOneWorks() throws Exception {
    List<String> server = proxied(FailureMode.DENY, 1, 3, "node", "server-2025.mjs");
    Ended ended = run(client("2025", "refused", server));
    assertThat(ended.out())
        .contains("[\"m0\",{\"code\":-32603,", "audit ledger could not record", ",\"m3\"]");
    assertThat(sealed("tool_call")).hasSize(2);
    assertThat(text(sealed("capture_gap").getFirst())).contains("\"refused\":");
    assertThat(text(sealed("capture_stop").getFirst())).contains("\"refused\":2");
  }

  @Test
  void anAllowedCallPassesAndIsCounted() throws Exception {
    List<String> server = proxied(FailureMode.ALLOW, 1, 3, "node", "server-2025.mjs");
    Ended ended = run(client("2025", "refused", server));
    assertThat(ended.out()).contains("[\"m0\",\"m1\",\"m2\",\"m3\"]");
    assertThat(sealed("tool_call")).hasSize(2);
    assertThat(text(sealed("capture_stop").getFirst())).contains("\"passed_unrecorded\":2");
  }
}
