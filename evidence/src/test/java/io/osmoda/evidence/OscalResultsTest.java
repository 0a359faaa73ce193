package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Schema;
import io.osmoda.ledger.Ledger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents hold to the schema that NIST published, say what was counted and conclude nothing. */
class OscalResultsTest {
  private static final String OWN =
      """
      id: 0-own.rules
      name: "Own rules\\nof <b>ours</b>"
      version: "1"
      source: us
      applicability: all
      dates: []
      controls:
      - id: "R(1)"
        title: "  refused \\t calls\\u0085 "
        asks: what
        requirements: []
        supports:
        - actions: [tool_call]
        cannot_show: that
        human_evidence: these
      - id: R 1
        title: none
        asks: what
        requirements: []
        supports: []
        cannot_show: that
        human_evidence: these\
      """;

  @TempDir Path temp = Path.of("");

  private static String results(Path bundle) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OscalResults.write(bundle, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static ExportRequest request(
      @Nullable String framework, @Nullable String control, @Nullable Instant from) {
    return new ExportRequest(framework, control, from, null, Map.of(), false);
  }

  @Test
  void everyShapeOfBundleGivesADocumentThatHoldsToThePublishedSchema() throws Exception {
    Schema schema = PublishedSchema.OSCAL.load();
    try (Ledger ledger = CatalogueLedger.create(temp)) {
      List<ExportRequest> requests =
          List.of(
              CatalogueLedger.all(false),
              CatalogueLedger.all(true),
              request("soc2", null, null),
              request("part11", "11.10(e)", null),
              request("hipaa", null, Instant.parse("0001-01-01T00:00:00Z")),
              request(null, null, ledger.reader().entry(200).instant()));
      for (int i = 0; i < requests.size(); i++) {
        Path bundle =
            CatalogueLedger.export(ledger, temp.resolve("bundle-" + i + ".zip"), requests.get(i));
        String document = results(bundle);
        assertThat(PublishedSchema.faults(schema, document)).as(document).isEmpty();
        assertThat(document)
            .doesNotContain("\"findings\"")
            .doesNotContain("\"risks\"")
            .doesNotContainIgnoringCase("compliant")
            .contains(BundleSummary.of(bundle).manifestSha256());
        assertReferencesLead(document);
        if (i == 0) {
          assertThat(results(bundle)).as("of the same bundle").isEqualTo(document);
        }
      }
    }
  }

  /** Each {@code #uuid} is a resource of the document, and no UUID stands twice. */
  private static void assertReferencesLead(String document) {
    Matcher references = Pattern.compile("\"href\":\"#([0-9a-f-]+)\"").matcher(document);
    int found = 0;
    while (references.find()) {
      assertThat(document).contains("\"uuid\":\"" + references.group(1) + '"');
      found++;
    }
    assertThat(found).isGreaterThan(5);
    List<String> uuids =
        Pattern.compile("\"uuid\":\"([0-9a-f-]+)\"")
            .matcher(document)
            .results()
            .map(each -> each.group(1))
            .toList();
    assertThat(uuids).doesNotHaveDuplicates().hasSizeGreaterThan(8);
  }

  @Test
  void aSampleSaysThatItShowsNothingOfThePopulation() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 20);
      Path bundle =
          CatalogueLedger.export(ledger, temp.resolve("all"), request("soc2", null, null));
      Path sample = temp.resolve("sample.zip");
      try (BundleSink sink = new ZipFileSink(sample)) {
        BundleSample.draw(bundle, 3, "seed", sink);
      }
      String document = results(sample);
      assertThat(PublishedSchema.faults(PublishedSchema.OSCAL.load(), document)).isEmpty();
      assertThat(document).contains("The sample does not show").contains("\"value\":\"sample\"");
    }
  }

  @Test
  void countsSourcesAndGapsAreThoseOfTheEntries() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 10);
      String document =
          results(
              CatalogueLedger.export(
                  ledger, temp.resolve("all"), request("part11", "11.10(e)", null)));
      assertThat(document)
          .contains("supports: 21 of the bundle's entries")
          .contains("api 1 (reported), mcp_proxy 20 (observed)")
          .contains("\"control-id\":\"part11_11.10.e\"")
          .contains("capture_gap 0")
          .contains("People must provide: ");
      String other =
          results(
              CatalogueLedger.export(
                  ledger, temp.resolve("b"), request("part11", "11.10(d)", null)));
      assertThat(other).contains("not evidenced: no entry").doesNotContain("supports: ");
    }
  }

  @Test
  void ownFrameworksWithOddNamesHoldToTheSchema() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 3);
      Path bundle = temp.resolve("own.zip");
      try (BundleSink sink = new ZipFileSink(bundle)) {
        new BundleExport(ledger, Frameworks.builtIn().with(Map.of("own.yaml", OWN)))
            .write(request(null, null, null), "user:me", sink);
      }
      String document = results(bundle);
      assertThat(PublishedSchema.faults(PublishedSchema.OSCAL.load(), document))
          .as(document)
          .isEmpty();
      assertThat(document)
          .contains("\"control-id\":\"_0-own.rules_R.1\"")
          .contains("\"control-id\":\"_0-own.rules_R.1-2\"")
          .contains("no entry of a ledger can support this control");
    }
  }

  @Test
  void aBundleThatWasChangedIsRefused() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 3);
      Path bundle = CatalogueLedger.export(ledger, temp.resolve("all"), request(null, null, null));
      Path entries = bundle.resolve("entries.ndjson");
      Files.writeString(entries, Files.readString(entries).replace("agent:a1", "agent:b1"));
      assertThatThrownBy(() -> results(bundle))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("bad_hash");
    }
  }

  @Test
  void aBrokenDocumentIsFound() throws Exception {
    Schema schema = PublishedSchema.OSCAL.load();
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 3);
      String document =
          results(CatalogueLedger.export(ledger, temp.resolve("all"), request("soc2", null, null)));
      assertThat(PublishedSchema.faults(schema, document)).isEmpty();
      for (String broken :
          List.of(
              document.replaceFirst("\"collected\":", "\"colected\":"),
              document.replaceFirst("\"control-id\":\"soc2_", "\"control-id\":\"2soc("),
              document.replaceFirst("\"methods\":\\[\"EXAMINE\"]", "\"methods\":[]"),
              document.replaceFirst("\"uuid\":\"", "\"uuid\":\"x"),
              document.replaceFirst("\"start\":\"[^\"]*Z\"", "\"start\":\"2026-11-24T10:00:00\""),
              document.replaceFirst("\"import-ap\":\\{[^}]*},", ""))) {
        assertThat(broken).isNotEqualTo(document);
        assertThat(PublishedSchema.faults(schema, broken)).isNotEmpty();
      }
    }
  }

  @Test
  void namedUuidsAreThoseOfTheStandard() {
    // What other libraries make of a name of the DNS (RFC 9562).
    assertThat(NameUuid.of(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "python.org"))
        .hasToString("886313e1-3b8a-5372-9b90-0c9aee199e5d");
  }
}
