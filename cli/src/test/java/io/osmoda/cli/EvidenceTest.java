package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs for auditors: controls, export, sample and verify-bundle. */
class EvidenceTest {
  @TempDir Path temp = Path.of("");
  TempLedger ledger = new TempLedger(Path.of(""));

  @BeforeEach
  void fill() throws IOException {
    ledger = TempLedger.create(temp).fill(9);
  }

  @Test
  void aBundleGoesFromExportOverSampleToVerification() {
    String zip = temp.resolve("all.zip").toString();
    assertThat(ledger.out("export", "--agent", "a1", "--out", zip)).contains("5 matching");
    String verified = ledger.out("verify-bundle", zip, "--trust", ledger.trustFile().toString());
    assertThat(verified).contains("INTACT").contains("5 matching");

    String sample = temp.resolve("sample").toString();
    assertThat(ledger.out("sample", zip, "--count", "2", "--seed", "s", "--out", sample))
        .contains("2 entries");
    assertThat(ledger.out("verify-bundle", sample, "--json"))
        .contains("\"kind\":\"sample\"")
        .contains("\"verdict\":\"intact\"");
  }

  @Test
  void aChangedBundleIsFoundWithExitCode1() throws IOException {
    Path bundle = temp.resolve("bundle");
    ledger.out("export", "--out", bundle.toString(), "--payloads", "withheld");
    Path entries = bundle.resolve("entries.ndjson");
    Files.writeString(entries, Files.readString(entries).replace("tool-4", "tool-x"));
    CommandLineRun run = ledger.run("verify-bundle", bundle.toString());
    assertThat(run.code()).isEqualTo(Osmoda.FINDINGS);
    assertThat(run.out()).contains("TAMPERED").containsPattern("bad_hash +4 ");
  }

  @Test
  void copiesHoldWhatMatchesAndSayThatTheyProveNothing() throws IOException {
    for (String format : new String[] {"csv", "json", "ndjson"}) {
      Path copy = temp.resolve("copy." + format);
      CommandLineRun run =
          ledger.run("export", "--status", "error", "--format", format, "--out", copy.toString());
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err()).contains("proves nothing");
      assertThat(Files.readString(copy))
          .contains("unverified_copy_of")
          .contains("manifest")
          .contains("tool-3")
          .contains("Größe 3")
          .doesNotContain("tool-4");
    }
    assertThat(Files.readString(temp.resolve("copy.csv")).lines().toList()).hasSize(2);
    assertThat(ledger.out("query", "--action", "ledger_export", "--count").strip()).isEqualTo("6");
    Path refused = temp.resolve("refused.csv");
    CommandLineRun run =
        ledger.run("export", "--framework", "soc9", "--format", "csv", "--out", refused.toString());
    assertThat(run.code()).isEqualTo(Osmoda.FAILED);
    assertThat(refused).doesNotExist();
  }

  @Test
  void controlsAreSupportedOrNotEvidenced() {
    assertThat(ledger.out("controls", "--framework", "soc2"))
        .contains("CC7.2")
        .contains("supports")
        .contains("not evidenced")
        .doesNotContain("ompliant");
    assertThat(ledger.out("controls", "--framework", "part11", "--details"))
        .contains("cannot show:")
        .contains("11.10(k)");
    assertThat(ledger.out("controls", "--table")).contains("Change management").contains("CC8.1");
    assertThat(ledger.out("controls", "--json", "--period", "2020"))
        .contains("\"from\":\"2020-01-01T00:00:00Z\"")
        .contains("\"to\":\"2021-01-01T00:00:00Z\"");
    assertThat(ledger.out("controls", "--json", "--period", "2020-Q3"))
        .contains("\"from\":\"2020-07-01T00:00:00Z\"")
        .contains("\"to\":\"2020-10-01T00:00:00Z\"");
    assertThat(ledger.out("controls", "--json", "--period", "2020-12-05..2020-12-07"))
        .contains("\"from\":\"2020-12-05T00:00:00Z\"")
        .contains("\"to\":\"2020-12-07T00:00:00Z\"");
    assertThat(ledger.out("controls", "--json", "--period", "1h"))
        .contains("\"from\":")
        .doesNotContain("\"to\":");
  }

  private void assertRefused(String why, String... arguments) {
    CommandLineRun run = ledger.run(arguments);
    assertThat(run.code()).as(why).isEqualTo(Osmoda.FAILED);
    assertThat(run.err()).contains(why).doesNotContain("\tat ");
  }

  @Test
  void wrongUseIsRefusedWithWhatToDo() throws IOException {
    String out = temp.resolve("none").toString();
    assertRefused("is no period", "controls", "--period", "2026-Q5");
    assertRefused("there is no framework soc9", "controls", "--framework", "soc9");
    assertRefused("says both ends", "export", "--period", "2026", "--from", "1h", "--out", out);
    assertRefused("is to come", "export", "--period", "2999", "--out", out);
    assertRefused("there is no category cars", "export", "--category", "cars", "--out", out);
    assertRefused("name it too", "export", "--control", "CC8.1", "--out", out);
    assertRefused("there is no status fine", "export", "--status", "fine", "--out", out);
    assertRefused("no such file", "verify-bundle", temp.resolve("absent").toString());
    assertThat(Path.of(out)).doesNotExist();
    Path file = Files.writeString(temp.resolve("own.yaml"), "id: X\n");
    assertRefused("id: must match", "controls", "--frameworks", file.toString());
    Files.createDirectory(temp.resolve("there"));
    assertRefused(
        "there is something already", "export", "--out", temp.resolve("there").toString());
  }
}
