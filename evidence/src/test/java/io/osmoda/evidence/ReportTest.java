package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.SettableTime;
import io.osmoda.query.FieldMask;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Manifest;
import io.osmoda.verify.Verdict;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report in a bundle says, against a month that is known and counts made otherwise. */
class ReportTest {
  @TempDir static Path shared;
  private static Ledger month;

  @TempDir Path temp;

  @BeforeAll
  static void makeTheMonth() throws IOException {
    month = MonthLedger.create(shared, 60);
  }

  @AfterAll
  static void closeTheMonth() throws IOException {
    month.close();
  }

  private static ExportRequest march(
      String framework, Map<String, List<String>> members, boolean withheld) {
    return new ExportRequest(
        framework.isEmpty() ? null : framework,
        null,
        MonthLedger.FROM,
        MonthLedger.TO,
        members,
        withheld);
  }

  private Path export(Ledger ledger, ExportRequest request, String name) throws IOException {
    Path target = temp.resolve(name);
    try (BundleSink sink = new FolderSink(target)) {
      new BundleExport(ledger, Frameworks.builtIn()).write(request, "user:dora", sink);
    }
    return target;
  }

  @Test
  void theSameRequestGivesTheSameBytesAndACopyAddsOneBox() throws Exception {
    ExportRequest request = march("soc2", Map.of(), false);
    Path one = export(month, request, "one");
    Path other = export(month, request, "other");
    assertThat(one.resolve("report.html")).hasSameBinaryContentAs(other.resolve("report.html"));
    assertThat(one.resolve("manifest.json"))
        .content()
        .isNotEqualTo(Files.readString(other.resolve("manifest.json")));

    ReportCopy copy = ReportCopy.of(one, FieldMask.NONE, SampleLedger.trusting(month));
    String box = copy.html();
    int from = box.indexOf("<div class=\"copy\">");
    String without =
        box.substring(0, from)
            + ReportPage.COPY_PLACE
            + box.substring(box.indexOf("</table></div>", from) + "</table></div>".length());
    assertThat(without).isEqualTo(Files.readString(one.resolve("report.html")));
    assertThat(ReportView.of(box).text())
        .contains("proves nothing")
        .contains("user:dora")
        .contains(BundleSummary.of(one).manifestSha256())
        .contains("with the trust file available there: intact");
    assertThat(
            ReportView.of(ReportCopy.of(one, FieldMask.NONE, VerifyOptions.defaults()).html())
                .text())
        .contains("self-consistent only. Not checked")
        .doesNotContain("with the trust file available");
    assertThat(ReportView.in(one).text())
        .doesNotContain("user:dora 2026"); // who asked is not in it
  }

  @Test
  void itIsPartOfTheBundleAndAChangeOfItIsFound() throws Exception {
    Path bundle = export(month, march("soc2", Map.of(), false), "bundle");
    assertThat(BundleVerifier.verify(bundle, SampleLedger.trust(month)).verdict())
        .isEqualTo(Verdict.INTACT);
    for (String name : List.of("report.html", "verify.py")) {
      Path file = bundle.resolve(name);
      byte[] kept = Files.readAllBytes(file);
      Files.writeString(file, Files.readString(file).replaceFirst("e", "E"));
      assertThat(BundleVerifier.verify(bundle, SampleLedger.trust(month)).findings())
          .as(name)
          .extracting(finding -> finding.kind().text())
          .containsExactly("bad_manifest");
      Files.write(file, kept);
    }
  }

  @Test
  void countsAreThoseOfAScanOfTheBundle() throws Exception {
    Path bundle =
        export(month, march("soc2", Map.of("source", List.of("mcp*", "api")), false), "b");
    ReportView report = ReportView.in(bundle);
    Manifest manifest = Manifest.parse(Files.readAllBytes(bundle.resolve("manifest.json")));
    List<Entry> lines = new ArrayList<>();
    for (String line : Files.readAllLines(bundle.resolve("entries.ndjson"))) {
      lines.add(Entry.parse(line.getBytes(StandardCharsets.UTF_8)));
    }
    Map<String, Function<Entry, String>> members =
        Map.of(
            "Action", Entry::action,
            "Outcome", Entry::status,
            "Actor", Entry::actor);
    members.forEach(
        (head, member) -> {
          Map<String, long[]> counted = new TreeMap<>();
          for (Entry line : lines) {
            if (manifest.isInside(line.timestamp())) {
              long[] counts = counted.computeIfAbsent(member.apply(line), key -> new long[2]);
              counts[0] += manifest.filter().matches(line) ? 1 : 0;
              counts[1]++;
            }
          }
          List<List<String>> expected = new ArrayList<>();
          counted.forEach(
              (value, counts) ->
                  expected.add(
                      List.of(
                          value, ReportWords.number(counts[0]), ReportWords.number(counts[1]))));
          List<List<String>> shown = report.counts(head);
          assertThat(shown).as(head).isNotEmpty();
          if (expected.size() <= 15) {
            assertThat(shown).as(head).containsExactlyInAnyOrderElementsOf(expected);
          } else {
            assertThat(expected).as(head).containsAll(shown.subList(0, 15));
          }
        });
    assertThat(report.row("Match the filter").get(1))
        .isEqualTo(ReportWords.number(manifest.counts().matching()));
    assertThat(report.row("Lines of entries.ndjson"))
        .containsExactly(
            "Lines of entries.ndjson",
            ReportWords.number(lines.size()),
            "numbers "
                + ReportWords.number(manifest.firstSeq())
                + " to "
                + ReportWords.number(manifest.endSeq() - 1)
                + ", without a gap");
  }

  @Test
  void controlsCountWhatTheAnnotationsName() throws Exception {
    for (String framework : List.of("soc2", "hipaa", "part11", "")) {
      Path bundle = export(month, march(framework, Map.of(), false), "b-" + framework);
      String notes = Files.readString(bundle.resolve("annotations.ndjson"));
      ReportView report = ReportView.in(bundle);
      for (Framework each :
          Frameworks.builtIn().select(framework.isEmpty() ? null : framework, null)) {
        for (Control control : each.controls()) {
          long named =
              notes
                  .lines()
                  .filter(
                      line ->
                          line.contains(
                              "{\"control\":\"%s\",\"framework\":\"%s\"}"
                                  .formatted(control.id(), each.id())))
                  .count();
          assertThat(report.rows())
              .as(each.id() + " " + control.id())
              .anySatisfy(
                  row -> {
                    assertThat(row).hasSize(5);
                    assertThat(row.subList(0, 4))
                        .containsExactly(
                            control.id(),
                            control.title(),
                            named > 0 ? "supports" : "not evidenced",
                            ReportWords.number(named));
                  });
        }
      }
      assertThat(report.text()).contains("certifies nothing");
      assertThat(report.html().toLowerCase(Locale.ROOT))
          .doesNotContain("compliant", "certified", "immutable", "tamper-proof");
    }
  }

  @Test
  void gapsStepsSilencesAndRedactionsAreTold() throws Exception {
    ReportView report = ReportView.in(export(month, march("soc2", Map.of(), false), "b"));
    assertThat(report.text())
        .contains("Gaps of capture: 1")
        .contains("2026-03-06 10:41:07 UTC 2026-03-06 13:09:58 UTC")
        .contains("the ledger's disk was full")
        .contains("Steps of the clock: 1")
        .contains(
            "No entry at all, although a running ledger seals at least one a day: 2026-03-13"
                + " 17:00:00")
        .contains("a customer asked for erasure, ticket DSR-112")
        .contains("GDPR Art. 17");
    assertThat(report.rows())
        .anySatisfy(row -> assertThat(row).contains("-95", "yes"))
        .anySatisfy(row -> assertThat(row).hasSize(6).contains("mcp_proxy observed", "1", "14"));
    assertThat(report.row("Matching, payload removed").get(1)).isEqualTo("2");
  }

  @Test
  void coverageIsThatOfTheStartsAndStops() throws Exception {
    ReportView report = ReportView.in(export(month, march("", Map.of(), false), "b"));
    // Off from the writer's end on the 13th at 17:00 until the 17th at 8:30.
    double off = Duration.ofHours(87).plusMinutes(30).toMinutes() / (31.0 * 24 * 60);
    assertThat(report.row("kernel observed").get(2)).isEqualTo(ReportWords.percent(1 - off));
    assertThat(report.row("mcp_proxy observed").get(2)).isEqualTo(ReportWords.percent(1 - off));
    // The hook stopped on the 10th at 16:00.
    double hook = Duration.ofHours(160).plusMinutes(30).toMinutes() / (31.0 * 24 * 60);
    assertThat(report.row("hook reported").get(2)).isEqualTo(ReportWords.percent(1 - hook));
    assertThat(report.row("api reported").get(2)).isEqualTo("not reported");
  }

  @Test
  void anEmptyPopulationIsToldAsSuch() throws Exception {
    ReportView nobody =
        ReportView.in(
            export(month, march("soc2", Map.of("actor", List.of("agent:nobody")), false), "b"));
    assertThat(nobody.row("Match the filter"))
        .containsExactly("Match the filter", "0", "no entry of the period matches");
    assertThat(nobody.text()).contains("0 of 11 controls that entries support");
    assertThat(nobody.rows()).noneSatisfy(row -> assertThat(row).contains("supports"));

    ExportRequest before =
        new ExportRequest(
            null,
            null,
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2026-02-01T00:00:00Z"),
            Map.of(),
            false);
    ReportView empty = ReportView.in(export(month, before, "c"));
    assertThat(empty.row("Sealed in the period"))
        .containsExactly("Sealed in the period", "0", "none");
    assertThat(empty.text())
        .contains("The ledger starts within the period")
        .contains("No capture point produced an entry in the period");
  }

  @Test
  void withheldPayloadsAreSaidToBeSo() throws Exception {
    ReportView report = ReportView.in(export(month, march("", Map.of(), true), "b"));
    assertThat(report.row("Payloads").get(1)).startsWith("withheld");
    Manifest manifest = Manifest.parse(Files.readAllBytes(temp.resolve("b/manifest.json")));
    assertThat(report.row("Included as skeletons").get(1))
        .isEqualTo(ReportWords.number(manifest.counts().skeletons()));
    assertThat(manifest.counts().skeletons()).isGreaterThan(100);
  }

  @Test
  void whatHappenedAtAnotherTimeThanItWasSealedIsCounted() throws Exception {
    SettableTime time = new SettableTime(Instant.parse("2026-03-01T12:00:00Z"));
    try (Ledger ledger =
        Ledger.create(
            temp.resolve("times"), SampleLedger.ORIGIN, LedgerOptions.defaults().withTime(time))) {
      time.pass(Duration.ofDays(1));
      happened(
          ledger, "2026-03-02T18:00:00Z"); // the line at the edge: in the period, sealed before
      time.pass(Duration.ofHours(4));
      happened(ledger, "2026-03-02T13:59:59.999999999Z"); // before
      happened(ledger, "2026-03-02T14:00:00Z");
      happened(ledger, "2026-03-02T17:00:00Z");
      happened(ledger, "2026-03-02T20:00:00Z"); // after, half-open
      time.pass(Duration.ofHours(5));
      happened(ledger, "2026-03-02T15:00:00Z"); // the edge at the end
      time.pass(Duration.ofHours(1));
      ExportRequest request =
          new ExportRequest(
              null,
              null,
              Instant.parse("2026-03-02T14:00:00Z"),
              Instant.parse("2026-03-02T20:00:00Z"),
              Map.of(),
              false);
      ReportView report = ReportView.in(export(ledger, request, "b"));
      assertThat(report.row("Sealed in the period, with such a time").get(1)).isEqualTo("4");
      assertThat(report.row("of them occurred before the period").get(1)).isEqualTo("1");
      assertThat(report.row("of them occurred after it, according to the source").get(1))
          .isEqualTo("1");
      assertThat(report.row("Occurred in it, sealed outside").get(1)).isEqualTo("2");
    }
  }

  private static void happened(Ledger ledger, String when) throws IOException {
    ledger.appendDurably(
        EntryDraft.builder("api", "user:dora", "login")
            .occurredAt(Instant.parse(when))
            .payload(JsonObject.EMPTY)
            .build());
  }
}
