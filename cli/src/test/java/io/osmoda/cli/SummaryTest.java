package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SummaryTest {
  private TempLedger ledger = new TempLedger(Path.of(""));

  /** Beside six calls of two agents: one that took long, one without an end, one by the kernel. */
  @BeforeEach
  void create(@TempDir Path temp) throws IOException {
    ledger = TempLedger.create(temp).fill(6);
    try (Ledger open = Ledger.open(ledger.folder(), LedgerOptions.defaults())) {
      open.appendDurably(
          EntryDraft.builder("api", "agent:slow", "tool_call")
              .tool("tool-6")
              .status(Status.DENIED)
              .payload(JsonObject.builder().put("duration_ns", 90_000_000_000L).build())
              .build());
      open.appendDurably(
          EntryDraft.builder("mcp_proxy", "agent:slow", "tool_call")
              .tool("never")
              .status(Status.PENDING)
              .build());
      open.appendDurably(EntryDraft.builder("kernel", "system:kernel", "process_exec").build());
    }
  }

  private JsonObject json(String... more) throws JsonException {
    String[] arguments = new String[more.length + 2];
    arguments[0] = "summary";
    arguments[1] = "--json";
    System.arraycopy(more, 0, arguments, 2, more.length);
    return (JsonObject)
        CanonicalJson.parse(ledger.out(arguments).strip().getBytes(StandardCharsets.UTF_8));
  }

  private static double number(JsonObject json, String member) {
    return json.get(member) instanceof JsonNumber(double value) ? value : -1;
  }

  private static String squeezed(String text) {
    return text.replaceAll(" +", " ").replaceAll("\\d{4}-\\d\\d-\\d\\d [0-9:.]+Z", "TIME");
  }

  @Test
  void aPageTellsWhatHappened() {
    String out = squeezed(ledger.out("summary"));

    assertThat(out)
        .contains(" entries 10, and 0 from reading the ledger\n")
        .contains(" agents' side 8 api 7, mcp_proxy 1\n")
        .contains(" machine 1 kernel 1\n")
        .contains(" ACTOR ENTRIES OK ERROR DENIED PENDING\n")
        .contains(" agent:slow 2 1 1\n")
        .contains(" tool-6 2 1 1\n")
        .contains(" 1 min 30 s 7 TIME agent:slow denied tool_call tool-6\n")
        .contains("Failed and denied: 1 denied, 1 error; the newest\n")
        .contains("Started, never finished: 1 of 1 started calls; the oldest\n")
        .contains("Tools never seen before: 7 (the ledger starts in this period)\n")
        .contains("Gaps and capture points: none\n")
        .contains("More than an hour without any entry: never\n")
        .doesNotContain("\u001b");
  }

  @Test
  void aPeriodAndAnAgentNarrowIt() throws JsonException {
    assertThat(number(json("--period", "1h", "--agent", "slow"), "entries")).isEqualTo(2);
    assertThat(number(json("--agent", "system:kernel"), "entries")).isEqualTo(1);
    assertThat(number(json("--agent", "a*", "--period", "2000-01-01..now"), "entries"))
        .isEqualTo(6);
    assertThat(number(json("--period", "..2000-01-01"), "entries")).isZero();
    assertThat(number(json("--period", "1d.."), "entries")).isEqualTo(10);
  }

  @Test
  void nothingToTellIsSaid() {
    String out = squeezed(ledger.out("summary", "--period", "1999-01-01..2000-01-01"));

    assertThat(out)
        .contains(" entries 0, and 0 from reading")
        .contains("Actors: none\n")
        .contains("Slowest: no durations\n")
        .contains("Started, never finished: none\n")
        .contains("Tools never seen before: none\n");
  }

  @Test
  void aSummaryIsPutOnRecord() throws IOException {
    ledger.out("summary", "--agent", "slow");

    assertThat(Files.readAllLines(ledger.segment()).getLast())
        .contains("\"action\":\"ledger_query\"")
        .contains("\"filter\":{\"summary\":{\"actor\":\"agent:slow\",\"from\":\"");
    assertThat(squeezed(ledger.out("summary"))).contains("and 1 from reading the ledger");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "summary extra | extra",
        "summary --period soon | --period: 'soon' is not a period",
        "summary --period soon..now | not a time: 'soon'",
        "summary --period now..1h | ends before it starts",
        "summary --period 0s | --period: '0s' is not a period",
      })
  void wrongArgumentsAreExplained(String command, String message) {
    CommandLineRun run = ledger.run(command.split(" ", -1));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("osmoda: ").contains(message).doesNotContain("\tat ");
  }
}
