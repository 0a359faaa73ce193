package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people ask every day is one command; what is not understood is said. */
class EverydayQuestionsTest {
  private TempLedger ledger = new TempLedger(Path.of(""));

  /** Entries 1 to 6: three calls of {@code agent:fs-agent}, each with its result. */
  @BeforeEach
  void create(@TempDir Path temp) throws IOException {
    ledger = TempLedger.create(temp);
    try (Ledger open = Ledger.open(ledger.folder(), LedgerOptions.defaults())) {
      call(open, "read_file", "/etc/passwd", Status.ERROR, 30_000_000);
      call(open, "read_file", "/srv/data/a.csv", Status.OK, 90_000_000);
      call(open, "run", "cat /srv/data/b.csv", Status.OK, 60_000_000);
    }
  }

  private static void call(Ledger open, String tool, String what, Status outcome, long nanos)
      throws IOException {
    Receipt call =
        open.appendDurably(
            EntryDraft.builder("mcp_proxy", "agent:fs-agent", "tool_call")
                .tool(tool)
                .session("run-" + tool)
                .status(Status.PENDING)
                .payload(
                    JsonObject.builder()
                        .put("arguments", JsonObject.builder().put("what", what).build())
                        .build())
                .build());
    open.appendDurably(
        EntryDraft.builder("mcp_proxy", "agent:fs-agent", "tool_result")
            .tool(tool)
            .session("run-" + tool)
            .status(outcome)
            .causedBy(List.of(CauseReference.local(call)))
            .payload(
                JsonObject.builder()
                    .put("duration_ns", nanos)
                    .put("result", outcome == Status.OK ? "done /srv/data" : "access denied")
                    .build())
            .build());
  }

  private List<String> seqs(String... arguments) {
    String[] all = new String[arguments.length + 5];
    System.arraycopy(new String[] {"query", "--fields", "seq", "--format", "csv"}, 0, all, 0, 5);
    System.arraycopy(arguments, 0, all, 5, arguments.length);
    return ledger.out(all).lines().skip(1).toList();
  }

  @Test
  void theSlowestCallsComeFirst() {
    assertThat(seqs("--sort", "payload.duration_ns:desc", "--limit", "3"))
        .containsExactly("4", "6", "2");
  }

  @Test
  void whoTouchedAPathIsFoundInArgumentsAndNotInResults() {
    assertThat(seqs("--touched", "/srv/data")).containsExactly("3", "5");
    assertThat(seqs("--touched", "/srv/data/a.csv")).containsExactly("3");
    assertThat(seqs("--touched", "/etc/pass")).isEmpty();
  }

  @Test
  void aFailedCallStandsBesideItsArguments() {
    assertThat(ledger.out("query", "--status", "error", "--arguments"))
        .contains("{\"what\":\"/etc/passwd\"}")
        .contains("→")
        .contains("access denied");
    assertThat(ledger.out("query", "--status", "error", "--arguments", "--json").lines())
        .singleElement()
        .asString()
        .startsWith("{\"call\":{")
        .contains("\"entry\":{");
  }

  @Test
  void theSessionOfAnEntryIsShownUpToIt() {
    assertThat(seqs("--session-of", "4", "--before", "4")).containsExactly("1", "2", "3");
    assertThat(ledger.run("query", "--session-of", "0").err()).contains("has no session");
    assertThat(ledger.run("query", "--session-of", "999").err()).contains("there is no entry 999");
  }

  @Test
  void entriesAreCountedByTimeAndTool() {
    assertThat(ledger.out("query", "--histogram", "1d", "--by", "tool", "--action", "tool_result"))
        .contains("read_file")
        .contains("run")
        .contains("3 entries");
  }

  @Test
  void anAgentIsNamedWithoutItsKind() {
    assertThat(seqs("--agent", "fs-agent", "--status", "error")).containsExactly("2");
    assertThat(ledger.out("tail", "--agent", "fs-agent")).contains("agent:fs-agent");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--tool|read_fil|no tool read_fil is on record; did you mean read_file?",
        "--actor|agent:fs-agnt|no actor agent:fs-agnt is on record; did you mean agent:fs-agent?",
        "--actor|user:fs-agent|did you mean agent:fs-agent?",
        "--where|tool:run status:error|without status:error 2 entries match",
        "--to|2020-01-01|without the bounds of time",
      })
  void anAnswerWithoutEntriesSaysWhy(String option, String value, String why) {
    CommandLineRun run = ledger.run("query", option, value);

    assertThat(run.code()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("No entries match.").contains(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--actor|fs-agent|agent:fs-agent",
        "--where|actor:fs-agent|agent:fs-agent",
        "--where|seq=>3|Did you mean >=?",
        "--text|run -cat|there is no sign '-'",
        "--text|run OR cat|OR is an operator",
      })
  void whatIsNotUnderstoodIsRefusedWithASuggestion(String option, String value, String hint) {
    CommandLineRun run = ledger.run("query", option, value);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(hint);
  }

  @Test
  void aPeriodThatIsNotOverEndsNow() {
    CommandLineRun run = ledger.run("summary", "--period", "today");

    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("today is not over until");
    assertThat(run.out()).contains("tool_result");
    assertThat(ledger.run("summary", "--period", "2999").err()).contains("has not begun yet");
  }

  @Test
  void aTraceShowsArguments() {
    assertThat(ledger.out("trace", "1")).contains("{\"what\":\"/etc/passwd\"}");
  }
}
