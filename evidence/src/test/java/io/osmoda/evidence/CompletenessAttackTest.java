package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.evidence.Verifiers.Case;
import io.osmoda.evidence.Verifiers.Judgement;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.verify.BundleVerification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ways of somebody who holds the ledger and its keys to leave something out of a bundle. What can
 * be found, all verifiers find; what none can know is said to be intact, and docs/threat-model.md
 * says so and where it shows.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompletenessAttackTest {
  private static final long FROM = 2; // the entry at which the time begins
  private static final long TO = 21; // the entry at which it ends, exclusive
  private static final long HIDDEN = 8; // one that matches
  private static final long OTHER = 9; // one that does not
  private static final long REDACTED = 4;
  private static final long REDACTION = 27; // the entry that says so

  Path temp = Path.of("");
  Path policy = Path.of("");
  final List<Case> cases = new ArrayList<>();
  final List<Judgement> expected = new ArrayList<>();
  List<BundleVerification> ours = List.of();

  /** Does to a bundle what is named. */
  private interface Attack {
    void on(LyingExporter liar) throws Exception;
  }

  /** Each agent's pairs: entries 3 and 4, 7 and 8, 11 and 12 … are of the second. */
  private static void fill(Ledger ledger) throws IOException {
    SampleLedger.fill(ledger, 12);
    ledger.appendDurably(EntryDraft.builder("api", "agent:a10", "tool_call").tool("read").build());
    ledger.redact(REDACTED, REDACTED, "asked", JsonObject.EMPTY);
  }

  private static ExportRequest request(Ledger ledger) throws IOException {
    return new ExportRequest(
        null,
        null,
        ledger.reader().entry(FROM).instant(),
        ledger.reader().entry(TO).instant(),
        Map.of("actor", List.of("agent:a1")),
        false);
  }

  private static ExportRequest all(String... actors) {
    return new ExportRequest(
        null,
        null,
        null,
        null,
        actors.length == 0 ? Map.of() : Map.of("actor", List.of(actors)),
        false);
  }

  @BeforeAll
  void attack(@TempDir Path folder) throws Exception {
    temp = folder;
    try (Ledger ledger = SampleLedger.create(folder)) {
      fill(ledger);
      policy = Files.copy(ledger.trustFile(), folder.resolve("auditor.policy"));
      lines(ledger);
      ranges(ledger);
      redactions(ledger);
      manifests(ledger);
      samples(ledger);
      otherLedgers(ledger);
    }
    fork();
    ours = Verifiers.ours(cases);
  }

  /** An attack that is found, at the lowest entry that is named; null for the whole. */
  private void found(
      Ledger ledger, String what, @Nullable Long lowest, ExportRequest request, Attack attack)
      throws Exception {
    run(ledger, what, new Judgement("tampered", lowest), request, attack);
  }

  private void found(Ledger ledger, String what, @Nullable Long lowest, Attack attack)
      throws Exception {
    found(ledger, what, lowest, request(ledger), attack);
  }

  /** What no verifier can know from the bundle. */
  private void notKnown(Ledger ledger, String what, ExportRequest request, Attack attack)
      throws Exception {
    run(ledger, what, new Judgement("intact", null), request, attack);
  }

  private void run(
      Ledger ledger, String what, Judgement judgement, ExportRequest request, Attack attack)
      throws Exception {
    LyingExporter liar = new LyingExporter(ledger, temp, request);
    attack.on(liar);
    Path zip = temp.resolve("attack-%d.zip".formatted(cases.size()));
    Files.write(zip, ZipBytes.of(liar.files).toBytes());
    cases.add(new Case(what, zip, policy));
    expected.add(judgement);
  }

  private void lines(Ledger ledger) throws Exception {
    notKnown(
        ledger,
        "nothing: what is closed unchanged is intact",
        request(ledger),
        LyingExporter::close);
    found(
        ledger,
        "a matching line left out",
        HIDDEN,
        liar -> {
          List<byte[]> lines = liar.lines("entries.ndjson");
          lines.remove((int) (HIDDEN - liar.number("first_seq")));
          liar.lines("entries.ndjson", lines);
          liar.countOn(-1, -1, 0, 0);
          liar.close();
        });
    found(
        ledger,
        "a matching line left out, those after it numbered and sealed anew",
        HIDDEN + 1,
        liar -> {
          List<byte[]> lines = liar.lines("entries.ndjson");
          int at = (int) (HIDDEN - liar.number("first_seq"));
          lines.remove(at);
          for (int i = at; i < lines.size(); i++) {
            lines.set(i, Resealed.seal(follow(lines.get(i), lines.get(i - 1))));
          }
          liar.lines("entries.ndjson", lines);
          liar.set("end_seq", JsonNumber.of(liar.number("end_seq") - 1));
          liar.countOn(-1, -1, 0, 0);
          liar.close();
        });
    found(
        ledger,
        "another line twice in its place",
        HIDDEN - 1,
        liar -> {
          liar.replace(HIDDEN, liar.line(HIDDEN - 1));
          liar.close();
        });
    found(
        ledger,
        "a skeleton in its place",
        HIDDEN,
        liar -> {
          liar.replace(HIDDEN, liar.skeleton(HIDDEN));
          liar.countOn(0, 0, 0, 1);
          liar.close();
        });
    found(
        ledger,
        "a skeleton in its place, counted as one that does not match",
        HIDDEN,
        liar -> {
          liar.replace(HIDDEN, liar.skeleton(HIDDEN));
          liar.countOn(0, -1, 0, 1);
          liar.close();
        });
    found(
        ledger,
        "a skeleton in its place, payloads said to be withheld",
        3L,
        liar -> {
          liar.replace(HIDDEN, liar.skeleton(HIDDEN));
          liar.set("payloads", new JsonString("withheld"));
          liar.countOn(0, 0, 0, 1);
          liar.close();
        });
    found(
        ledger,
        "an empty payload in its place",
        HIDDEN,
        liar -> {
          liar.replace(HIDDEN, Resealed.with(liar.line(HIDDEN), "payload", JsonObject.EMPTY));
          liar.close();
        });
    found(
        ledger,
        "an empty payload in its place, sealed anew",
        HIDDEN + 1,
        liar -> {
          liar.replace(
              HIDDEN, Resealed.seal(Resealed.with(liar.line(HIDDEN), "payload", JsonObject.EMPTY)));
          liar.close();
        });
    found(
        ledger,
        "its actor changed so that it does not match, sealed anew",
        HIDDEN + 1,
        liar -> {
          liar.replace(
              HIDDEN,
              Resealed.seal(
                  Resealed.with(liar.skeleton(HIDDEN), "actor", new JsonString("agent:a0"))));
          liar.countOn(0, -1, 0, 1);
          liar.close();
        });
    found(
        ledger,
        "a line that does not match shown whole",
        OTHER,
        liar -> {
          liar.replace(OTHER, liar.line(OTHER));
          liar.countOn(0, 0, 0, -1);
          liar.close();
        });
  }

  /** A line with the number after another's and linked to it. */
  private static byte[] follow(byte[] line, byte[] before) throws Exception {
    JsonObject previous = Resealed.parse(before);
    double seq = ((JsonNumber) member(previous, "seq")).value() + 1;
    return Resealed.with(
        Resealed.with(line, "seq", new JsonNumber(seq)),
        "prev_hash",
        member(previous, "entry_hash"));
  }

  private static JsonValue member(JsonObject json, String name) {
    JsonValue value = json.get(name);
    assertThat(value).as(name).isNotNull();
    return value;
  }

  private void ranges(Ledger ledger) throws Exception {
    found(
        ledger,
        "the time said to begin earlier than the lines do",
        FROM - 1,
        liar -> {
          liar.set("time_from", new JsonString(ledger.reader().entry(0).timestamp()));
          liar.close();
        });
    found(
        ledger,
        "the time said to end later than the lines do",
        TO + 1,
        liar -> {
          liar.set("time_to", new JsonString(ledger.reader().entry(TO + 3).timestamp()));
          liar.close();
        });
    found(
        ledger,
        "the last lines left out, end_seq lowered",
        TO - 1,
        liar -> {
          List<byte[]> lines = liar.lines("entries.ndjson");
          liar.lines("entries.ndjson", lines.subList(0, lines.size() - 2));
          liar.set("end_seq", JsonNumber.of(TO - 1));
          liar.countOn(-2, -1, 0, -1);
          liar.close();
        });
    found(
        ledger,
        "the first lines left out, first_seq raised",
        FROM + 1,
        liar -> {
          List<byte[]> lines = liar.lines("entries.ndjson");
          liar.lines("entries.ndjson", lines.subList(2, lines.size()));
          liar.set("first_seq", JsonNumber.of(FROM + 1));
          liar.countOn(-2, 0, 0, -2);
          liar.close();
        });
    found(
        ledger,
        "the last lines left out, end_seq as it was",
        TO,
        liar -> {
          List<byte[]> lines = liar.lines("entries.ndjson");
          liar.lines("entries.ndjson", lines.subList(0, lines.size() - 1));
          liar.countOn(-1, 0, 0, -1);
          liar.close();
        });
    found(
        ledger,
        "the proof of another range",
        null,
        liar -> {
          liar.close();
          liar.files.put(
              "range.proof", ledger.reader().proveRange(FROM, TO, ledger.checkpoint()).toBytes());
        });
    found(
        ledger,
        "an older checkpoint, from before the export",
        null,
        liar -> {
          byte[] older = liar.file("checkpoint");
          liar.close();
          liar.files.put("checkpoint", older);
        });
    notKnown(
        ledger,
        "the time asked for narrowed at both ends",
        request(ledger),
        liar -> {
          LyingExporter narrow =
              new LyingExporter(
                  ledger,
                  temp,
                  new ExportRequest(
                      null,
                      null,
                      ledger.reader().entry(FROM + 4).instant(),
                      ledger.reader().entry(TO - 4).instant(),
                      Map.of("actor", List.of("agent:a1")),
                      false));
          JsonValue asked = liar.get("request");
          liar.files.clear();
          liar.files.putAll(narrow.files);
          liar.set("request", asked);
          liar.close();
        });
    notKnown(
        ledger,
        "the end left out of a range without times",
        all(),
        liar -> {
          List<byte[]> lines = liar.lines("entries.ndjson");
          int kept = 28; // with the redaction
          liar.lines("entries.ndjson", lines.subList(0, kept));
          liar.files.put("annotations.ndjson", new byte[0]);
          liar.set("end_seq", JsonNumber.of(kept));
          liar.count(kept, kept, 1, 1);
          liar.close();
        });
  }

  private void redactions(Ledger ledger) throws Exception {
    found(
        ledger,
        "the redaction that explains a missing payload left out",
        REDACTED,
        liar -> {
          liar.files.put("context.ndjson", new byte[0]);
          liar.countOn(0, 0, -1, 0);
          liar.close();
        });
    found(
        ledger,
        "a redaction that was never sealed",
        null,
        liar -> {
          byte[] forged =
              Resealed.seal(
                  Resealed.with(
                      liar.lines("context.ndjson").getFirst(), "target", new JsonString("#4-8")));
          liar.lines("context.ndjson", List.of(forged));
          liar.replace(HIDDEN, liar.skeleton(HIDDEN));
          liar.countOn(0, 0, 1, 1);
          liar.close();
        });
    found(
        ledger,
        "a redaction's target changed, its hash as it was",
        REDACTION,
        liar -> {
          byte[] forged =
              Resealed.with(
                  liar.lines("context.ndjson").getFirst(), "target", new JsonString("#4-8"));
          liar.lines("context.ndjson", List.of(forged));
          liar.replace(HIDDEN, liar.skeleton(HIDDEN));
          liar.countOn(0, 0, 1, 1);
          liar.close();
        });
  }

  private void manifests(Ledger ledger) throws Exception {
    found(
        ledger,
        "counts doctored, in the closing entry too",
        null,
        liar -> {
          liar.countOn(0, 0, 0, -1);
          liar.close();
        });
    found(
        ledger,
        "counts doctored in the closing entry alone",
        null,
        liar -> {
          JsonValue counts = liar.get("counts");
          liar.countOn(0, -1, 0, 0);
          liar.close();
          liar.set("counts", counts);
        });
    found(
        ledger,
        "the closing entry of another export",
        null,
        liar -> {
          LyingExporter other = new LyingExporter(ledger, temp, all("agent:a0"));
          liar.close();
          liar.files.put("export.ndjson", other.file("export.ndjson"));
          Entry closing = Entry.parse(other.file("export.ndjson"));
          liar.prove(ledger, closing.seq());
        });
    found(
        ledger,
        "a closing entry without the one that began",
        null,
        liar -> {
          liar.list();
          var closing =
              ledger
                  .appendControl(
                      "ledger_export",
                      Status.OK,
                      null,
                      null,
                      List.of(),
                      JsonObject.builder()
                          .put("counts", liar.get("counts"))
                          .put("manifest_sha256", Digests.of(liar.file("manifest.json")).hex())
                          .build())
                  .join();
          liar.files.put("export.ndjson", liar.line(closing.seq()));
          liar.prove(ledger, closing.seq());
        });
    found(
        ledger,
        "the entry that says that the export failed for its end",
        null,
        liar -> {
          Entry begun = Entry.parse(liar.file("export.ndjson"));
          liar.list();
          var closing =
              ledger
                  .appendControl(
                      "ledger_export",
                      Status.ERROR,
                      null,
                      null,
                      List.<CauseReference>of(begun.causedBy().getFirst()),
                      JsonObject.builder()
                          .put("counts", liar.get("counts"))
                          .put("manifest_sha256", Digests.of(liar.file("manifest.json")).hex())
                          .build())
                  .join();
          liar.files.put("export.ndjson", liar.line(closing.seq()));
          liar.prove(ledger, closing.seq());
        });
    found(
        ledger,
        "a filter of one actor for lines chosen by another",
        FROM,
        liar -> {
          liar.setJson("filter", "{\"actor\":[\"agent:a0\"]}");
          liar.close();
        });
    // The one whose name begins like the other's.
    long prefixed = 26;
    assertThat(ledger.reader().entry(prefixed - 1).actor()).isEqualTo("user:operator");
    assertThat(ledger.reader().entry(prefixed).actor()).isEqualTo("agent:a10");
    found(
        ledger,
        "a filter that is a prefix, the lines chosen by the very name",
        prefixed,
        all("agent:a1"),
        liar -> {
          liar.setJson("filter", "{\"actor\":[\"agent:a1*\"]}");
          liar.countOn(0, 1, 0, 0);
          liar.close();
        });
    found(
        ledger,
        "a filter that is a name, the lines chosen by prefix",
        prefixed,
        all("agent:a1*"),
        liar -> {
          liar.setJson("filter", "{\"actor\":[\"agent:a1\"]}");
          liar.countOn(0, -1, 0, 0);
          liar.close();
        });
    found(
        ledger,
        "a filter not sorted, which readers could take in two ways",
        null,
        liar -> {
          liar.setJson("filter", "{\"actor\":[\"agent:b\",\"agent:a1\"]}");
          liar.close();
        });
    notKnown(
        ledger,
        "a narrower filter than asked for, applied well",
        request(ledger),
        liar -> {
          LyingExporter narrow =
              new LyingExporter(
                  ledger,
                  temp,
                  new ExportRequest(
                      null,
                      null,
                      ledger.reader().entry(FROM).instant(),
                      ledger.reader().entry(TO).instant(),
                      Map.of("actor", List.of("agent:a1"), "status", List.of("denied")),
                      false));
          JsonValue asked = liar.get("request");
          liar.files.clear();
          liar.files.putAll(narrow.files);
          liar.set("request", asked);
          liar.close();
        });
    notKnown(
        ledger,
        "annotations left out",
        request(ledger),
        liar -> {
          assertThat(liar.file("annotations.ndjson")).isNotEmpty();
          liar.files.put("annotations.ndjson", new byte[0]);
          liar.close();
        });
    notKnown(
        ledger,
        "another mapping of controls to actions",
        request(ledger),
        liar -> {
          liar.files.put(
              "mapping.yaml", "id: mine\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
          liar.close();
        });
    notKnown(
        ledger,
        "the actions of a framework narrowed, its name kept",
        request(ledger),
        liar -> {
          LyingExporter narrow =
              new LyingExporter(
                  ledger,
                  temp,
                  new ExportRequest(
                      null, null, null, null, Map.of("action", List.of("config_change")), false));
          liar.files.clear();
          liar.files.putAll(narrow.files);
          liar.set("framework", new JsonString("soc2"));
          liar.close();
        });
  }

  private void samples(Ledger ledger) throws Exception {
    found(
        ledger,
        "a sample posed as a range",
        FROM - 1,
        liar -> {
          draw(liar, "seed", 4);
          liar.set("kind", new JsonString("range"));
          liar.set("sample", null);
        });
    found(
        ledger,
        "a sample's line that does not match",
        OTHER,
        liar -> {
          draw(liar, "seed", 100);
          List<byte[]> lines = liar.lines("entries.ndjson");
          for (int i = 0; i < lines.size(); i++) {
            if (((JsonNumber) member(Resealed.parse(lines.get(i)), "seq")).value() > OTHER) {
              lines.add(i, liar.skeleton(OTHER));
              break;
            }
          }
          liar.lines("entries.ndjson", lines);
          JsonObject sample = (JsonObject) liar.get("sample");
          JsonObject.Builder json = JsonObject.builder();
          sample.members().forEach(json::put);
          json.put("n", lines.size());
          liar.set("sample", json.build());
          liar.countOn(1, 0, 0, 1);
          liar.list();
          liar.files.put(
              "proofs/" + OTHER + ".tlog-proof",
              ledger
                  .reader()
                  .prove(
                      OTHER, io.osmoda.format.log.SignedCheckpoint.parse(liar.file("checkpoint")))
                  .toBytes());
        });
    notKnown(
        ledger,
        "a sample by a seed of the exporter's choice",
        request(ledger),
        liar -> draw(liar, "favourable", 4));
    notKnown(
        ledger,
        "a sample said to be of another population",
        request(ledger),
        liar -> {
          draw(liar, "seed", 4);
          JsonObject sample = (JsonObject) liar.get("sample");
          JsonObject.Builder json = JsonObject.builder();
          sample.members().forEach(json::put);
          json.put("population", "0".repeat(64));
          liar.set("sample", json.build());
        });
    notKnown(
        ledger,
        "a sample said to be drawn by another seed",
        request(ledger),
        liar -> {
          draw(liar, "favourable", 4);
          JsonObject sample = (JsonObject) liar.get("sample");
          JsonObject.Builder json = JsonObject.builder();
          sample.members().forEach(json::put);
          json.put("seed", "the auditor's");
          liar.set("sample", json.build());
        });
  }

  private void draw(LyingExporter liar, String seed, int n) throws Exception {
    Path population = Files.createTempFile(temp, "population", ".zip");
    Files.write(population, ZipBytes.of(liar.files).toBytes());
    Path drawn = Files.createTempDirectory(temp, "drawn").resolve("sample");
    try (BundleSink sink = new FolderSink(drawn)) {
      BundleSample.draw(population, n, seed, sink);
    }
    liar.read(drawn);
  }

  private void otherLedgers(Ledger ledger) throws Exception {
    try (Ledger second =
        Ledger.create(temp.resolve("second"), SampleLedger.ORIGIN, LedgerOptions.defaults())) {
      fill(second);
      found(
          second,
          "a second ledger of the same name, with keys of its own",
          null,
          LyingExporter::close);
      found(
          ledger,
          "the redaction of another ledger",
          null,
          liar -> {
            LyingExporter other = new LyingExporter(second, temp, request(second));
            liar.files.put("context.ndjson", other.file("context.ndjson"));
            liar.close();
            other.files.keySet().stream()
                .filter(name -> name.startsWith("proofs/"))
                .forEach(name -> liar.files.putIfAbsent(name, other.file(name)));
          });
      found(
          ledger,
          "lines of another ledger",
          FROM - 1,
          liar -> {
            LyingExporter other = new LyingExporter(second, temp, request(second));
            liar.files.put("entries.ndjson", other.file("entries.ndjson"));
            liar.close();
          });
    }
    try (Ledger foreign =
        Ledger.create(temp.resolve("foreign"), "test.example/other", LedgerOptions.defaults())) {
      fill(foreign);
      found(foreign, "a ledger of another name", null, LyingExporter::close);
    }
  }

  /** What only an older checkpoint, a witness or the ledger itself tells. */
  private void fork() throws Exception {
    Path ledger = temp.resolve("ledger");
    Path copy = temp.resolve("fork").resolve("ledger");
    for (String name : List.of("ledger", "ledger.keys")) {
      Path from = temp.resolve(name);
      try (Stream<Path> walk = Files.walk(from)) {
        for (Path each : walk.toList()) {
          Path to = copy.resolveSibling(name).resolve(from.relativize(each).toString());
          Files.createDirectories(to.resolve("..").normalize());
          Files.copy(each, to);
        }
      }
    }
    assertThat(copy.resolve("ledger.json")).exists();
    try (Ledger forked = Ledger.open(copy, LedgerOptions.defaults())) {
      notKnown(forked, "a second history by the same keys", all(), LyingExporter::close);
      forked.redact(HIDDEN, HIDDEN, "hidden for the auditor", JsonObject.EMPTY);
      notKnown(
          forked, "what is to be hidden redacted first, on record", all(), LyingExporter::close);
    }
    assertThat(ledger).isDirectory();
  }

  @Test
  void whatCanBeFoundIsFoundAndNothingElse() {
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      if (!Verifiers.judgement(ours.get(i)).equals(expected.get(i))) {
        wrong.add(
            "%s: expected %s, found %s"
                .formatted(cases.get(i).what(), expected.get(i), ours.get(i)));
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void theJarFindsTheSame() throws Exception {
    Verifiers.assertSame(cases, ours, Verifiers.command(cases), "the jar's command");
    Verifiers.assertSame(cases, ours, Verifiers.jar(cases, temp), "the jar");
  }

  @Test
  void thePythonVerifierFindsTheSame() throws Exception {
    Verifiers.assertSame(cases, ours, Verifiers.python(cases, temp), "verify.py");
  }

  @Test
  void thePageFindsTheSame() throws Exception {
    Verifiers.assertSame(cases, ours, Verifiers.page(Browser.Kind.CHROMIUM, cases), "verify.html");
  }
}
