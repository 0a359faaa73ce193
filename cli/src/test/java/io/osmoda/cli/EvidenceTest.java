package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    assertThat(verified)
        .contains("INTACT")
        .contains("5 matching")
        .containsPattern("as of +20[0-9-]+T\\S+, 0 days and 0 hours ago");

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
    assertThat(run.code()).isEqualTo(ExitCode.FINDINGS);
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
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(refused).doesNotExist();
  }

  @Test
  void eachFormatOfOthersIsACopyOfWhatMatchesToo() throws IOException {
    for (String format : new String[] {"oscal", "ocsf", "cloudevents"}) {
      Path copy = temp.resolve("copy." + format);
      CommandLineRun run =
          ledger.run("export", "--agent", "a1", "--format", format, "--out", copy.toString());
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err()).contains("proves nothing");
      String manifest = run.out().substring(run.out().lastIndexOf(' ') + 1).strip();
      assertThat(manifest).matches("[0-9a-f]{64}");
      assertThat(Files.readString(copy)).contains(manifest).contains(TempLedger.ORIGIN);
      if (!format.equals("oscal")) {
        assertThat(Files.readString(copy)).contains("/tmp/3").doesNotContain("/tmp/4");
        assertThat(Files.readAllLines(copy)).hasSize(5);
      }
    }
    Path newer = temp.resolve("newer.ocsf");
    ledger.out(
        "export", "--format", "ocsf", "--ocsf-version", "1.9.0-dev", "--out", newer.toString());
    assertThat(Files.readString(newer)).contains("attestation_list").contains("ai_agent");
  }

  @Test
  void aCopyOfABundleNeedsNoLedgerAndIsThatOfTheExportWithTheSameBundle() throws IOException {
    Path bundle = temp.resolve("all.zip");
    ledger.out("export", "--agent", "a1", "--out", bundle.toString());
    TempLedger none = new TempLedger(temp.resolve("no ledger is here"));
    for (String format : new String[] {"csv", "json", "ndjson", "oscal", "ocsf", "cloudevents"}) {
      Path copy = temp.resolve("copy." + format);
      assertThat(
              none.out(
                  "export",
                  "--bundle",
                  bundle.toString(),
                  "--format",
                  format,
                  "--out",
                  copy.toString()))
          .contains("5 matching");
      assertThat(copy).isNotEmptyFile();
    }
    assertThat(ledger.out("query", "--action", "ledger_export", "--count").strip()).isEqualTo("2");
    Path folder = temp.resolve("folder");
    ledger.out("export", "--out", folder.toString());
    Path entries = folder.resolve("entries.ndjson");
    Files.writeString(entries, Files.readString(entries).replace("tool-4", "tool-x"));
    for (String format : new String[] {"csv", "json", "oscal", "ocsf", "cloudevents", "html"}) {
      Path refused = temp.resolve("refused." + format);
      assertRefused(
          "bad_hash at 4",
          "export",
          "--bundle",
          folder.toString(),
          "--format",
          format,
          "--out",
          refused.toString());
      assertThat(refused).doesNotExist();
    }
  }

  @Test
  void whatIsMaskedStandsInNoCopy() throws IOException {
    for (String format : new String[] {"csv", "json", "html"}) {
      Path copy = temp.resolve("copy." + format);
      ledger.out(
          "export",
          "--framework",
          "soc2",
          "--mask",
          "target,payload.text",
          "--mask",
          "session",
          "--format",
          format,
          "--out",
          copy.toString());
      assertThat(Files.readString(copy))
          .contains("***")
          .contains("tool-3")
          .contains("payload.text")
          .doesNotContain("Größe")
          .doesNotContain("/tmp/")
          .doesNotContain("run-1");
    }
  }

  @Test
  void optionsOfCopiesThatDoNotFitAreRefused() {
    String out = temp.resolve("none").toString();
    assertRefused("a bundle cannot be masked", "export", "--mask", "target", "--out", out);
    for (String format : new String[] {"ndjson", "oscal", "ocsf", "cloudevents"}) {
      assertRefused(
          "only csv, json, html and pdf copies can be masked",
          "export",
          "--mask",
          "target",
          "--format",
          format,
          "--out",
          out);
    }
    assertRefused(
        "a report counts by action", "export", "--mask", "action", "--format", "pdf", "--out", out);
    assertRefused(
        "did you mean target", "export", "--mask", "targt", "--format", "csv", "--out", out);
    assertRefused(
        "there are 1.8.0 and 1.9.0-dev",
        "export",
        "--ocsf-version",
        "1.9.0",
        "--format",
        "ocsf",
        "--out",
        out);
    assertRefused(
        "osmoda sample BUNDLE --count N", "export", "--sample", "25", "--seed", "s", "--out", out);
    assertRefused("requires --format ocsf", "export", "--ocsf-version", "1.8.0", "--out", out);
    assertRefused("pass the copy's --format", "export", "--bundle", "b.zip", "--out", out);
    assertRefused(
        "conditions only apply",
        "export",
        "--bundle",
        "b.zip",
        "--format",
        "csv",
        "--agent",
        "a1",
        "--out",
        out);
    assertRefused("b.zip", "export", "--bundle", "b.zip", "--format", "csv", "--out", out);
    assertRefused("oscal", "export", "--format", "oskal", "--out", out);
    assertThat(temp.resolve("none")).doesNotExist();
  }

  @Test
  void theReportStandsByItselfAsHtmlAndPdfAlsoOfABundleThatThereIs() throws IOException {
    Path html = temp.resolve("report.html");
    CommandLineRun run =
        ledger.run("export", "--framework", "soc2", "--format", "html", "--out", html.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("proves nothing");
    assertThat(Files.readString(html))
        .contains("An unverified copy")
        .contains("with the trust file available there: intact")
        .contains("CC8.1");

    String zip = temp.resolve("all.zip").toString();
    ledger.out("export", "--out", zip);
    Path pdf = temp.resolve("report.pdf");
    run = ledger.run("export", "--bundle", zip, "--format", "pdf", "--out", pdf.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Files.readString(pdf, StandardCharsets.ISO_8859_1)).startsWith("%PDF-");

    String sample = temp.resolve("sample").toString();
    ledger.out("sample", zip, "--count", "2", "--seed", "s", "--out", sample);
    Path refused = temp.resolve("refused.pdf");
    assertRefused(
        "a sample has no report",
        "export",
        "--bundle",
        sample,
        "--format",
        "pdf",
        "--out",
        refused.toString());
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
    assertThat(run.code()).as(why).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains(why).doesNotContain("\tat ");
  }

  @Test
  void wrongUseIsRefusedWithWhatToDo() throws IOException {
    String out = temp.resolve("none").toString();
    assertRefused("is not a period", "controls", "--period", "2026-Q5");
    assertRefused("unknown framework soc9", "controls", "--framework", "soc9");
    assertRefused("sets both ends", "export", "--period", "2026", "--from", "1h", "--out", out);
    assertRefused("is in the future", "export", "--period", "2999", "--out", out);
    assertRefused("unknown category cars", "export", "--category", "cars", "--out", out);
    assertRefused("a control needs its framework", "export", "--control", "CC8.1", "--out", out);
    assertRefused("there is no status fine", "export", "--status", "fine", "--out", out);
    assertRefused("no such file", "verify-bundle", temp.resolve("absent").toString());
    assertThat(Path.of(out)).doesNotExist();
    Path file = Files.writeString(temp.resolve("own.yaml"), "id: X\n");
    assertRefused("id: must match", "controls", "--frameworks", file.toString());
    Files.createDirectory(temp.resolve("there"));
    assertRefused("already exists", "export", "--out", temp.resolve("there").toString());
  }
}
