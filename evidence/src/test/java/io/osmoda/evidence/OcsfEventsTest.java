package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Schema;
import io.osmoda.evidence.OcsfType.OcsfClass;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import io.osmoda.ledger.Ledger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events hold to the schema of the OCSF, as scripts/ocsf-schema.py compiles it. */
class OcsfEventsTest {
  private static final Path DOCS = Path.of("../docs/evidence.md");

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

  private static List<String> events(Path bundle, OcsfVersion version) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OcsfEvents.write(bundle, version, out);
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static JsonObject parse(String json) throws Exception {
    return (JsonObject) CanonicalJson.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable JsonValue at(JsonObject json, String... path) {
    JsonValue value = json;
    for (String name : path) {
      value = value instanceof JsonObject object ? object.get(name) : null;
    }
    return value;
  }

  @Test
  void everyEventOfEveryActionHoldsToTheSchema() throws Exception {
    Map<OcsfVersion, Schema> schemas =
        Map.of(
            OcsfVersion.V1_8, PublishedSchema.OCSF_1_8.load(),
            OcsfVersion.V1_9_DEV, PublishedSchema.OCSF_1_9_DEV.load());
    for (Map.Entry<OcsfVersion, Schema> each : schemas.entrySet()) {
      for (Path bundle : List.of(whole, withheld)) {
        for (String event : events(bundle, each.getKey())) {
          assertThat(PublishedSchema.faults(each.getValue(), event)).as(event).isEmpty();
        }
      }
    }
  }

  @Test
  void anEventTellsItsEntryWholeAndOfWhatItIsACopy() throws Exception {
    String manifest = BundleSummary.of(whole).manifestSha256();
    List<Entry> entries = new ArrayList<>();
    BundleEntries.read(whole, entries::add);
    List<String> events = events(whole, OcsfVersion.V1_8);
    assertThat(events).hasSameSizeAs(entries).hasSizeGreaterThan(400);
    for (int i = 0; i < events.size(); i++) {
      JsonObject event = parse(events.get(i));
      Entry entry = entries.get(i);
      assertThat(event.string("raw_data"))
          .isEqualTo(new String(entry.line(), StandardCharsets.UTF_8));
      assertThat(at(event, "metadata", "uid")).isEqualTo(new JsonString(entry.entryHash().hex()));
      assertThat(at(event, "metadata", "sequence")).isEqualTo(JsonNumber.of(entry.seq()));
      String occurred = entry.occurredAt();
      assertThat(at(event, "metadata", "original_time"))
          .isEqualTo(new JsonString(occurred == null ? entry.timestamp() : occurred));
      assertThat(at(event, "unmapped", "unverified_copy_of", "manifest_sha256"))
          .isEqualTo(new JsonString(manifest));
      assertThat(at(event, "unmapped", "assurance"))
          .isEqualTo(new JsonString(Assurance.of(entry.source())));
      assertThat(at(event, "unmapped", "payload"))
          .isEqualTo(new JsonString(entry.isRedacted() ? "absent" : "in raw_data"));
    }
    for (String event : events(withheld, OcsfVersion.V1_8)) {
      JsonObject json = parse(event);
      Entry entry =
          Entry.parse(String.valueOf(json.string("raw_data")).getBytes(StandardCharsets.UTF_8));
      assertThat(entry.isRedacted()).as(event).isEqualTo(!entry.isContext());
    }
  }

  @Test
  void timesAreFloorsOfMillisecondsAlsoBeforeTheEpoch() throws Exception {
    assertThat(events(whole, OcsfVersion.V1_8))
        .filteredOn(event -> event.contains("1969-12-31T23:59:59.123456789Z"))
        .isNotEmpty()
        .allMatch(event -> event.contains("\"time\":-877,"));
  }

  @Test
  void whatNamesAFailureIsNeverASuccess() throws Exception {
    for (String event : events(whole, OcsfVersion.V1_8)) {
      JsonObject json = parse(event);
      if (event.contains("\"action\\\":\\\"login_fail\\\"")) {
        assertThat(json.string("status")).isEqualTo("Failure");
      }
    }
    assertThat(OcsfType.of("network_connect", "denied").caption()).isEqualTo("Refuse");
    assertThat(OcsfType.of("ssh_open", "timeout").caption()).isEqualTo("Fail");
    assertThat(OcsfType.of("policy_decision", "ok").eventClass()).isEqualTo(OcsfClass.BASE_EVENT);
  }

  @Test
  void theChainOfTheNewerVersionIsThatOfTheEventsAndFindsAMissingOne() throws Exception {
    List<String> events = events(whole, OcsfVersion.V1_9_DEV);
    assertThat(brokenLinks(events)).isZero();
    List<String> less = new ArrayList<>(events);
    less.remove(17);
    assertThat(brokenLinks(less)).isOne();
    List<String> changed = new ArrayList<>(events);
    changed.set(17, changed.get(17).replaceFirst("\"severity_id\":[0-9]", "\"severity_id\":5"));
    assertThat(brokenLinks(changed)).isOne();
  }

  /** Events whose fingerprint or link does not hold, by what the profile says. */
  private static int brokenLinks(List<String> events) throws Exception {
    int broken = 0;
    JsonValue before = null;
    for (String line : events) {
      JsonObject event = parse(line);
      if (!(event.get("attestation_list") instanceof JsonArray list)
          || !(list.elements().getFirst() instanceof JsonObject attestation)) {
        throw new RequestRefusedException("no attestation: " + line);
      }
      Map<String, JsonValue> hashed = new TreeMap<>(attestation.members());
      hashed.remove("fingerprint");
      Map<String, JsonValue> whole = new TreeMap<>(event.members());
      whole.put("attestation_list", new JsonArray(List.of(new JsonObject(hashed))));
      String hash = Digests.of(CanonicalJson.write(new JsonObject(whole))).hex();
      JsonValue linked = at(attestation, "prev_event", "fingerprint");
      boolean isFirst = line.equals(events.getFirst());
      if (!new JsonString(hash).equals(at(attestation, "fingerprint", "value"))
          || !(isFirst || (linked != null && linked.equals(before)))) {
        broken++;
      }
      before = attestation.get("fingerprint");
    }
    return broken;
  }

  @Test
  void aBrokenEventIsFound() throws Exception {
    Schema schema = PublishedSchema.OCSF_1_8.load();
    String call =
        events(whole, OcsfVersion.V1_8).stream()
            .filter(event -> event.contains("\"class_uid\":6003"))
            .findFirst()
            .orElseThrow();
    assertThat(PublishedSchema.faults(schema, call)).isEmpty();
    for (String broken :
        List.of(
            call.replaceFirst("\"activity_id\":99", "\"activity_id\":98"),
            call.replaceFirst("\"type_uid\":600399", "\"type_uid\":600301"),
            call.replaceFirst("\"class_uid\":6003", "\"class_uid\":6002"),
            call.replaceFirst("\"severity_id\":", "\"severity\":"),
            call.replaceFirst("\"message\":", "\"massage\":"),
            call.replaceFirst("\"version\":\"1.8.0\"", "\"version\":\"1.7.0\""),
            call.replaceFirst("\"profiles\":\\[[^]]*]", "\"profiles\":[\"cloud\"]"),
            call.replaceFirst("\"src_endpoint\":\\{\"name\"", "\"src_endpoint\":{\"zone\""),
            call.replaceFirst("\"time\":", "\"time\":\"now\",\"start_time\":"))) {
      assertThat(broken).isNotEqualTo(call);
      assertThat(PublishedSchema.faults(schema, broken)).as(broken).isNotEmpty();
    }
    assertThat(PublishedSchema.faults(schema, events(whole, OcsfVersion.V1_9_DEV).getFirst()))
        .isNotEmpty();
  }

  @Test
  void theTableInTheDocumentationIsWhatIsWritten() throws Exception {
    StringBuilder table = new StringBuilder("| action | class | activity |\n|---|---|---|\n");
    for (String action : CatalogueLedger.actions()) {
      Set<String> classes = new LinkedHashSet<>();
      Set<String> activities = new LinkedHashSet<>();
      for (String status : List.of("ok", "denied", "error")) {
        OcsfType type = OcsfType.of(action, status);
        String named = type.eventClass().caption() + " " + type.eventClass().uid();
        classes.add(named);
        activities.add(type.isOther() ? "99 Other" : type.activity() + " " + type.caption());
      }
      table.append(
          "| `%s` | %s | %s |\n"
              .formatted(action, String.join(", ", classes), String.join(", ", activities)));
    }
    assertThat(Files.readString(DOCS)).contains(table);
    assertThat(OcsfType.of("anything_else", Status.OK.text()).eventClass())
        .isEqualTo(OcsfClass.BASE_EVENT);
  }

  @Test
  void theVendoredSchemasAreThoseThatTheirReadMeNames() throws Exception {
    String readMe = Files.readString(PublishedSchema.FOLDER.resolve("README.md"));
    try (Stream<Path> files = Files.list(PublishedSchema.FOLDER)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".json")).toList()) {
        assertThat(readMe)
            .contains(file.getFileName().toString())
            .contains(Digests.of(Files.readAllBytes(file)).hex());
      }
    }
  }

  @Test
  void aVersionThatIsNotWrittenIsRefused() {
    assertThatThrownBy(() -> OcsfVersion.parse("1.9.0"))
        .isInstanceOf(RequestRefusedException.class)
        .hasMessageContaining("1.8.0 and 1.9.0-dev");
  }
}
