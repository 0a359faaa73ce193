package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitTest {
  @TempDir Path temp;

  @Test
  void makesLedgerKeysAndTrustFileAndSaysWhereTheyLie() throws IOException {
    Path folder = temp.resolve("größe und maß");
    CommandLineRun run =
        CommandLineRun.of("init", "--ledger", folder.toString(), "--origin", "a.example/1");

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    Path trustFile = temp.resolve("größe und maß.keys").resolve("trust.policy");
    assertThat(run.out())
        .contains("Created a ledger at " + folder)
        .contains("a.example/1")
        .contains(trustFile.toString())
        .contains("--ledger '" + folder + "'")
        .doesNotContain("\u001b");
    assertThat(trustFile).exists();
    try (LedgerReader reader = LedgerReader.open(folder)) {
      assertThat(reader.origin()).isEqualTo("a.example/1");
      assertThat(reader.entry(0).action()).isEqualTo("ledger_create");
    }
  }

  @Test
  void takesTheFolderFromTheEnvironment() {
    Path folder = temp.resolve("elsewhere");
    CommandLineRun run =
        CommandLineRun.of(new byte[0], Map.of("OSMODA_LEDGER", folder.toString()), "init");

    assertThat(run.code()).isZero();
    assertThat(folder.resolve("ledger.json")).exists();
  }

  @Test
  void refusesToReplaceALedger() {
    String folder = temp.resolve("l").toString();
    assertThat(CommandLineRun.of("init", "--ledger", folder).code()).isZero();
    CommandLineRun again = CommandLineRun.of("init", "--ledger", folder);

    assertThat(again.code()).isEqualTo(2);
    assertThat(again.out()).isEmpty();
    assertThat(again.err()).startsWith("osmoda: init: ").contains("already").contains(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Foo", "a b", "-a", "", "https//ü"})
  void refusesWhatIsNoOriginAndProposesOne(String origin) {
    CommandLineRun run =
        CommandLineRun.of("init", "--ledger", temp.resolve("l").toString(), "--origin", origin);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("invalid origin: '" + origin + "'").contains("for example ");
    assertThat(temp.resolve("l")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "Laptop.Local, laptop.local",
    "my host, my-host",
    "-._x, x",
    "'', localhost",
    "größe, gr-e",
    "ok/name:1, ok/name:1",
  })
  void fitsTheMachinesNameToTheRule(String name, String origin) {
    assertThat(Origins.fitted(name)).isEqualTo(origin);
    assertThat(Origins.isOrigin(origin)).isTrue();
  }

  @Test
  void saysWhatHindersWhereNothingCanBeWritten() throws IOException {
    Path file = temp.resolve("file");
    Files.writeString(file, "");
    CommandLineRun run = CommandLineRun.of("init", "--ledger", file.resolve("ledger").toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(file.toString()).doesNotContain("\tat ");
  }
}
