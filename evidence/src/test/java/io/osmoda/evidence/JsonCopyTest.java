package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.Ledger;
import io.osmoda.query.FieldMask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One document holds the entries with their hashes, their annotations and the proofs. */
class JsonCopyTest {
  @TempDir Path temp = Path.of("");

  private static String text(Path bundle, FieldMask mask) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonCopy.write(bundle, mask, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static JsonObject object(JsonValue value, String name) {
    if (value instanceof JsonObject object && object.get(name) instanceof JsonObject found) {
      return found;
    }
    throw new IllegalArgumentException("no object " + name);
  }

  private static List<JsonValue> list(JsonObject object, String name) {
    if (object.get(name) instanceof JsonArray found) {
      return found.elements();
    }
    throw new IllegalArgumentException("no list " + name);
  }

  private static JsonObject parse(String json) throws Exception {
    return (JsonObject) CanonicalJson.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void entriesStandVerbatimBesideTheirAnnotationsAndTheProofsAreTheBundles() throws Exception {
    try (Ledger ledger = CatalogueLedger.create(temp)) {
      Path bundle =
          CatalogueLedger.export(
              ledger,
              temp.resolve("bundle"),
              new ExportRequest("soc2", null, null, null, Map.of(), false));
      String text = text(bundle, FieldMask.NONE);
      JsonObject document = parse(text);
      List<JsonValue> noted = new ArrayList<>();
      List<JsonValue> elements = list(document, "entries");
      List<Entry> entries = new ArrayList<>();
      BundleEntries.read(bundle, entries::add);
      assertThat(elements).hasSameSizeAs(entries).isNotEmpty();
      for (int i = 0; i < elements.size(); i++) {
        JsonObject entry = object(elements.get(i), "entry");
        assertThat(CanonicalJson.write(entry)).isEqualTo(entries.get(i).line());
        if (elements.get(i) instanceof JsonObject element
            && element.get("annotations") instanceof JsonArray controls
            && !controls.elements().isEmpty()) {
          noted.add(
              JsonObject.builder()
                  .put("controls", controls)
                  .put("seq", entries.get(i).seq())
                  .build());
        }
      }
      List<JsonValue> stated = new ArrayList<>();
      for (String line : Files.readAllLines(bundle.resolve("annotations.ndjson"))) {
        stated.add(parse(line));
      }
      assertThat(noted).isEqualTo(stated).isNotEmpty();
      JsonObject proof = object(document, "proof");
      assertThat(proof.string("checkpoint"))
          .isEqualTo(Files.readString(bundle.resolve("checkpoint")));
      assertThat(proof.string("range.proof"))
          .isEqualTo(Files.readString(bundle.resolve("range.proof")));
      assertThat(proof.get("manifest"))
          .isEqualTo(parse(Files.readString(bundle.resolve("manifest.json")).strip()));
      assertThat(proof.get("export"))
          .isEqualTo(parse(Files.readString(bundle.resolve("export.ndjson")).strip()));
      for (Map.Entry<String, JsonValue> each : object(proof, "proofs").members().entrySet()) {
        assertThat(each.getValue())
            .isEqualTo(new JsonString(Files.readString(bundle.resolve(each.getKey()))));
      }
      assertThat(object(document, "unverified_copy_of").string("manifest_sha256"))
          .isEqualTo(BundleSummary.of(bundle).manifestSha256());
    }
  }

  @Test
  void contextAndSamplesAreInTheDocumentToo() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 10);
      Instant middle = ledger.reader().entry(15).instant();
      ledger.redact(3, 4, "asked", JsonObject.EMPTY);
      Path bundle =
          CatalogueLedger.export(
              ledger,
              temp.resolve("b.zip"),
              new ExportRequest(null, null, null, middle, Map.of(), false));
      JsonObject proof = object(parse(text(bundle, FieldMask.NONE)), "proof");
      assertThat(list(proof, "context")).hasSize(1);
      Path sample = temp.resolve("sample.zip");
      try (BundleSink sink = new ZipFileSink(sample)) {
        BundleSample.draw(bundle, 3, "seed", sink);
      }
      JsonObject drawn = parse(text(sample, FieldMask.NONE));
      assertThat(list(drawn, "entries")).hasSize(3);
      assertThat(object(object(drawn, "proof"), "proofs").members().size())
          .isGreaterThanOrEqualTo(3);
      assertThat(object(drawn, "proof").get("range.proof")).isNull();
    }
  }

  @Test
  void aMaskedCopyShowsNothingOfWhatIsMaskedAndHoldsNoProof() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 10);
      Path bundle = CatalogueLedger.export(ledger, temp.resolve("b"), CatalogueLedger.all(false));
      String text = text(bundle, FieldMask.parse("target,payload.text"));
      assertThat(text)
          .doesNotContain("größe")
          .doesNotContain("result 3")
          .doesNotContain("checkpoint")
          .doesNotContainPattern("payload_salt\":\"[0-9a-f]")
          .contains("\"target\":\"***\"")
          .contains("\"text\":\"***\"")
          .contains("\"number\":3")
          .contains("\"masked\":[\"target\",\"payload.text\"]");
      parse(text);
    }
  }

  @Test
  void aBundleOfWhichNothingMatchesGivesAnEmptyList() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      Path bundle =
          CatalogueLedger.export(
              ledger,
              temp.resolve("b"),
              new ExportRequest(
                  null, null, null, null, Map.of("actor", List.of("agent:nobody")), false));
      assertThat(list(parse(text(bundle, FieldMask.NONE)), "entries")).isEmpty();
    }
  }
}
