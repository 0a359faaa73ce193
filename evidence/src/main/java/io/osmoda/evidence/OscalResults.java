package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Digests;
import io.osmoda.verify.BadManifestException;
import io.osmoda.verify.BundleFiles;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Counts;
import io.osmoda.verify.LineSource;
import io.osmoda.verify.Manifest;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A bundle as OSCAL assessment results: what the ledger observed of each control of the bundle's
 * frameworks, of the bundle's integrity and of its coverage. Observations only: a finding is the
 * conclusion of an assessor. The same bundle gives the same document. Memory does not grow with the
 * bundle's entries, but for what its verification keeps.
 */
public final class OscalResults {
  /** The version of the OSCAL that is written. */
  static final String OSCAL_VERSION = "1.2.1";

  private static final String NAMESPACE = "https://osmoda.io/ns/oscal/v1";

  /** Times before it and after it cannot be said in OSCAL. */
  private static final String EARLIEST = "2000-01-01T00:00:00Z";

  private static final String LATEST = "2999-12-31T00:00:00Z";

  private static final int MAX_SMALL = 1 << 20;

  /** What is reported about coverage: every bundle contains these in full. */
  private static final List<String> COVERAGE =
      List.of(
          "capture_state",
          "capture_start",
          "capture_stop",
          "capture_gap",
          "clock_step",
          "ledger_recover",
          "ledger_redact",
          "ledger_restore");

  private final BundleFiles files;
  private final Manifest manifest;
  private final String manifestSha256;
  private final BundleVerification verification;
  private final Map<String, JsonObject> resources = new TreeMap<>(); // by name
  private final List<Framework> frameworks;
  private final SupportTally support;
  private final Map<String, Long> coverage = new TreeMap<>();
  private final List<JsonValue> gaps = new ArrayList<>();
  private @Nullable String newest; // timestamp of the last entry

  private OscalResults(
      BundleFiles files, Manifest manifest, String manifestSha256, BundleVerification verification)
      throws IOException {
    this.files = files;
    this.manifest = manifest;
    this.frameworks = BundleFrameworks.of(files, manifest);
    this.support = new SupportTally(frameworks);
    this.manifestSha256 = manifestSha256;
    this.verification = verification;
  }

  /**
   * Verifies the bundle, but for whose signatures it bears, and writes the document.
   *
   * @param out written to, not closed
   * @throws IOException if the bundle cannot be read or does not verify, or the document not be
   *     written
   */
  public static void write(Path bundle, OutputStream out) throws IOException {
    BundleVerification verification = BundleVerifier.verify(bundle, VerifyOptions.defaults());
    verification.demandConsistent();
    try (BundleFiles files = BundleFiles.open(bundle)) {
      byte[] bytes = files.read("manifest.json", Manifest.MAX_BYTES);
      OscalResults results =
          new OscalResults(
              files, Manifest.parse(bytes), Manifest.sha256(bytes).hex(), verification);
      BundleEntries.readAll(bundle, results::count);
      out.write(Manifest.Lines.of(results.document()));
    } catch (BadManifestException e) {
      throw new IOException("manifest.json: " + e.getMessage(), e);
    }
  }

  private void count(BundleEntry each) {
    Entry entry = each.entry();
    newest = entry.timestamp();
    if (COVERAGE.contains(entry.action())) {
      coverage.merge(entry.action(), 1L, Long::sum);
      if (entry.action().equals("capture_gap") && gaps.size() < SupportTally.EXAMPLES) {
        gaps.add(evidence(SupportTally.Example.of(entry)));
      }
    }
    if (each.matches()) {
      support.add(entry);
    }
  }

  private JsonObject document() throws IOException {
    String made = made();
    List<JsonValue> observations = new ArrayList<>();
    observations.add(integrity(made));
    observations.add(coverage(made));
    List<JsonValue> selections = new ArrayList<>();
    for (Framework framework : frameworks) {
      List<JsonValue> ids = new ArrayList<>();
      ControlIds tokens = new ControlIds(framework.id());
      for (Control control : framework.controls()) {
        String token = tokens.of(control.id());
        ids.add(JsonObject.builder().put("control-id", token).build());
        observations.add(observation(framework, control, token, made));
      }
      selections.add(
          JsonObject.builder()
              .put(
                  "description",
                  line(framework.name())
                      + ", as "
                      + "the file of the framework in this bundle has it (version "
                      + line(framework.version())
                      + "). The ids and titles are that file's own; there is no catalogue.")
              .put("props", new JsonArray(List.of(prop("framework", framework.id()))))
              .put("include-controls", new JsonArray(ids))
              .build());
    }
    JsonObject result =
        JsonObject.builder()
            .put("uuid", uuid("result"))
            .put("title", "What the ledger " + manifest.origin() + " holds of the controls")
            .put(
                "description",
                "Entries of a tamper-evident ledger of what agents did, counted by the controls"
                    + " that they support. An entry supports a control, or the control is not"
                    + " evidenced by this bundle; whether a control is designed well or met is for"
                    + " the assessor to say, so there are no findings here.")
            .put("start", start())
            .put("end", inRange(manifest.timeTo() == null ? made : manifest.timeTo()))
            .put("props", new JsonArray(props()))
            .put("local-definitions", tool())
            .put(
                "reviewed-controls",
                JsonObject.builder().put("control-selections", new JsonArray(selections)).build())
            .put("observations", new JsonArray(observations))
            .put("remarks", remarks())
            .build();
    return JsonObject.builder()
        .put(
            "assessment-results",
            JsonObject.builder()
                .put("uuid", uuid("document"))
                .put(
                    "metadata",
                    JsonObject.builder()
                        .put("title", "Observations from the ledger " + manifest.origin())
                        .put("last-modified", made)
                        .put("version", manifestSha256)
                        .put("oscal-version", OSCAL_VERSION)
                        .put(
                            "remarks",
                            "An unverified copy, which proves nothing. The bundle whose"
                                + " manifest.json has the SHA-256 "
                                + manifestSha256
                                + " can be verified (osmoda verify-bundle) with keys received"
                                + " separately.")
                        .build())
                .put(
                    "import-ap",
                    JsonObject.builder()
                        .put("href", "#" + resource("manifest.json"))
                        .put(
                            "remarks",
                            "There is no assessment plan in OSCAL. The bundle's manifest states"
                                + " what was requested: period, filter, framework, payloads.")
                        .build())
                .put("results", new JsonArray(List.of(result)))
                .put("back-matter", backMatter())
                .build())
        .build();
  }

  /** When the export ended; a sample knows only when its last entry was sealed. */
  private String made() throws IOException {
    if (files.names().contains("export.ndjson")) {
      return inRange(Entry.parse(files.read("export.ndjson", MAX_SMALL)).timestamp());
    }
    return newest == null ? EARLIEST : inRange(newest);
  }

  private String start() throws IOException {
    String from = manifest.timeFrom();
    if (from != null) {
      return inRange(from);
    }
    try (InputStream in = files.open("entries.ndjson")) {
      LineSource lines = new LineSource(in);
      return lines.next() ? inRange(BundleEntries.entry(lines).timestamp()) : EARLIEST;
    }
  }

  private static String inRange(String time) {
    return time.compareTo(EARLIEST) < 0 ? EARLIEST : time.compareTo(LATEST) > 0 ? LATEST : time;
  }

  private List<JsonValue> props() {
    List<JsonValue> props = new ArrayList<>();
    props.add(prop("unverified-copy-of", manifestSha256));
    props.add(prop("origin", manifest.origin()));
    props.add(prop("kind", manifest.isSample() ? "sample" : "range"));
    props.add(prop("payloads", manifest.withheld() ? "withheld" : "full"));
    if (manifest.timeFrom() != null && manifest.timeTo() != null) {
      props.add(prop("time-from", manifest.timeFrom()));
      props.add(prop("time-to", manifest.timeTo()));
    }
    return props;
  }

  private String remarks() {
    return "Counts cover the entries that match the export's filter and period; a filter narrower"
        + " than a framework's actions counts fewer. The ledger contains what crossed its"
        + " capture points, as they saw it (observed) or as others reported it to them"
        + " (reported); it does not show that nothing else happened."
        + (manifest.isSample()
            ? " This bundle is a sample: nothing in it shows how many entries there are."
            : "");
  }

  private JsonObject integrity(String made) {
    Counts counts = verification.counts();
    Checkpoint checkpoint = verification.checkpoint();
    List<JsonValue> props = new ArrayList<>();
    props.add(prop("subject", manifest.isSample() ? "integrity" : "integrity-and-completeness"));
    props.add(prop("faults", "0"));
    props.add(prop("first-seq", Long.toString(manifest.firstSeq())));
    props.add(prop("last-seq", Long.toString(manifest.endSeq() - 1)));
    if (counts != null) {
      props.add(prop("entries", Long.toString(counts.entries())));
      props.add(prop("matching", Long.toString(counts.matching())));
      props.add(prop("redacted", Long.toString(counts.redacted())));
      props.add(prop("skeletons", Long.toString(counts.skeletons())));
    }
    if (checkpoint != null) {
      props.add(prop("checkpoint-size", Long.toString(checkpoint.size())));
      props.add(prop("checkpoint-root", checkpoint.root().base64()));
    }
    String what =
        manifest.isSample()
            ? "each entry of the sample leads to the checkpoint's root by its own proof. The sample"
                + " does not show that nothing else belongs to the population."
            : "the entries are linked without a gap and lead to the checkpoint's root by the proof"
                + " of the range, so under that root no entry of the range is missing or"
                + " changed.";
    List<JsonValue> evidence = new ArrayList<>();
    for (String name :
        List.of("entries.ndjson", "range.proof", "checkpoint", "export.ndjson", "manifest.json")) {
      if (files.names().contains(name)) {
        evidence.add(file(name));
      }
    }
    return observation("integrity", "Integrity of the bundle", "TEST", made)
        .put(
            "description",
            "When this document was created, the bundle was read and its hashes were recomputed: "
                + what
                + " Nothing was found wrong. The checkpoint's signatures were not checked against"
                + " trusted keys: that needs keys received separately (osmoda verify-bundle"
                + " --trust).")
        .put("props", new JsonArray(props))
        .put("relevant-evidence", new JsonArray(evidence))
        .put(
            "remarks",
            "A proof is only as good as its checkpoint. Only older checkpoints held by others, not"
                + " this document, show that no holder of the ledger's keys rewrote anything before"
                + " it.")
        .build();
  }

  private JsonObject coverage(String made) {
    List<JsonValue> props = new ArrayList<>();
    props.add(prop("subject", "coverage"));
    List<String> told = new ArrayList<>();
    for (String action : COVERAGE) {
      long count = coverage.getOrDefault(action, 0L);
      props.add(prop(action, Long.toString(count)));
      told.add(action + " " + count);
    }
    JsonObject.Builder observation =
        observation("coverage", "Coverage of the capture points", "EXAMINE", made)
            .put(
                "description",
                "Entries of the bundle, matching or not, about the recording itself: "
                    + String.join(", ", told)
                    + ". A capture_gap is a period in which a capture point knew that it lost"
                    + " events; capture_state records each day which points were on.")
            .put("props", new JsonArray(props))
            .put(
                "remarks",
                "The absence of gap entries does not show that a capture point was on, or that"
                    + " nothing bypassed it.");
    observation.put(
        "relevant-evidence",
        new JsonArray(gaps.isEmpty() ? List.of(file("entries.ndjson")) : gaps));
    return observation.build();
  }

  private JsonObject observation(Framework framework, Control control, String token, String made) {
    SupportTally.Support found = support.of(control);
    List<JsonValue> props = new ArrayList<>();
    props.add(prop("subject", "control"));
    props.add(prop("control-id", token));
    props.add(prop("framework", framework.id()));
    props.add(prop("control", line(control.id())));
    props.add(prop("state", found.count() == 0 ? "not-evidenced" : "supports"));
    props.add(prop("entries", Long.toString(found.count())));
    found.bySource().forEach((source, count) -> props.add(prop("source", source + " " + count)));
    JsonObject.Builder observation =
        observation(
            "control/" + framework.id() + "/" + control.id(),
            line(framework.name() + " " + control.id() + ": " + control.title()),
            "EXAMINE",
            made);
    if (found.count() == 0) {
      observation.put(
          "description",
          "not evidenced: "
              + (control.actions().isEmpty()
                  ? "no entry of a ledger can support this control."
                  : "no entry that matches the bundle's filter is of the kind that the framework's"
                      + " file names for this control ("
                      + String.join(", ", control.actions())
                      + ")."));
    } else {
      props.add(prop("newest", found.newest()));
      List<String> sources = new ArrayList<>();
      found
          .bySource()
          .forEach(
              (source, count) ->
                  sources.add("%s %d (%s)".formatted(source, count, Assurance.of(source))));
      List<JsonValue> evidence = new ArrayList<>();
      found.examples().forEach(entry -> evidence.add(evidence(entry)));
      observation
          .put(
              "description",
              "supports: %d of the bundle's entries are of the kind that the framework's file"
                      .formatted(found.count())
                  + " names for this control. The newest was sealed at %s. Capture points:"
                      .formatted(found.newest())
                  + " "
                  + String.join(", ", sources)
                  + ".")
          .put("relevant-evidence", new JsonArray(evidence));
    }
    return observation
        .put("props", new JsonArray(props))
        .put(
            "remarks",
            "An assessor asks for: %s\n\nThe ledger cannot show: %s\n\nPeople must provide: %s"
                .formatted(control.asks(), control.cannotShow(), control.humanEvidence()))
        .build();
  }

  private JsonObject.Builder observation(String role, String title, String method, String made) {
    return JsonObject.builder()
        .put("uuid", uuid("observation/" + role))
        .put("title", title)
        .put("methods", new JsonArray(List.of(new JsonString(method))))
        .put(
            "origins",
            new JsonArray(
                List.of(
                    JsonObject.builder()
                        .put(
                            "actors",
                            new JsonArray(
                                List.of(
                                    JsonObject.builder()
                                        .put("type", "tool")
                                        .put("actor-uuid", uuid("tool"))
                                        .build())))
                        .build())))
        .put("collected", made);
  }

  private JsonObject tool() {
    return JsonObject.builder()
        .put(
            "assessment-assets",
            JsonObject.builder()
                .put(
                    "components",
                    new JsonArray(
                        List.of(
                            JsonObject.builder()
                                .put("uuid", uuid("tool"))
                                .put("type", "software")
                                .put("title", "osModa Audit")
                                .put(
                                    "description",
                                    "Keeps the ledger, and created the bundle (as "
                                        + line(manifest.madeBy())
                                        + ") and this document.")
                                .put(
                                    "status",
                                    JsonObject.builder().put("state", "operational").build())
                                .build())))
                .put(
                    "assessment-platforms",
                    new JsonArray(
                        List.of(
                            JsonObject.builder()
                                .put("uuid", uuid("platform"))
                                .put(
                                    "uses-components",
                                    new JsonArray(
                                        List.of(
                                            JsonObject.builder()
                                                .put("component-uuid", uuid("tool"))
                                                .build())))
                                .build())))
                .build())
        .build();
  }

  private JsonObject evidence(SupportTally.Example entry) {
    return JsonObject.builder()
        .put("href", "#" + resource("entries.ndjson"))
        .put(
            "description",
            "entry %d (%s), sealed at %s".formatted(entry.seq(), entry.action(), entry.timestamp()))
        .put(
            "props",
            new JsonArray(
                List.of(
                    prop("seq", Long.toString(entry.seq())),
                    prop("entry-hash", entry.entryHash()))))
        .build();
  }

  private JsonObject file(String name) {
    return JsonObject.builder()
        .put("href", "#" + resource(name))
        .put("description", name + " of the bundle")
        .build();
  }

  private String resource(String name) {
    return uuid("resource/" + name);
  }

  private JsonObject backMatter() throws IOException {
    for (String name : files.names()) {
      if (!name.startsWith(BundleFiles.PROOFS)) {
        String listed = manifest.files().get(name);
        String hash =
            listed != null ? listed : Digests.of(files.read(name, Manifest.MAX_BYTES)).hex();
        resources.put(
            name,
            JsonObject.builder()
                .put("uuid", resource(name))
                .put("title", name)
                .put("description", "A file of the bundle, by its name there.")
                .put(
                    "rlinks",
                    new JsonArray(
                        List.of(
                            JsonObject.builder()
                                .put("href", name)
                                .put(
                                    "hashes",
                                    new JsonArray(
                                        List.of(
                                            JsonObject.builder()
                                                .put("algorithm", "SHA-256")
                                                .put("value", hash)
                                                .build())))
                                .build())))
                .build());
      }
    }
    return JsonObject.builder()
        .put("resources", new JsonArray(List.copyOf(resources.values())))
        .build();
  }

  private static JsonObject prop(String name, String value) {
    return JsonObject.builder().put("name", name).put("ns", NAMESPACE).put("value", value).build();
  }

  private String uuid(String role) {
    return NameUuid.of(manifestSha256 + "/" + role).toString();
  }

  /** A text as one line, which many members of OSCAL must be. */
  private static String line(String text) {
    String line = text.replaceAll("[\\s\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
    return line.isEmpty() ? "-" : line;
  }

  /** The controls' ids as tokens of OSCAL, which begin with a letter and hold no brackets. */
  static final class ControlIds {
    private final String framework;
    private final Map<String, String> taken = new TreeMap<>(); // control by token

    ControlIds(String framework) {
      this.framework = framework;
    }

    /** {@code part11_11.10.a} for 11.10(a); another one of the same token gets a number. */
    String of(String control) {
      String token =
          ("_" + framework + "_" + control)
              .replaceAll("[^\\p{L}\\p{N}._-]+", ".")
              .replaceAll("[.]+$", "");
      token = Character.isLetter(token.codePointAt(1)) ? token.substring(1) : token;
      String free = token;
      for (int i = 2; taken.putIfAbsent(free, control) != null; i++) {
        free = token + "-" + i;
      }
      return free;
    }
  }
}
