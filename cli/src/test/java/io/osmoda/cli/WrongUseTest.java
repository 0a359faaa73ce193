package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people get to read who did something wrong: what, where, and what to do. */
class WrongUseTest {
  @TempDir Path temp;
  private TempLedger ledger = new TempLedger(Path.of(""));

  @BeforeEach
  void createLedger() throws IOException {
    ledger = TempLedger.create(temp).fill(3);
  }

  private void assertRefused(CommandLineRun run, String... parts) {
    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(2);
    assertThat(run.err()).startsWith("osmoda: ").contains(parts).doesNotContain("Exception");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "query --from 5x | --from: not a time: '5x'",
        "query --limit few | --limit: expected an integer, found 'few'",
        "query --format xml | --format: expected one of table, json, ndjson, csv, found 'xml'",
        "export --out x --payloads some | --payloads: expected one of full, withheld",
        "append --actor user:a --action b --payload {x | --payload: invalid JSON",
        "append --actor user:a --action b --payload @ | --payload: expected a file after @",
        "append --actor user:a --action b --caused-by 3 | Use SEQ@ENTRY_HASH",
        "token create t --role auditor --actor agent:x | --actor applies only to writer",
        "hold release x --reason y | expected a sequence number",
        "redact 99 --reason x --yes | redact: there is no entry 99",
        "verify-chain /nowhere/at/all | no such file or folder: /nowhere/at/all",
        "serve --no-http --socket /nowhere/x.sock | serve: no such file or folder: /nowhere",
        "serve --ledger /nowhere/at/all | serve: no ledger in /nowhere/at/all",
        "sample pom.xml --count 0 --seed x --out y | --count: expected a number of at least 1",
        "sample pom.xml --count 1 --seed x --out y | pom.xml is not a bundle",
        "summary --period 2999-01-01.. | has not started yet",
      })
  void isToldWithTheOptionAndWhatIsWanted(String command, String told) {
    assertRefused(ledger.run(command.split(" ", -1)), told);
  }

  @ParameterizedTest
  @ValueSource(strings = {"init", "status", "append --actor user:a --action b", "verify"})
  void anEmptyNameIsNoFolder(String command) {
    assertRefused(
        ledger.run((command + " --ledger=").split(" ", -1)), "--ledger: must not be empty");
  }

  @Test
  void aLedgerIsNoBundleThatWasTamperedWith() {
    assertRefused(
        ledger.run("verify-bundle", ledger.folder().toString()),
        "is a ledger, not a bundle",
        "osmoda verify --ledger");
  }

  @Test
  void aSampleOfASampleIsRefusedAsSuch() {
    String bundle = temp.resolve("all.zip").toString();
    String sample = temp.resolve("sample.zip").toString();
    ledger.out("export", "--out", bundle);
    ledger.out("sample", bundle, "--count", "2", "--seed", "s", "--out", sample);
    assertRefused(
        ledger.run("sample", sample, "--count", "1", "--seed", "s", "--out", sample + "2"),
        "this is already a sample");
  }

  @Test
  void aPeriodOfASummaryIsWrittenAsElsewhere() {
    assertThat(ledger.out("summary", "--period", "2020-Q3")).contains("2020-07-01 00:00:00");
  }

  @Test
  void timeIsTheTimestampInAListOfFieldsToo() {
    assertThat(ledger.out("query", "--fields", "seq,time", "--format", "csv"))
        .startsWith("seq,timestamp");
  }

  private int codeWith(OutputStream out, ByteArrayOutputStream err) {
    return Osmoda.run(
        new String[] {"query", "--json"},
        new ByteArrayInputStream(new byte[0]),
        out,
        err,
        Map.of("OSMODA_LEDGER", ledger.folder().toString()));
  }

  private static OutputStream failing(String why) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(why);
      }
    };
  }

  @Test
  void lostResultsAreAFailureButAReaderWhoHadEnoughIsNone() {
    var err = new ByteArrayOutputStream();
    assertThat(codeWith(failing("No space left on device"), err)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("cannot write to standard output: No space left on device");

    err.reset();
    assertThat(codeWith(failing("Broken pipe"), err))
        .as(err.toString(StandardCharsets.UTF_8))
        .isZero();
  }

  @Test
  void keysInAnImpossiblePlaceAreToldWithoutJavasWords() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    assertRefused(
        CommandLineRun.of(
            "init",
            "--ledger",
            temp.resolve("other").toString(),
            "--keys",
            file.resolve("keys").toString()),
        "cannot make the key folder");
  }
}
