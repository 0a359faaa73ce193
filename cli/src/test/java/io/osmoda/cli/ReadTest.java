package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.InclusionProof;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadTest {
  @TempDir Path temp;
  private TempLedger ledger = new TempLedger(Path.of(""));

  @BeforeEach
  void createLedger() throws IOException {
    ledger = TempLedger.create(temp).fill(6);
  }

  private List<Long> seqs(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    List<Long> seqs = new ArrayList<>();
    for (String line : ledger.out(all.toArray(String[]::new)).lines().toList()) {
      seqs.add(Entry.parse(line.getBytes(StandardCharsets.UTF_8)).seq());
    }
    return seqs;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--action tool_call | 1 2 3 4 5 6",
        "--actor agent:a1 | 1 3 5",
        "--actor agent:a* | 1 2 3 4 5 6",
        "--actor agent:a1 --status error | 3",
        "--tool tool-2 --tool tool-5 | 2 5",
        "--target /tmp/4 | 4",
        "--session run-1 --newest-first | 6 5 4 3 2 1",
        "--action tool_call --limit 2 | 5 6",
        "--action tool_call --limit 2 --newest-first | 6 5",
        "--text größe%3 | 3",
        "--action tool_call --to 2001-01-01 | ",
        "--action tool_call --from 1h | 1 2 3 4 5 6",
        "--source ledger --action ledger_create | 0",
      })
  void queryFindsWhatTheConditionsSay(String conditions, String expected) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("query"));
    for (String argument : conditions.split(" ", -1)) {
      arguments.add(argument.replace('%', ' '));
    }
    List<Long> wanted = new ArrayList<>();
    if (expected != null) {
      for (String seq : expected.split(" ", -1)) {
        wanted.add(Long.parseLong(seq));
      }
    }

    assertThat(seqs(arguments.toArray(String[]::new))).isEqualTo(wanted);
  }

  @Test
  void queryJsonPrintsTheLinesAsStored() throws IOException {
    List<String> stored = Files.readAllLines(ledger.segment());

    assertThat(ledger.out("query", "--json", "--action", "tool_call").lines().toList())
        .isEqualTo(stored.subList(1, 7));
  }

  @Test
  void queryPrintsATableForPeopleAndTellsThatThereIsMore() {
    CommandLineRun run = ledger.run("query", "--action", "tool_call", "--limit", "3");

    assertThat(run.out().lines()).hasSize(4);
    assertThat(run.out().lines().findFirst().orElse("")).matches("SEQ +TIME +ACTOR +ACTION .*WHAT");
    assertThat(run.out()).contains("tool-6 /tmp/6 {\"number\":6,\"text\":\"Größe 6\"}");
    assertThat(run.out()).doesNotContain("\u001b");
  }

  @Test
  void everyQueryIsPutOnRecord() throws IOException {
    ledger.out("query", "--status", "error");

    String line = Files.readAllLines(ledger.segment()).getLast();
    assertThat(line).contains("\"action\":\"ledger_query\"").contains("\"status\":[\"error\"]");
  }

  @Test
  void readingsAreLeftOutOfTablesUnlessAskedForButNeverOutOfJson() {
    ledger.out("query", "--status", "error");
    CommandLineRun table = ledger.run("tail", "-n", "2");

    assertThat(table.out()).contains("tool-5").contains("tool-6").doesNotContain("ledger_query");
    assertThat(table.err()).contains("hidden; use --reads to show them");
    assertThat(ledger.out("tail", "--reads")).contains("ledger_query");
    assertThat(ledger.out("query", "--action", "ledger_query")).contains("ledger_query");
    assertThat(ledger.out("query", "--json")).contains("\"action\":\"ledger_query\"");
  }

  @Test
  void theDefaultLimitKeepsTheNewestAndSaysSo() throws IOException {
    ledger.fill(150);
    CommandLineRun run = ledger.run("query", "--action", "tool_call");

    assertThat(run.out().lines()).hasSize(101);
    assertThat(run.out()).contains("tool-150").doesNotContain("tool-50 ");
    assertThat(run.err()).contains("newest 100").contains("--limit");
    assertThat(ledger.out("query", "--limit", "0").lines()).hasSizeGreaterThan(156);
  }

  @Test
  void nothingFoundIsSaidOnStandardErrorOnly() {
    CommandLineRun run = ledger.run("query", "--actor", "user:nobody");

    assertThat(run.code()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("No entries match");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "query --from soonish | not a time: 'soonish'",
        "query --from 1h --to 2h | is not before",
        "query --limit many | 'many'",
        "query --limit -1 | at least 0",
        "query --stauts ok | did you mean --status",
        "query extra | extra",
        "query --status eror | did you mean error?",
        "query --where tol:x | there is no field 'tol'",
        "query --where tool:x)AND | nothing opened",
        "query --where status:eror | did you mean error?",
        "query --where payload.n>x | compares numbers",
        "query --sort colour | unknown key 'colour'",
        "query --sort actor --newest-first | --newest-first and --sort cannot be combined",
        "query --fields colour | unknown field 'colour'",
        "query --by colour | cannot count by 'colour'",
        "query --by actor --count | cannot be combined",
        "query --count --fields seq | does not show entries",
        "query --histogram fast | not a span of time: 'fast'",
        "query --cursor 17 | is not a cursor",
        "query --format xml | xml",
        "query --prove --fields seq | needs complete entries",
        "tail --status fine | it is one of ok, error, denied",
        "show | SEQ",
        "show x | expected a sequence number",
        "show 1-2 | expected a sequence number",
        "show 99 | there is no entry 99",
        "tail -n -3 | from 0 to",
      })
  void wrongArgumentsAreExplained(String command, String message) {
    CommandLineRun run = ledger.run(command.split(" ", -1));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("osmoda: ").contains(message).doesNotContain("\tat ");
  }

  @Test
  void aMistakeInAConditionIsPointedAt() {
    CommandLineRun run = ledger.run("query", "--where", "tool:x AND staus:ok");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines().toList())
        .startsWith(
            "osmoda: query: --where: there is no field 'staus'",
            "  tool:x AND staus:ok",
            "             ^")
        .element(3)
        .asString()
        .contains("Did you mean status?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tool:tool-2 OR tool:tool-5 | 2 5",
        "actor:agent:a1 AND NOT status:error | 1 5",
        "seq>=3 AND seq<5 | 3 4",
        "target:\"/tmp/4\" | 4",
        "payload.nothing:* OR (seq:2) | 2",
      })
  void conditionsSelect(String where, String expected) throws IOException {
    assertThat(seqs("query", "--where", where))
        .isEqualTo(Arrays.stream(expected.split(" ")).map(Long::valueOf).toList());
  }

  @Test
  void countsByValuesAndByTime() throws Exception {
    assertThat(ledger.out("query", "--action", "tool_call", "--count")).isEqualTo("6\n");
    assertThat(ledger.out("query", "--action", "tool_call", "--by", "actor"))
        .containsPattern("COUNT +SHARE +ACTOR")
        .containsPattern("3 +50.0 % +agent:a1")
        .endsWith("6 entries\n");
    assertThat(ledger.out("query", "--action", "tool_call", "--by", "actor", "--json"))
        .contains("\"distinct\":2");
    assertThat(ledger.out("query", "--action", "tool_call", "--histogram", "1d"))
        .containsPattern("FROM +COUNT +FAILED")
        .contains("6 entries, ");
  }

  @Test
  void theFormatsHoldTheSameEntries() throws Exception {
    String[] fields = {"query", "--action", "tool_call", "--fields", "seq,actor,tool"};
    String csv = ledger.out(with(fields, "--format", "csv"));
    String lines = ledger.out(with(fields, "--format", "ndjson"));
    String array = ledger.out(with(fields, "--format", "json"));

    assertThat(csv).startsWith("seq,actor,tool\r\n1,agent:a1,tool-1\r\n");
    assertThat(lines).startsWith("{\"actor\":\"agent:a1\",\"seq\":1,\"tool\":\"tool-1\"}\n");
    assertThat(((JsonArray) CanonicalJson.parse(array.getBytes(StandardCharsets.UTF_8))).elements())
        .hasSize(6);
    assertThat(ledger.out(with(fields, "--limit", "2")))
        .containsPattern("SEQ +ACTOR +TOOL")
        .containsPattern("6 +agent:a\\d +tool-6");
  }

  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void aFormulaInACellIsDefused() throws Exception {
    ledger.out("append", "--actor", "user:eve", "--action", "tool_call", "--tool", "=1+1");

    assertThat(ledger.out("query", "--actor", "user:eve", "--format", "csv", "--fields", "tool"))
        .isEqualTo("tool\r\n'=1+1\r\n");
  }

  @Test
  void aCursorGoesOnWhereTheLastPageEnded() {
    String[] query = {
      "query", "--action", "tool_call", "--sort", "tool:desc", "--limit", "4", "--json"
    };
    CommandLineRun first = ledger.run(query);
    String cursor = first.err().replaceAll("(?s).*--cursor (\\S+).*", "$1");
    CommandLineRun second = ledger.run(with(query, "--cursor", cursor));

    assertThat(tools(first.out())).containsExactly("tool-6", "tool-5", "tool-4", "tool-3");
    assertThat(tools(second.out())).containsExactly("tool-2", "tool-1");
    assertThat(second.err()).doesNotContain("--cursor");
  }

  private static List<String> tools(String lines) {
    return lines.lines().map(line -> line.replaceAll(".*\"tool\":\"([^\"]*)\".*", "$1")).toList();
  }

  @Test
  void provenEntriesComeWithProofsThatHold() throws Exception {
    CommandLineRun run = ledger.run("query", "--tool", "tool-3", "--prove", "--json");

    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("1 entry proven in the tree of ");
    JsonObject line = (JsonObject) CanonicalJson.parse(run.out().getBytes(StandardCharsets.UTF_8));
    JsonObject entry = (JsonObject) line.get("entry");
    assertThat(entry).isNotNull();
    InclusionProof proof =
        InclusionProof.parse(String.valueOf(line.string("proof")).getBytes(StandardCharsets.UTF_8));
    assertThat(proof.leadsToRoot(Entry.parse(CanonicalJson.write(entry)).entryHash())).isTrue();
  }

  @Test
  void theIndexIsMadeKeptAndToldInStatus() throws Exception {
    assertThat(ledger.out("status", "--json")).contains("\"index\":{\"entries\":0");
    assertThat(ledger.out("index")).containsPattern("index: \\d+ of \\d+ entries are indexed");
    assertThat(ledger.out("status")).containsPattern("index +");
    assertThat(seqs("query", "--tool", "tool-2")).containsExactly(2L);
    assertThat(ledger.out("index", "--rebuild", "--json")).contains("\"missing\":0");
    assertThat(ledger.out("index", "--anew", "--json")).contains("\"missing\":0");
  }

  @Test
  void showTellsTheEntryAndWhatWasChecked() {
    String out = ledger.out("show", "3");

    assertThat(out)
        .contains("Entry 3  tool_call  error")
        .contains("agent:a1")
        .contains("api (reported)")
        .contains("\"text\": \"Größe 3\"")
        .contains("entry hash and payload hash recomputed")
        .contains("covered by the checkpoint of ");
  }

  @Test
  void showJsonIsTheStoredLine() throws IOException {
    String stored = Files.readAllLines(ledger.segment()).get(3);

    assertThat(ledger.out("show", "3", "--json")).isEqualTo(stored + "\n");
  }

  @Test
  void tailShowsTheNewest() throws IOException {
    assertThat(seqs("tail", "-n", "2")).containsExactly(5L, 6L);
    assertThat(seqs("tail", "-n", "2", "--actor", "agent:a1")).containsExactly(3L, 5L);
    assertThat(ledger.out("tail", "-n", "0")).isEmpty();
  }

  @Test
  void tailThatFollowsBeginsWithTheNewestAndIsOnRecordOnce() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Thread tail =
        Thread.ofPlatform()
            .start(
                () ->
                    Osmoda.run(
                        new String[] {"tail", "-f", "-n", "2"},
                        InputStream.nullInputStream(),
                        out,
                        OutputStream.nullOutputStream(),
                        Map.of("OSMODA_LEDGER", ledger.folder().toString())));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> out.toString(StandardCharsets.UTF_8).lines().count() == 3);
    ledger.out("append", "--actor", "agent:new", "--action", "tool_call");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> out.toString(StandardCharsets.UTF_8).contains("agent:new"));
    tail.interrupt();
    tail.join();

    assertThat(out.toString(StandardCharsets.UTF_8)).contains("tool-5").contains("tool-6");
    assertThat(Files.readAllLines(ledger.segment()))
        .filteredOn(line -> line.contains("\"action\":\"ledger_query\""))
        .hasSize(1);
  }

  @Test
  void aChangedEntryIsNotShown() throws IOException {
    String lines = Files.readString(ledger.segment());
    Files.writeString(ledger.segment(), lines.replace("Größe 3", "Größe 4"));
    CommandLineRun run = ledger.run("show", "3");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("bad_payload_hash");
  }

  @Test
  void statusTellsHowTheLedgerStands() throws IOException, JsonException {
    String out = ledger.out("status");
    assertThat(out)
        .contains(ledger.folder().toString())
        .contains(TempLedger.ORIGIN)
        .contains("nobody")
        .contains("Same user");

    JsonObject json =
        (JsonObject)
            CanonicalJson.parse(
                ledger.out("status", "--json").strip().getBytes(StandardCharsets.UTF_8));
    assertThat(json.members())
        .containsKeys("ledger", "origin", "size", "anchored", "mode", "newest_timestamp");
    assertThat(json.string("mode")).isEqualTo("same_user");
  }

  @Test
  void aLedgerOutOfReachIsProtectedUnlessItsKeysAreNot() {
    Path folder = temp.resolve("out of sight");
    Path keys = ledger.trustFile().resolveSibling("");

    assertThat(StatusVerb.isInReach(folder, temp.resolve("no keys"), "x")).isFalse();
    assertThat(StatusVerb.isInReach(folder, keys, "x")).isTrue();
    assertThat(StatusVerb.isInReach(ledger.folder(), temp.resolve("no keys"), "x")).isTrue();
  }

  @Test
  void aReadOnlyLedgerIsReadAndTheReadIsSaidNotToBeOnRecord() throws IOException {
    Path keys = ledger.trustFile().getParent();
    Files.move(keys, temp.resolve("away"));
    CommandLineRun run = ledger.run("query", "--action", "tool_call", "--json");

    assertThat(run.code()).isZero();
    assertThat(run.out().lines()).hasSize(6);
    assertThat(run.err()).contains("could not be recorded");
  }
}
