package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.daemon.Daemon;
import io.osmoda.daemon.DaemonOptions;
import io.osmoda.format.entry.Entry;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppendTest {
  @TempDir Path temp;
  private TempLedger ledger = new TempLedger(Path.of(""));

  @BeforeEach
  void createLedger() throws IOException {
    ledger = TempLedger.create(temp);
  }

  private Entry entry(long seq) throws IOException {
    try (LedgerReader reader = LedgerReader.open(ledger.folder())) {
      return reader.entry(seq);
    }
  }

  @Test
  void sealsWhatTheOptionsSayAndPrintsTheReceipt() throws IOException {
    String out =
        ledger.out(
            "append",
            "--actor",
            "user:ana",
            "--action",
            "deploy",
            "--status",
            "denied",
            "--tool",
            "jira",
            "--target",
            "OPS-1",
            "--session",
            "s",
            "--reason",
            "two\nlines",
            "--payload",
            "{\"b\": 1.0}");

    Entry entry = entry(1);
    assertThat(out).isEqualTo("{\"entry_hash\":\"" + entry.entryHash().hex() + "\",\"seq\":1}\n");
    assertThat(entry.actor()).isEqualTo("user:ana");
    assertThat(entry.action()).isEqualTo("deploy");
    assertThat(entry.status()).isEqualTo("denied");
    assertThat(entry.tool()).isEqualTo("jira");
    assertThat(entry.target()).isEqualTo("OPS-1");
    assertThat(entry.session()).isEqualTo("s");
    assertThat(entry.reason()).isEqualTo("two\nlines");
    assertThat(entry.source()).isEqualTo("api");
    assertThat(entry.payloadText()).isEqualTo("{\"b\":1}");
  }

  @Test
  void takesThePayloadFromAFileOrStandardInput() throws IOException {
    Path file = temp.resolve("päyload.json");
    Files.writeString(file, "{\"from\":\"file\"}");
    ledger.out("append", "--actor", "user:a", "--action", "x", "--payload", "@" + file);
    CommandLineRun run =
        ledger.runWithInput(
            "{\"from\":\"stdin\"}",
            "append",
            "--actor",
            "user:a",
            "--action",
            "x",
            "--payload",
            "-");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(entry(1).payloadText()).isEqualTo("{\"from\":\"file\"}");
    assertThat(entry(2).payloadText()).isEqualTo("{\"from\":\"stdin\"}");
  }

  @Test
  void namesTheCauseByNumberAndHash() throws IOException {
    ledger.out("append", "--actor", "user:a", "--action", "ask");
    String cause = "1@" + entry(1).entryHash().hex();
    ledger.out("append", "--actor", "user:a", "--action", "act", "--caused-by", cause);

    assertThat(entry(2).causedBy()).hasSize(1);
    assertThat(entry(2).causedBy().getFirst().seq()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--action x | needs --actor and --action",
        "--actor user:a | needs --actor and --action",
        "--actor nobody --action x | kind:id",
        "--actor root:x --action x | agent, user, ssh, system or mesh",
        "--actor user:a --action Bad | tool_call",
        "--actor user:a --action ledger_create | sealed by the ledger",
        "--actor system:ledger --action x | ledger",
        "--actor user:a --action x --status fine | must be one of ok",
        "--actor user:a --action x --payload [1] | object",
        "--actor user:a --action x --payload {\"a\":} | at byte 5",
        "--actor user:a --action x --payload @/nowhere | no such file",
        "--actor user:a --action x --caused-by 0 | ORIGIN#SEQ@ENTRY_HASH",
        "--actor user:a --action x --source kernel | unknown option",
        "something | The only argument is -",
        "- --actor user:a | standard input",
      })
  void saysWhatIsWrongWithTheDraft(String arguments, String message) throws IOException {
    CommandLineRun run = ledger.run(("append " + arguments).split(" ", -1));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("osmoda: append: ").contains(message).doesNotContain("\tat ");
    try (LedgerReader reader = LedgerReader.open(ledger.folder())) {
      assertThat(reader.size()).isEqualTo(1);
    }
  }

  @Test
  void sealsALineOfStandardInputEachAndTellsWhichWereRefused() throws IOException {
    String input =
        """
        {"actor":"agent:a","action":"one"}

        {"actor":"agent:a","action":"Two"}
        {"actor":"agent:a"
        {"actor":"agent:a","action":"three","payload":{"n":3}}
        {"actor":"agent:a","action":"capture_start"}
        {"actor":"agent:a","action":"four","source":"kernel"}
        {"actor":"agent:a","action":"five"}\
        """;
    CommandLineRun run;
    try (Daemon daemon = Daemon.start(DaemonOptions.of(ledger.folder()))) {
      assertThat(daemon.socket()).exists();
      run = ledger.runWithInput(input, "append", "-");
    }

    assertThat(run.code()).isEqualTo(1);
    List<String> receipts = run.out().lines().toList();
    assertThat(receipts).hasSize(3);
    assertThat(entry(1).action()).isEqualTo("one");
    assertThat(entry(2).action()).isEqualTo("three");
    assertThat(entry(3).action()).isEqualTo("five");
    for (int i = 0; i < 3; i++) {
      assertThat(receipts.get(i))
          .isEqualTo(
              "{\"entry_hash\":\""
                  + entry(i + 1).entryHash().hex()
                  + "\",\"seq\":"
                  + (i + 1)
                  + "}");
    }
    assertThat(run.err().lines().toList())
        .hasSize(4)
        .anySatisfy(line -> assertThat(line).startsWith("osmoda: append: line 3: action"))
        .anySatisfy(line -> assertThat(line).startsWith("osmoda: append: line 4: at byte"))
        .anySatisfy(line -> assertThat(line).startsWith("osmoda: append: line 6: action"))
        .anySatisfy(line -> assertThat(line).startsWith("osmoda: append: line 7: source"));
  }

  @Test
  void refusesALineThatNoEntryCouldHold() throws IOException {
    String input =
        "{\"actor\":\"agent:a\",\"action\":\"x\",\"payload\":{\"a\":\""
            + "y".repeat(DraftStream.MAX_LINE)
            + "\"}}\n{\"actor\":\"agent:a\",\"action\":\"after\"}\n";
    CommandLineRun run;
    try (Daemon daemon = Daemon.start(DaemonOptions.of(ledger.folder()))) {
      assertThat(daemon.socket()).exists();
      run = ledger.runWithInput(input, "append", "-");
    }

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("line 1: ").contains("longer than");
    assertThat(entry(1).action()).isEqualTo("after");
  }

  @Test
  void aLedgerThatAnotherProcessHoldsIsNamed() throws IOException {
    try (Ledger held = Ledger.open(ledger.folder(), LedgerOptions.defaults())) {
      assertThat(held.origin()).isEqualTo(TempLedger.ORIGIN);
      CommandLineRun run = ledger.run("append", "--actor", "user:a", "--action", "x");

      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err())
          .contains(Long.toString(ProcessHandle.current().pid()))
          .contains(ledger.folder().toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"append -", "append --actor user:a --action x", "query", "show 1", "tail", "status"})
  void withoutALedgerTheMessageSaysWhatToDo(String command) {
    TempLedger none = new TempLedger(temp.resolve("none"));
    CommandLineRun run = none.run(command.split(" ", -1));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(none.folder().toString()).contains("osmoda init");
  }
}
