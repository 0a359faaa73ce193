package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.jackson.JsonFormat;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.Ledger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events hold to the published schema, and a reader of others reads back what was sealed. */
class CloudEventsTest {
  private static final JsonFormat READER = new JsonFormat();

  @TempDir static Path temp = Path.of("");
  private static Path whole = Path.of("");
  private static Path withheld = Path.of("");

  @BeforeAll
  static void export() throws IOException {
    try (Ledger ledger = CatalogueLedger.create(temp)) {
      whole = CatalogueLedger.export(ledger, temp.resolve("all.zip"), CatalogueLedger.all(false));
      withheld =
          CatalogueLedger.export(ledger, temp.resolve("withheld"), CatalogueLedger.all(true));
    }
  }

  private static List<String> events(Path bundle) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CloudEvents.write(bundle, out);
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void everyEventHoldsToThePublishedSchemaAndTheirReaderReadsWhatWasSealed() throws Exception {
    Schema schema = PublishedSchema.CLOUD_EVENTS.load();
    for (Path bundle : List.of(whole, withheld)) {
      List<Entry> entries = new ArrayList<>();
      BundleEntries.read(bundle, entries::add);
      List<String> events = events(bundle);
      assertThat(events).hasSameSizeAs(entries).hasSizeGreaterThan(400);
      Set<String> ids = new HashSet<>();
      String before = "";
      for (int i = 0; i < events.size(); i++) {
        Entry entry = entries.get(i);
        assertThat(PublishedSchema.faults(schema, events.get(i))).as(events.get(i)).isEmpty();
        CloudEvent event = READER.deserialize(events.get(i).getBytes(StandardCharsets.UTF_8));
        assertThat(ids.add(event.getId())).isTrue();
        assertThat(event.getId()).isEqualTo(entry.entryHash().hex());
        assertThat(event.getSource()).isEqualTo(URI.create("osmoda:" + SampleLedger.ORIGIN));
        assertThat(event.getType()).isEqualTo("io.osmoda.audit." + entry.action() + ".v1");
        String occurred = entry.occurredAt();
        assertThat(event.getTime())
            .isEqualTo(OffsetDateTime.parse(occurred == null ? entry.timestamp() : occurred));
        String sequence = (String) event.getExtension("sequence");
        assertThat(sequence).isGreaterThan(before);
        before = sequence;
        assertThat(event.getExtensionNames())
            .allMatch(name -> name.matches("[a-z0-9]{1,20}"))
            .contains("unverifiedcopyof", "assurance", "entryhash", "prevhash");
        CloudEventData data = Objects.requireNonNull(event.getData());
        assertThat(parsed(data.toBytes())).isEqualTo(parsed(entry.line()));
      }
    }
  }

  @Test
  void theDataIsTheEntryByteForByteSoThatItsHashCanBeChecked() throws Exception {
    List<Entry> entries = new ArrayList<>();
    BundleEntries.read(whole, entries::add);
    List<String> events = events(whole);
    for (int i = 0; i < events.size(); i++) {
      String event = events.get(i);
      String data = event.substring(event.indexOf(",\"data\":{") + 8, event.length() - 1);
      assertThat(Entry.parse(data.getBytes(StandardCharsets.UTF_8)).entryHash())
          .isEqualTo(entries.get(i).entryHash());
    }
  }

  @Test
  void attributesHoldNoControlsAndNoNoncharacters() throws Exception {
    for (String event : events(whole)) {
      String attributes = event.substring(0, event.indexOf(",\"data\":{"));
      JsonObject parsed = (JsonObject) parsed((attributes + '}').getBytes(StandardCharsets.UTF_8));
      for (JsonValue value : parsed.members().values()) {
        if (value instanceof JsonString(var text)) {
          assertThat(text.codePoints())
              .noneMatch(
                  c ->
                      Character.isISOControl(c)
                          || (c & 0xFFFE) == 0xFFFE
                          || (c >= 0xFDD0 && c <= 0xFDEF));
        }
      }
    }
  }

  @Test
  void aBrokenEventIsFound() throws Exception {
    Schema schema = PublishedSchema.CLOUD_EVENTS.load();
    String event = events(whole).getFirst();
    for (String broken :
        List.of(
            event.replaceFirst("\"id\":\"[0-9a-f]+\",", ""),
            event.replaceFirst("\"time\":\"", "\"time\":\"yesterday "),
            event.replaceFirst("\"source\":\"", "\"source\":\"not a uri "))) {
      assertThat(broken).isNotEqualTo(event);
      assertThat(PublishedSchema.faults(schema, broken)).as(broken).isNotEmpty();
    }
  }

  private static JsonValue parsed(byte[] json) throws Exception {
    return CanonicalJson.parse(json);
  }
}
