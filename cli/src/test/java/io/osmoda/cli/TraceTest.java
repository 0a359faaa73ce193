package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.query.CausalTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

  private TempLedger ledger = new TempLedger(Path.of(""));

  /** An agent's start (1), a call (2) with a write (3), its result (4), and a call alone (5). */
  @BeforeEach
  void create(@TempDir Path temp) throws IOException {
    ledger = TempLedger.create(temp);
    try (Ledger open = Ledger.open(ledger.folder(), LedgerOptions.defaults())) {
      Receipt agent = open.appendDurably(draft("agent_start", Status.OK).build());
      Receipt call =
          open.appendDurably(
              draft("tool_call", Status.PENDING, agent)
                  .tool("run")
                  .target("https://example.com/\u2066x")
                  .session("s 1")
                  .build());
      open.appendDurably(
          draft("file_write", Status.OK, call)
              .trace(new TraceContext(TRACE, "b7ad6b7169203331", "b7ad6b7169203331"))
              .build());
      open.appendDurably(
          draft("tool_result", Status.DENIED, call)
              .tool("run")
              .session("s 1")
              .payload(JsonObject.builder().put("duration_ns", 2_515_000_000L).build())
              .build());
      CauseReference other =
          new CauseReference("other.example/x", 7, Hash.fromHex("ab".repeat(32)));
      open.appendDurably(
          draft("tool_call", Status.PENDING)
              .causedBy(List.of(CauseReference.local(agent), other, CauseReference.local(call)))
              .build());
    }
  }

  private static EntryDraft.Builder draft(String action, Status status, Receipt... causes) {
    List<CauseReference> references = new ArrayList<>();
    for (Receipt cause : causes) {
      references.add(CauseReference.local(cause));
    }
    return EntryDraft.builder("api", "agent:x", action).status(status).causedBy(references);
  }

  private static String squeezed(String text) {
    return text.replaceAll(" +", " ").replaceAll("\\d{4}-\\d\\d-\\d\\d [0-9:.]+Z", "TIME");
  }

  @Test
  void aTreeHasALineForEachEntryOrPair() {
    String out = squeezed(ledger.out("trace", "1"));

    assertThat(out.lines().toList())
        .startsWith(
            "ENTRY TIME ACTOR WHAT TARGET OUTCOME DURATION",
            "1 ◂ TIME agent:x agent_start ok",
            "├─ 2 → 4 TIME agent:x tool_call run https://example.com/·x denied 2.51 s",
            "│ └─ 3 TIME agent:x file_write ok")
        .anyMatch(line -> line.matches("└─ 5 TIME agent:x tool_call unfinished for .*"))
        .contains(" ↖ other.example/x#7 in another ledger; not followed", " ↖ #2 led to this too")
        .endsWith("5 entries, 1 unfinished");
    assertThat(out).doesNotContain("\u001b");
  }

  @Test
  void aTraceAndASessionAreTracedByTheirNames() {
    assertThat(ledger.out("trace", TRACE)).contains("3 ").contains("cyclic spans");
    assertThat(squeezed(ledger.out("trace", "s 1"))).contains("2 → 4 TIME");
    assertThat(ledger.out("trace", "session:s 1")).doesNotContain("◂");
  }

  @Test
  void jsonIsTheTree() throws JsonException {
    JsonObject json =
        (JsonObject)
            CanonicalJson.parse(
                ledger.out("trace", "4", "--json").strip().getBytes(StandardCharsets.UTF_8));

    CausalTree tree = CausalTree.fromJson(json);
    assertThat(tree.lines()).hasSize(4);
    assertThat(tree.lines().get(1).end()).isNotNull();
    assertThat(tree.lines().get(1).isAsked()).isTrue();
  }

  @Test
  void dotIsADigraph() {
    assertThat(ledger.out("trace", "1", "--dot"))
        .startsWith("digraph trace {")
        .contains("  1 -> 2;")
        .endsWith("}\n");
  }

  @Test
  void aTraceIsPutOnRecord() throws IOException {
    ledger.out("trace", "1");

    assertThat(Files.readAllLines(ledger.segment()).getLast())
        .contains("\"action\":\"ledger_query\"")
        .contains("\"filter\":{\"trace\":{\"seq\":1}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trace | SEQ",
        "trace 99 | there is no entry 99: the ledger has 6, counted from 0",
        "trace nobody | no entry has the session",
        "trace 0af7651916cd43dd8448eb211c80319d | no entry has the trace id",
        "trace session: | a session name must have 1 to 256",
        "trace 1 --dot --json | cannot be combined",
      })
  void wrongArgumentsAreExplained(String command, String message) {
    CommandLineRun run = ledger.run(command.split(" ", -1));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("osmoda: ").contains(message).doesNotContain("\tat ");
  }

  @Test
  void aDeepTreeIsIndentedOnlySoFar() throws IOException {
    try (Ledger open = Ledger.open(ledger.folder(), LedgerOptions.defaults())) {
      Receipt last = open.appendDurably(draft("agent_message", Status.OK).session("deep").build());
      for (int i = 0; i < 40; i++) {
        last = open.appendDurably(draft("agent_message", Status.OK, last).session("deep").build());
      }
    }

    List<String> lines = ledger.out("trace", "deep").lines().toList();
    assertThat(lines).hasSize(44);
    assertThat(lines.get(41)).startsWith("… ").contains("└─ ");
    assertThat(lines.stream().mapToInt(String::length).max().orElseThrow()).isLessThan(160);
  }
}
