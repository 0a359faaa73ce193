package io.osmoda.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.evidence.Verifiers.Case;
import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.OddEd25519;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.LineCheck;
import io.osmoda.verify.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Some hundred intact and damaged bundles, on which all verifiers agree: on the verdict and on the
 * lowest entry that is concerned.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerifierCorpusTest {
  private static final long[] SEEDS = {20_260_302L, 7, 99};
  private static final int MUTATIONS = 12; // a seed
  private static final long GIGABYTE = 1L << 30;

  /** The members of a line and of a manifest that can be anything but what they are. */
  private static final List<JsonValue> STRANGE =
      List.of(
          new JsonString("x"),
          new JsonString(""),
          JsonNumber.of(7),
          JsonNull.NULL,
          JsonObject.EMPTY,
          new JsonArray(List.of(new JsonString("x"))));

  Path temp = Path.of("");
  Path policy = Path.of("");
  Map<String, byte[]> range = Map.of();
  Map<String, byte[]> sample = Map.of();
  Map<String, byte[]> other = Map.of(); // of the same ledger, at another time
  List<byte[]> whole = List.of(); // all lines of the ledger
  final List<Case> cases = new ArrayList<>();
  final List<Boolean> intact = new ArrayList<>(); // whether a case must be; null where either may
  List<BundleVerification> ours = List.of();
  long randomSeed;

  @BeforeAll
  void make(@TempDir Path folder) throws Exception {
    temp = folder;
    randomSeed = Seed.fresh();
    try (Ledger ledger = SampleLedger.create(folder)) {
      SampleLedger.fill(ledger, 9);
      ledger.appendDurably(
          EntryDraft.builder("mcp_proxy", "agent:a1", "tool_result")
              .tool("<script>alert(1)</script>")
              .target("javascript:alert(2)")
              .reason("\u001b[31mred\n<img src=x onerror=alert(3)>")
              .payload(
                  JsonObject.builder()
                      .put("html", "</script><script>alert(4)</script>\u202e")
                      .put("deep", nested(60))
                      .build())
              .build());
      SampleLedger.fill(ledger, 3);
      ledger.redact(3, 4, "asked", JsonObject.EMPTY);
      SampleLedger.fill(ledger, 1);
      Instant from = ledger.reader().entry(2).instant();
      Instant to = ledger.reader().entry(25).instant();
      Map<String, List<String>> second = Map.of("actor", List.of("agent:a1"));
      BundleExport export = new BundleExport(ledger, Frameworks.builtIn());
      policy = Files.copy(ledger.trustFile(), folder.resolve("auditor.policy"));
      range = export(export, "range", new ExportRequest(null, null, from, to, second, false));
      other = export(export, "other", new ExportRequest(null, null, null, null, Map.of(), false));
      Map<String, byte[]> withheld =
          export(export, "withheld", new ExportRequest("soc2", null, null, to, Map.of(), true));
      Path drawn = folder.resolve("sample");
      try (BundleSink sink = new FolderSink(drawn)) {
        BundleSample.draw(folder.resolve("range"), 100, "seed", sink); // with what is redacted
      }
      sample = files(drawn);
      List<byte[]> lines = new ArrayList<>();
      for (long seq = 0; seq < ledger.reader().size(); seq++) {
        lines.add((ledger.reader().entry(seq).toJson() + "\n").getBytes(UTF_8));
      }
      whole = lines;
      add("range", range, true);
      add("all", other, true);
      add("withheld", withheld, true);
      add("sample", sample, true);
    }
    addLines();
    addOrders();
    addManifests();
    addOtherFiles();
    addPolicies();
    addOddSignatures();
    addZips();
    addMonsters();
    addRandom();
    assertThat(cases).hasSizeGreaterThan(400);
    ours = Verifiers.ours(cases);
  }

  private static JsonValue nested(int levels) {
    JsonValue value = JsonObject.EMPTY;
    for (int i = 1; i < levels; i++) {
      value = new JsonArray(List.of(value));
    }
    return value;
  }

  private Map<String, byte[]> export(BundleExport export, String name, ExportRequest request)
      throws IOException {
    try (BundleSink sink = new FolderSink(temp.resolve(name))) {
      export.write(request, "user:me", sink);
    }
    return files(temp.resolve(name));
  }

  private static Map<String, byte[]> files(Path bundle) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(bundle)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        files.put(bundle.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  // --- how cases come about

  /** A bundle as a zip, and each third also as a folder. */
  private void add(String what, Map<String, byte[]> files, @Nullable Boolean isIntact)
      throws IOException {
    addZip(what, ZipBytes.of(files), isIntact);
    if (cases.size() % 3 == 1) {
      addFolder(what, files, isIntact);
    }
  }

  private void addZip(String what, ZipBytes zip, @Nullable Boolean isIntact) throws IOException {
    addZip(what, zip.toBytes(), isIntact);
  }

  private void addZip(String what, byte[] zip, @Nullable Boolean isIntact) throws IOException {
    Path file = Files.write(temp.resolve("case-%d.zip".formatted(cases.size())), zip);
    addCase(new Case(what, file, policy), isIntact);
  }

  private Path addFolder(String what, Map<String, byte[]> files, @Nullable Boolean isIntact)
      throws IOException {
    Path folder = temp.resolve("case-" + cases.size());
    Files.createDirectories(folder.resolve("proofs"));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    addCase(new Case(what, folder, policy), isIntact);
    return folder;
  }

  private void addCase(Case each, @Nullable Boolean isIntact) {
    cases.add(each);
    intact.add(isIntact);
  }

  private void changed(String what, Map<String, byte[]> base, String name, byte[] bytes)
      throws IOException {
    Map<String, byte[]> files = new TreeMap<>(base);
    files.put(name, bytes);
    add(what, files, isTold(base, name));
  }

  /** A sample has no entry that names its manifest, so what that claims can be anything. */
  private static @Nullable Boolean isTold(Map<String, byte[]> base, String name) {
    boolean isNamed = base.containsKey("range.proof") || name.equals("entries.ndjson");
    return isNamed ? Boolean.FALSE : null;
  }

  /** As above, with a manifest that lists the new hash: what only the export's line can tell. */
  private void listed(String what, Map<String, byte[]> base, String name, byte[] bytes)
      throws Exception {
    Map<String, byte[]> files = new TreeMap<>(base);
    files.put(name, bytes);
    JsonObject manifest = Resealed.parse(bytesOf(base, "manifest.json"));
    Map<String, JsonValue> hashes =
        new LinkedHashMap<>(((JsonObject) member(manifest, "files")).members());
    hashes.put(name, new JsonString(Digests.of(bytes).hex()));
    JsonObject.Builder json = JsonObject.builder();
    hashes.forEach(json::put);
    files.put(
        "manifest.json", Resealed.with(bytesOf(base, "manifest.json"), "files", json.build()));
    add(what, files, isTold(base, name));
  }

  private static byte[] bytesOf(Map<String, byte[]> files, String name) {
    byte[] bytes = files.get(name);
    assertThat(bytes).as(name).isNotNull();
    return bytes;
  }

  private static JsonValue member(JsonObject json, String name) {
    JsonValue value = json.get(name);
    assertThat(value).as(name).isNotNull();
    return value;
  }

  private static List<byte[]> lines(byte[] file) {
    List<byte[]> lines = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < file.length; i++) {
      if (file[i] == '\n') {
        lines.add(Arrays.copyOfRange(file, from, i + 1));
        from = i + 1;
      }
    }
    return lines;
  }

  private static byte[] joined(List<byte[]> lines) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    lines.forEach(out::writeBytes);
    return out.toByteArray();
  }

  // --- the corpus

  /** Each member of a whole line and of a skeleton, removed or strange, with old or new hashes. */
  private void addLines() throws Exception {
    List<byte[]> lines = lines(bytesOf(range, "entries.ndjson"));
    int strange = 0;
    for (int at : new int[] {4, 6}) {
      JsonObject line = Resealed.parse(lines.get(at));
      for (String member : line.members().keySet()) {
        changeLine("line %d without %s".formatted(at, member), at, member, null, false);
        JsonValue value = STRANGE.get(strange++ % STRANGE.size());
        boolean seals = at == 6 && !member.endsWith("_hash"); // these come out as they were
        changeLine("line %d, %s is %s".formatted(at, member, value), at, member, value, seals);
      }
    }
    changeLine("a number too large", 4, "seq", JsonNumber.of((1L << 53) - 1), true);
    changeLine("a number before", 4, "seq", JsonNumber.of(0), true);
    changeLine("a broken number", 4, "seq", new JsonNumber(5.5), true);
    changeLine("an unknown member", 4, "zzz", new JsonString("x"), true);
    changeLine("a day that is none", 4, "timestamp", stamp("2026-02-30"), true);
    changeLine("a time long ago", 4, "timestamp", stamp("2020-02-20"), true);
    changeLine("a time to come", 4, "timestamp", stamp("2120-02-20"), true);
    changeLine("another ledger's source", 4, "source", new JsonString("ledger"), true);
    byte[] deep = Resealed.with(lines.get(4), "payload", object(JsonNumber.of(1)));
    lines.set(
        4,
        new String(deep, UTF_8)
            .replace("{\"a\":1}", "{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}")
            .getBytes(UTF_8));
    changed("a payload of 65 levels", range, "entries.ndjson", joined(lines));
    changeLine("its own cause", 4, "caused_by", causes("#5@" + "0".repeat(64)), true);
    changeLine("a wrong cause", 6, "caused_by", causes("#4@" + "0".repeat(64)), true);
    changeLine("a cause elsewhere", 6, "caused_by", causes("x#4@" + "0".repeat(64)), true);
    changeLine(
        "its own origin",
        6,
        "caused_by",
        causes(SampleLedger.ORIGIN + "#4@" + "0".repeat(64)),
        true);
  }

  private static JsonString stamp(String day) {
    return new JsonString(day + "T00:00:00.000000000Z");
  }

  private static JsonObject object(JsonValue value) {
    return JsonObject.builder().put("a", value).build();
  }

  private static JsonArray causes(String cause) {
    return new JsonArray(List.of(new JsonString(cause)));
  }

  private void changeLine(
      String what, int at, String member, @Nullable JsonValue value, boolean seals)
      throws Exception {
    List<byte[]> lines = lines(bytesOf(range, "entries.ndjson"));
    byte[] line = Resealed.with(lines.get(at), member, value);
    lines.set(at, seals ? Resealed.seal(line) : line);
    changed(what, range, "entries.ndjson", joined(lines));
  }

  /** Lines left out, doubled, swapped, and whole ones for skeletons. */
  private void addOrders() throws Exception {
    for (Map<String, byte[]> base : List.of(range, sample)) {
      List<byte[]> good = lines(bytesOf(base, "entries.ndjson"));
      int last = good.size() - 1;
      for (int at : new int[] {0, 3, last}) {
        List<byte[]> lines = new ArrayList<>(good);
        lines.remove(at);
        changed("line %d left out".formatted(at), base, "entries.ndjson", joined(lines));
        lines = new ArrayList<>(good);
        lines.add(at, good.get(at));
        listed("line %d doubled".formatted(at), base, "entries.ndjson", joined(lines));
        lines = new ArrayList<>(good);
        Collections.swap(lines, at, (at + 2) % good.size());
        changed("line %d swapped".formatted(at), base, "entries.ndjson", joined(lines));
        lines = new ArrayList<>(good);
        lines.set(at, "{}\n".getBytes(UTF_8));
        changed("line %d is an object".formatted(at), base, "entries.ndjson", joined(lines));
      }
      List<byte[]> lines = new ArrayList<>(good);
      lines.set(3, "\n".getBytes(UTF_8));
      lines.set(4, "[".repeat(100_000).concat("\n").getBytes(UTF_8));
      changed("an empty and a deep line", base, "entries.ndjson", joined(lines));
      changed("no line", base, "entries.ndjson", new byte[0]);
      byte[] all = joined(good);
      changed("no LF at the end", base, "entries.ndjson", Arrays.copyOf(all, all.length - 1));
      changed("half a line", base, "entries.ndjson", Arrays.copyOf(all, all.length - 200));
      changed("a line of others", base, "entries.ndjson", joined(more(good, whole.getLast())));
      changed("a line of before", base, "entries.ndjson", joined(before(good, whole.getFirst())));
    }
    List<byte[]> good = lines(bytesOf(range, "entries.ndjson"));
    for (int at = 0; at < good.size(); at += 2) {
      int seq = (int) ((JsonNumber) member(Resealed.parse(good.get(at)), "seq")).value();
      boolean isWhole = Resealed.parse(good.get(at)).get("payload") != null;
      byte[] line =
          isWhole
              ? Resealed.with(Resealed.with(good.get(at), "payload", null), "payload_salt", null)
              : whole.get(seq);
      if (!Arrays.equals(line, good.get(at))) {
        List<byte[]> lines = new ArrayList<>(good);
        lines.set(at, line);
        listed(isWhole ? "emptied" : "shown", range, "entries.ndjson", joined(lines));
      }
    }
  }

  private static List<byte[]> more(List<byte[]> lines, byte[] line) {
    List<byte[]> longer = new ArrayList<>(lines);
    longer.add(line);
    return longer;
  }

  private static List<byte[]> before(List<byte[]> lines, byte[] line) {
    List<byte[]> longer = new ArrayList<>(lines);
    longer.addFirst(line);
    return longer;
  }

  /** Each member of a manifest, removed, strange or a little off. */
  private void addManifests() throws Exception {
    int strange = 0;
    for (Map<String, byte[]> base : List.of(range, sample)) {
      byte[] manifest = bytesOf(base, "manifest.json");
      for (String name : Resealed.parse(manifest).members().keySet()) {
        manifest("no " + name, base, name, null);
        JsonValue value = STRANGE.get(strange++ % STRANGE.size());
        manifest("%s is %s".formatted(name, value), base, name, value);
      }
      manifest("an unknown member", base, "zzz", new JsonString("x"));
      changed("no LF", base, "manifest.json", Arrays.copyOf(manifest, manifest.length - 1));
      String text = new String(manifest, UTF_8);
      changed("spaces", base, "manifest.json", text.replace(":", ": ").getBytes(UTF_8));
      changed("two LF", base, "manifest.json", (text + "\n").getBytes(UTF_8));
      // Another format ends the run before anything else is judged, whatever it looks like.
      format("another format", base, text.replace("\"format\":1", "\"format\":2"));
      format("another format, spaced", base, text.replace("\"format\":1", "\"format\": 2"));
      format("another format alone", base, "{\"format\":3}\n");
      format("another format, other members", base, "{\"a\":[],\"format\":0}\n");
      changed(
          "no integer", base, "manifest.json", text.replace("t\":1,", "t\":1.5,").getBytes(UTF_8));
      format("a negative format", base, text.replace("t\":1,", "t\":-1,"));
      format("a large format", base, text.replace("t\":1,", "t\":1e+300,"));
      changed(
          "a text", base, "manifest.json", text.replace("t\":1,", "t\":\"2\",").getBytes(UTF_8));
      changed("in a list", base, "manifest.json", "[{\"format\":2}]\n".getBytes(UTF_8));
      changed("deep", base, "manifest.json", "[".repeat(100_000).getBytes(UTF_8));
    }
    for (String count : List.of("entries", "matching", "redacted", "skeletons")) {
      JsonObject counts =
          (JsonObject) member(Resealed.parse(bytesOf(range, "manifest.json")), "counts");
      JsonObject.Builder json = JsonObject.builder();
      counts.members().forEach(json::put);
      json.put(count, ((JsonNumber) member(counts, count)).value() + 1);
      manifest("one more of " + count, range, "counts", json.build());
    }
    for (String filter :
        List.of(
            "{}",
            "{\"actor\":[\"*\"]}",
            "{\"actor\":[\"agent:a\"]}",
            "{\"actor\":[\"agent:a1\",\"agent:a1\"]}",
            "{\"actor\":[\"agent:a1*\"]}",
            "{\"actor\":[\"agent:a0\"]}",
            "{\"actor\":[\"b\",\"a\"]}",
            "{\"actor\":[\"\\ud83d\\ude00\",\"\\ue000\"]}",
            "{\"actor\":[]}",
            "{\"actor\":\"agent:a1\"}",
            "{\"actor\":[\"\"]}",
            "{\"actor\":[\"agent:a1\"],\"tool\":[\"read*\"]}",
            "{\"reason\":[\"x\"]}")) {
      manifest(
          "filter " + filter,
          range,
          "filter",
          io.osmoda.format.json.CanonicalJson.parse(filter.getBytes(UTF_8)));
    }
    for (String seq : List.of("first_seq", "end_seq")) {
      double value =
          ((JsonNumber) member(Resealed.parse(bytesOf(range, "manifest.json")), seq)).value();
      for (double off : new double[] {-1, 1, 100, (0x1p53 - 1) - value}) {
        manifest("%s %+.0f".formatted(seq, off), range, seq, new JsonNumber(value + off));
      }
    }
    manifest("a time before", range, "time_from", stamp("2020-01-01"));
    manifest("a time after", range, "time_to", stamp("2120-01-01"));
    manifest("no such day", range, "time_from", stamp("2026-02-31"));
    manifest("withheld", range, "payloads", new JsonString("withheld"));
    manifest("the other kind", range, "kind", new JsonString("sample"));
    manifest("the other kind", sample, "kind", new JsonString("range"));
    manifest("another origin", range, "origin", new JsonString("test.example/other"));
    manifest("a boolean", range, "first_seq", JsonBoolean.TRUE);
  }

  private void manifest(
      String what, Map<String, byte[]> base, String name, @Nullable JsonValue value)
      throws Exception {
    changed(
        "manifest: " + what,
        base,
        "manifest.json",
        Resealed.with(bytesOf(base, "manifest.json"), name, value));
  }

  private void format(String what, Map<String, byte[]> base, String manifest) throws IOException {
    Map<String, byte[]> files = new TreeMap<>(base);
    files.put("manifest.json", manifest.getBytes(UTF_8));
    add("unverifiable: " + what, files, null);
  }

  /** Context, annotations, proofs, the checkpoint, the line that closes the export. */
  private void addOtherFiles() throws Exception {
    for (Map<String, byte[]> base : List.of(range, sample)) {
      for (String name : base.keySet()) {
        Map<String, byte[]> files = new TreeMap<>(base);
        files.remove(name);
        add(name + " is missing", files, isTold(base, name));
        changed(name + " is empty", base, name, new byte[0]);
      }
      byte[] context = bytesOf(base, "context.ndjson");
      listed("a context line twice", base, "context.ndjson", joined(List.of(context, context)));
      listed(
          "a context line from elsewhere",
          base,
          "context.ndjson",
          joined(List.of(context, whole.get(9))));
      byte[] redaction = Resealed.seal(Resealed.with(context, "target", new JsonString("#3")));
      listed("a redaction changed", base, "context.ndjson", redaction);
      listed(
          "a redaction of more",
          base,
          "context.ndjson",
          Resealed.with(context, "target", new JsonString("#1-20")));
      byte[] notes = bytesOf(base, "annotations.ndjson");
      assertThat(notes).isNotEmpty();
      for (String line :
          List.of(
              "{\"controls\":[],\"seq\":5}",
              "{\"controls\":[{\"control\":\"x\",\"framework\":\"y\"}],\"seq\":5000}",
              "{\"controls\":[{\"control\":\"x\",\"framework\":\"y\"}],\"seq\":0}",
              "{\"controls\":[{\"control\":7,\"framework\":\"y\"}],\"seq\":5}",
              "{\"seq\":5,\"controls\":[{\"control\":\"x\",\"framework\":\"y\"}]}",
              "not json")) {
        listed(
            "annotation " + line,
            base,
            "annotations.ndjson",
            joined(List.of(notes, (line + "\n").getBytes(UTF_8))));
      }
      listed(
          "annotations without LF",
          base,
          "annotations.ndjson",
          Arrays.copyOf(notes, notes.length - 1));
      changed("a file more", base, "extra.txt", "x".getBytes(UTF_8));
      listed("a file more, listed", base, "extra.txt", "x".getBytes(UTF_8));
      listed("a file of a name that is none", base, "../x", "x".getBytes(UTF_8));
      changed("a proof more", base, "proofs/1.tlog-proof", bytesOf(base, proofs(base).getFirst()));
      changed("a file among proofs", base, "proofs/readme", "x".getBytes(UTF_8));
      for (String name : proofs(base)) {
        byte[] proof = bytesOf(base, name).clone();
        String text = new String(proof, UTF_8);
        changed("a proof's hash", base, name, flipped(proof, text.indexOf("\n\n") - 20));
        changed("a proof's end", base, name, flipped(proof, proof.length - 20));
      }
      byte[] note = bytesOf(base, "checkpoint");
      String text = new String(note, UTF_8);
      changed("another checkpoint", base, "checkpoint", bytesOf(other, "checkpoint"));
      changed(
          "a checkpoint without signatures",
          base,
          "checkpoint",
          text.substring(0, text.indexOf("\n\n") + 2).getBytes(UTF_8));
      changed(
          "a signature less",
          base,
          "checkpoint",
          text.substring(0, text.lastIndexOf("\u2014")).getBytes(UTF_8));
      changed(
          "a signature more",
          base,
          "checkpoint",
          (text + "\u2014 other " + "AAAA".repeat(16) + "\n").getBytes(UTF_8));
      changed("a signature flipped", base, "checkpoint", flipped(note, note.length - 30));
      changed("a root flipped", base, "checkpoint", flipped(note, text.indexOf("\n\n") - 9));
      changed(
          "an extension line",
          base,
          "checkpoint",
          text.replaceFirst("\n\n", "\nmore\n\n").getBytes(UTF_8));
    }
    byte[] export = bytesOf(range, "export.ndjson");
    changed("two closing lines", range, "export.ndjson", joined(List.of(export, export)));
    changed(
        "another export's closing line", range, "export.ndjson", bytesOf(other, "export.ndjson"));
    changed("a closing line that is none", range, "export.ndjson", whole.get(5));
    changed(
        "a closing line emptied",
        range,
        "export.ndjson",
        Resealed.with(Resealed.with(export, "payload", null), "payload_salt", null));
    changed(
        "an entry for the closing line",
        range,
        "export.ndjson",
        Resealed.seal(Resealed.with(export, "seq", JsonNumber.of(2))));
    byte[] proof = bytesOf(range, "range.proof");
    changed("another range's proof", range, "range.proof", bytesOf(other, "range.proof"));
    changed(
        "a hash less",
        range,
        "range.proof",
        new String(proof, UTF_8).replaceFirst("\n[A-Za-z0-9+/]{43}=\n", "\n").getBytes(UTF_8));
    changed("a range.proof in a sample", sample, "range.proof", proof);
    changed("an export.ndjson in a sample", sample, "export.ndjson", export);
  }

  private static List<String> proofs(Map<String, byte[]> files) {
    return files.keySet().stream().filter(name -> name.startsWith("proofs/")).limit(2).toList();
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    flipped[at] = (byte) (flipped[at] == 'A' ? 'B' : 'A');
    return flipped;
  }

  /** What the auditor brings. */
  private void addPolicies() throws Exception {
    Path bundle = temp.resolve("range.zip");
    Files.write(bundle, ZipBytes.of(range).toBytes());
    Path tampered = temp.resolve("tampered.zip");
    Map<String, byte[]> damaged = new TreeMap<>(range);
    damaged.put("README.md", new byte[0]);
    Files.write(tampered, ZipBytes.of(damaged).toBytes());
    String mine = Files.readString(policy);
    List<String> logs = mine.lines().filter(line -> line.startsWith("log ")).toList();
    String others;
    try (Ledger ledger =
        Ledger.create(temp.resolve("others"), SampleLedger.ORIGIN, LedgerOptions.defaults())) {
      others = Files.readString(ledger.trustFile());
    }
    String foreign;
    try (Ledger ledger =
        Ledger.create(temp.resolve("foreign"), "test.example/foreign", LedgerOptions.defaults())) {
      foreign = Files.readString(ledger.trustFile());
    }
    String another =
        others.lines().filter(line -> line.startsWith("log ")).findFirst().orElseThrow();
    Map<String, @Nullable String> policies = new LinkedHashMap<>();
    policies.put("no policy", null);
    policies.put("one key", logs.getFirst() + "\nquorum none\n");
    policies.put("the other key", logs.getLast() + "\nquorum none\n");
    policies.put("other keys", others);
    policies.put("keys of another origin", foreign);
    policies.put("more keys", logs.getFirst() + "\n" + another + "\nquorum none\n");
    policies.put(
        "an unmet quorum", String.join("\n", logs) + "\nwitness w " + witness() + "\nquorum w\n");
    int count = 0;
    for (Map.Entry<String, @Nullable String> each : policies.entrySet()) {
      String text = each.getValue();
      Path file = text == null ? null : Files.writeString(temp.resolve("policy-" + count++), text);
      addCase(
          new Case(each.getKey(), bundle, file),
          each.getKey().endsWith(" key") ? null : Boolean.FALSE);
      addCase(new Case(each.getKey() + ", damaged", tampered, file), false);
    }
  }

  /** The key of a witness (C2SP signed-note, type 0x04) that has not signed. */
  private static String witness() throws Exception {
    byte[] encoded =
        KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded();
    byte[] key = new byte[33];
    key[0] = 4;
    System.arraycopy(encoded, encoded.length - 32, key, 1, 32);
    String name = "witness.example/w";
    byte[] named = joined(List.of((name + "\n").getBytes(UTF_8), key));
    return name
        + "+"
        + Digests.of(named).hex().substring(0, 8)
        + "+"
        + Base64.getEncoder().encodeToString(key);
  }

  /** The range's checkpoint under keys and signatures on which libraries differ. */
  private void addOddSignatures() throws Exception {
    String note = new String(bytesOf(range, "checkpoint"), UTF_8);
    String text = note.substring(0, note.indexOf("\n\n") + 1);
    int count = 0;
    for (Map.Entry<String, OddEd25519.Signed> odd : OddEd25519.of(text).entrySet()) {
      OddEd25519.Signed signed = odd.getValue();
      String other = new String(OddEd25519.note(text, SampleLedger.ORIGIN, signed), UTF_8);
      Map<String, byte[]> files = new TreeMap<>(range);
      range.forEach(
          (name, bytes) -> {
            if (name.equals("checkpoint")
                || name.equals("range.proof")
                || name.startsWith("proofs/")) {
              files.put(name, new String(bytes, UTF_8).replace(note, other).getBytes(UTF_8));
            }
          });
      Path zip = temp.resolve("odd-%d.zip".formatted(count));
      Files.write(zip, ZipBytes.of(files).toBytes());
      Path trusted =
          Files.writeString(
              temp.resolve("odd-%d.policy".formatted(count++)),
              "log %s\nquorum none\n"
                  .formatted(OddEd25519.vkey(SampleLedger.ORIGIN, signed.key())));
      addCase(new Case("zip: " + odd.getKey(), zip, trusted), signed.isGood());
    }
  }

  /** What two readers of a zip could see differently. */
  private void addZips() throws Exception {
    for (boolean isSigned : new boolean[] {true, false}) {
      ZipBytes zip = ZipBytes.of(range);
      zip.members.forEach(member -> member.described(isSigned));
      addZip("descriptors, signed " + isSigned, zip, true);
    }
    ZipBytes stored = new ZipBytes();
    range.forEach((name, bytes) -> stored.add(name, bytes, false));
    addZip("stored", stored, true);
    attack("a name that leads elsewhere", zip -> zip.add("../evil", new byte[1], true));
    attack("an absolute name", zip -> zip.add("/etc/evil", new byte[1], true));
    attack("a name with a backslash", zip -> zip.add("..\\evil", new byte[1], true));
    attack("a name of two levels", zip -> zip.add("a/b/c", new byte[1], true));
    attack("a folder", zip -> zip.add("proofs/", new byte[0], false));
    attack("a dot", zip -> zip.add("a/.", new byte[1], true));
    attack("an empty name", zip -> zip.add("", new byte[1], true));
    attack("a name beyond ASCII", zip -> zip.add("gr\u00f6\u00dfe", new byte[1], true));
    attack(
        "two of a name", zip -> zip.add("entries.ndjson", bytesOf(range, "entries.ndjson"), true));
    attack("two of a name, the second other", zip -> zip.add("entries.ndjson", new byte[1], true));
    attack("names that differ in headers", zip -> zip.member("README.md").localName = "README.mx");
    attack("a link", zip -> zip.member("README.md").type = 0xa000);
    attack("a folder by its mode", zip -> zip.member("README.md").type = 0x4000);
    attack("encrypted", zip -> both(zip, 1));
    attack("strongly encrypted", zip -> both(zip, 1 << 6));
    attack("patched data", zip -> both(zip, 1 << 5));
    attack("a masked header", zip -> both(zip, 1 << 13));
    attack("flags that differ", zip -> zip.member("README.md").localFlags |= 1);
    attack("another method", zip -> zip.member("README.md").method = 12);
    attack("methods that differ", zip -> zip.member("README.md").localMethod = 0);
    attack("a checksum that differs", zip -> zip.member("README.md").localCrc ^= 1);
    attack(
        "data after the last block",
        zip -> {
          ZipBytes.Member member = zip.member("entries.ndjson");
          member.packed = Arrays.copyOf(member.packed, member.packed.length + 7);
          member.packedSize += 7;
          member.localPackedSize += 7;
        });
    attack("a wrong checksum", zip -> sizes(zip, 1, 0, 0));
    attack("a size too small", zip -> sizes(zip, 0, 0, -5));
    attack("a size too large", zip -> sizes(zip, 0, 0, 5));
    attack("a size of nothing", zip -> sizes(zip, 0, 0, -zip.member("entries.ndjson").size));
    attack("a packed size too small", zip -> sizes(zip, 0, -3, 0));
    attack("a packed size too large", zip -> sizes(zip, 0, 3, 0));
    attack(
        "an enormous size",
        zip -> sizes(zip, 0, 0, 0xfffffff0L - zip.member("entries.ndjson").size));
    attack("a member past the end", zip -> zip.member("entries.ndjson").offsetError = 1 << 20);
    attack("a member elsewhere", zip -> zip.member("entries.ndjson").offsetError = 1);
    attack("data before", zip -> zip.prefix = new byte[4]);
    attack("data between", zip -> zip.members.get(3).before = new byte[4]);
    attack("data before the directory", zip -> zip.beforeDirectory = new byte[4]);
    attack("data behind", zip -> zip.suffix = new byte[4]);
    attack("a comment", zip -> zip.comment = "hello".getBytes(UTF_8));
    attack("a member's comment", zip -> zip.member("README.md").comment = new byte[3]);
    attack("one member too few", zip -> zip.countError = -1);
    attack("one member too many", zip -> zip.countError = 1);
    attack("one of several disks", zip -> zip.disk = 1);
    attack("a directory elsewhere", zip -> zip.directoryError = 1);
    attack("a directory before the file", zip -> zip.directoryError = -zip.toBytes().length);
    attack("a second name", zip -> zip.member("README.md").extra = extra(0x7075, 9));
    attack("zip64 without need", zip -> zip.member("README.md").extra = extra(1, 8));
    attack("zip64 in the local header", zip -> zip.member("README.md").localExtra = extra(1, 16));
    attack("a broken extra field", zip -> zip.member("README.md").extra = new byte[] {9, 9, 9});
    ZipBytes harmless = ZipBytes.of(range);
    harmless.member("README.md").extra = extra(0x5455, 5);
    addZip("a time in an extra field", harmless, true);
    for (int field : new int[] {4, 8, 12}) {
      ZipBytes zip = ZipBytes.of(range);
      ZipBytes.Member member = zip.member("entries.ndjson").described(true);
      member.descriptor[field] ^= 1;
      addZip("a descriptor that differs at " + field, zip, false);
    }
    ZipBytes bare = ZipBytes.of(range);
    bare.member("entries.ndjson").described(true).descriptor = new byte[0];
    addZip("a descriptor that is missing", bare, false);
    for (int at : new int[] {1, 40, 400}) {
      ZipBytes zip = ZipBytes.of(range);
      ZipBytes.Member member = zip.member("entries.ndjson");
      member.packed[at] ^= 0x55;
      addZip("compressed data damaged at " + at, zip, false);
      zip = ZipBytes.of(range);
      member = zip.member("context.ndjson");
      member.packed = Arrays.copyOf(member.packed, member.packed.length - 30);
      member.packedSize -= 30;
      member.localPackedSize -= 30;
      addZip("compressed data cut", zip, false);
    }
    byte[] good = ZipBytes.of(range).toBytes();
    for (int length : new int[] {0, 10, good.length / 2, good.length - 1}) {
      addZip("%d bytes of it".formatted(length), Arrays.copyOf(good, length), false);
    }
    addZip("nothing but an end", new ZipBytes(), null);
    addZip("no zip", "{\"format\":1}".getBytes(UTF_8), null);
  }

  private static void both(ZipBytes zip, int flag) {
    zip.member("README.md").flags |= flag;
    zip.member("README.md").localFlags |= flag;
  }

  private static void sizes(ZipBytes zip, int crc, long packed, long size) {
    ZipBytes.Member member = zip.member("entries.ndjson");
    member.crc ^= crc;
    member.localCrc ^= crc;
    member.packedSize += packed;
    member.localPackedSize += packed;
    member.size += size;
    member.localSize += size;
  }

  private static byte[] extra(int id, int length) {
    return ByteBuffer.allocate(4 + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) id)
        .putShort((short) length)
        .array();
  }

  /** Changes a zip. */
  private interface Attack {
    void on(ZipBytes zip);
  }

  private void attack(String what, Attack attack) throws IOException {
    ZipBytes zip = ZipBytes.of(range);
    attack.on(zip);
    addZip("zip: " + what, zip, false);
  }

  /** What is large. */
  private void addMonsters() throws Exception {
    Path folder = addFolder("a line of a gigabyte", range, false);
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("entries.ndjson").toFile(), "rw")) {
      file.setLength(GIGABYTE);
    }
    for (String name : List.of("manifest.json", proofs(range).getFirst())) {
      folder = addFolder("a gigabyte of " + name, range, false);
      try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
        file.setLength(GIGABYTE);
      }
      changed("many zeros in " + name, range, name, new byte[8 << 20]);
    }
    List<byte[]> lines = lines(bytesOf(range, "entries.ndjson"));
    for (int length : new int[] {LineCheck.MAX_LINE - 1, LineCheck.MAX_LINE, 16 << 20}) {
      List<byte[]> longer = new ArrayList<>(lines);
      longer.add(4, ("x".repeat(length - 1) + "\n").getBytes(UTF_8));
      changed("a line of %d bytes".formatted(length), range, "entries.ndjson", joined(longer));
    }
    changed("many lines", range, "entries.ndjson", "{}\n".repeat(20_000).getBytes(UTF_8));
    Map<String, byte[]> many = new TreeMap<>(range);
    for (int i = 1_000; i < 2_000; i++) {
      many.put("proofs/" + i + ".tlog-proof", new byte[1]);
    }
    add("many proofs", many, false);
    ZipBytes bomb = ZipBytes.of(range);
    ZipBytes.Member zeros = bomb.add("zeros", new byte[64 << 20], true);
    zeros.size = 5;
    zeros.localSize = 5;
    addZip("a bomb beside the bundle", bomb, false);
    bomb = ZipBytes.of(range);
    zeros = bomb.add("inner", new byte[64 << 20], true);
    ZipBytes.Member entries = bomb.member("entries.ndjson");
    entries.packed = zeros.packed;
    entries.packedSize = zeros.packedSize;
    entries.localPackedSize = zeros.packedSize;
    bomb.members.remove(zeros);
    addZip("a bomb for lines", bomb, false);
  }

  /** Bytes flipped, cut and filled anywhere. */
  private void addRandom() throws Exception {
    List<Long> seeds = new ArrayList<>();
    for (long seed : SEEDS) {
      seeds.add(seed);
    }
    seeds.add(randomSeed);
    for (long seed : seeds) {
      Random random = new Random(seed);
      for (int i = 0; i < MUTATIONS; i++) {
        String what = "seed %d, %d".formatted(seed, i);
        Map<String, byte[]> base = random.nextInt(4) == 0 ? sample : range;
        if (random.nextInt(4) == 0) {
          byte[] zip = ZipBytes.of(base).toBytes();
          zip[random.nextInt(zip.length)] ^= (byte) (1 << random.nextInt(8));
          addZip(what + ": a bit of the zip", zip, null); // a member's time may change
          continue;
        }
        List<String> names = List.copyOf(base.keySet());
        String name =
            random.nextInt(3) == 0 ? "entries.ndjson" : names.get(random.nextInt(names.size()));
        byte[] bytes = bytesOf(base, name).clone();
        switch (random.nextInt(3)) {
          case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
          case 1 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          default -> {
            int from = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, from + 1 + random.nextInt(30));
            Arrays.fill(bytes, from, to, (byte) random.nextInt());
          }
        }
        Map<String, byte[]> files = new TreeMap<>(base);
        files.put(name, bytes);
        // A flipped bit may make another format, which is not judged.
        add(what + ": " + name, files, null);
        assertThat(Arrays.equals(bytes, base.get(name))).as(what).isEqualTo(false);
      }
    }
  }

  // --- what holds

  @Test
  void damagedBundlesAreNeverIntactAndIntactOnesAlways() {
    for (int i = 0; i < cases.size(); i++) {
      Boolean isIntact = intact.get(i);
      Verdict verdict = ours.get(i).verdict();
      if (isIntact != null) {
        assertThat(verdict == Verdict.INTACT)
            .as("%s: %s", cases.get(i), ours.get(i))
            .isEqualTo(isIntact);
      }
      if (cases.get(i).what().startsWith("unverifiable")) {
        assertThat(verdict).as("%s: %s", cases.get(i), ours.get(i)).isEqualTo(Verdict.UNVERIFIABLE);
      }
    }
  }

  @Test
  void theJarAgrees() throws Exception {
    Verifiers.assertSame(cases, ours, Verifiers.command(cases), "the jar's command");
  }

  /** Some of the cases, for what takes its time. */
  private interface Choice {
    boolean takes(int index, Case each);
  }

  private void assertSame(String who, Choice choice, Verifiers.Asked asked) throws Exception {
    List<Case> chosen = new ArrayList<>();
    List<BundleVerification> judged = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      if (choice.takes(i, cases.get(i))) {
        chosen.add(cases.get(i));
        judged.add(ours.get(i));
      }
    }
    Verifiers.assertSame(chosen, judged, asked.judge(chosen), who);
  }

  @Test
  void theJarInItsOwnProcessAgrees() throws Exception {
    assertSame("the jar", (i, each) -> i % 4 == 0, chosen -> Verifiers.jar(chosen, temp));
  }

  @Test
  void thePythonVerifierAgrees() throws Exception {
    Verifiers.assertSame(cases, ours, Verifiers.python(cases, temp), "verify.py");
  }

  @Test
  void thePageAgrees() throws Exception {
    thePageAgrees(
        Browser.Kind.CHROMIUM, (i, each) -> i % 2 == 0 || each.what().startsWith("zip: "));
  }

  /** What the verdict is made of is the same code in both; what is not, VerifyPageTest looks at. */
  @Test
  @Tag("soak")
  void thePageAgreesInFirefox() throws Exception {
    thePageAgrees(Browser.Kind.FIREFOX, (i, each) -> i % 10 == 0);
  }

  private void thePageAgrees(Browser.Kind kind, Choice choice) throws Exception {
    assertSame(
        "verify.html in " + kind,
        (i, each) -> each.isZip() && choice.takes(i, each),
        chosen -> Verifiers.page(kind, chosen));
  }
}
