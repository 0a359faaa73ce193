package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.Entry;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user runs it: agent, proxy, server and daemon are processes of their own. */
class DemoTest {
  @TempDir Path temp;

  @Test
  void recordsAnAgentFindsEveryTamperingProvesAndRedacts() throws IOException {
    Path folder = temp.resolve("die Vorführung");
    CommandLineRun run = CommandLineRun.of("demo", folder.toString());

    assertThat(run.code()).as(run.err() + run.out()).isZero();
    assertThat(run.out())
        .containsPattern("read_file +error +\\.\\./\\.\\./\\.\\./etc/passwd")
        .containsPattern("tool_call +pending +read_file help-desk .\"path\":\"\\.\\./\\.\\./")
        .containsPattern("tool_result +error +read_file help-desk access denied")
        .containsPattern("http_request help-desk .\"headers\":.\"Authorization\":\"\\[masked")
        .contains("INTACT")
        .contains("bad_payload_hash at entry ")
        .contains("missing_seq at entry ")
        .contains("truncated at entry ")
        .contains("root_mismatch")
        .contains("unknown_key")
        .contains("rollback")
        .contains("PROVEN")
        .contains("verify says intact")
        .doesNotContain("nothing");
    assertSealedBeforeTheAnswer(folder.resolve("ledger"));
    assertNowhere(folder.resolve("ledger"), DemoAgent.SECRET);
    assertNowhere(folder.resolve("ledger"), DemoAgent.PERSONAL);

    CommandLineRun again = CommandLineRun.of("demo", folder.toString());
    assertThat(again.code()).as("in the same folder again: %s", again.err()).isZero();
  }

  private static void assertSealedBeforeTheAnswer(Path ledger) throws IOException {
    List<String> actions = new ArrayList<>();
    try (LedgerReader reader = LedgerReader.open(ledger);
        EntryCursor cursor = reader.read(0, Long.MAX_VALUE)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        actions.add(entry.action());
        if (entry.action().equals("tool_result")) {
          Entry call = reader.entry(entry.causedBy().getFirst().seq());
          assertThat(call.action()).isEqualTo("tool_call");
          assertThat(call.status()).isEqualTo("pending");
          assertThat(call.seq()).isLessThan(entry.seq());
        }
      }
    }
    assertThat(actions.stream().filter("tool_call"::equals)).hasSize(12);
    assertThat(actions.stream().filter("tool_result"::equals)).hasSize(12);
  }

  private static void assertNowhere(Path folder, String text) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(text);
      }
    }
  }

  @Test
  void neverReplacesAFolderThatIsNoDemo() throws IOException {
    Path mine = Files.createDirectories(temp.resolve("mine"));
    Files.writeString(mine.resolve("thesis.txt"), "irreplaceable");
    CommandLineRun run = CommandLineRun.of("demo", mine.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("is not an earlier demo").contains(mine.toString());
    assertThat(mine.resolve("thesis.txt")).exists();
  }

  @Test
  void wrongUseOfTheProxyIsExplained() throws IOException {
    TempLedger ledger = TempLedger.create(temp);

    assertThat(ledger.run("mcp", "wrap", "--agent", "a").err()).contains("COMMAND");
    assertThat(ledger.run("mcp", "wrap", "--", "cat").err()).contains("--agent");
    assertThat(ledger.run("mcp", "wrap", "--agent", "a", "--capture", "some", "--", "cat").err())
        .contains("full, digest or none");
    assertThat(ledger.run("mcp", "wrap", "--agent", "a", "--on-failure", "x", "--", "cat").err())
        .contains("deny or allow");
    assertThat(ledger.run("mcp", "wrap", "--agent", "a", "--max-content", "1", "--", "cat").err())
        .contains("256");
    CommandLineRun none =
        new TempLedger(temp.resolve("none")).run("mcp", "wrap", "--agent", "a", "--", "cat");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("osmoda init");
  }
}
