package io.osmoda.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Needs;
import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.entry.Finding;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.OddEd25519;
import io.osmoda.format.log.TestKeys;
import io.osmoda.format.log.TestSigner;
import io.osmoda.format.log.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The verifier in Python, which shares no code with ours, says the same as ours: verdict and lowest
 * sequence number. Many ledgers are judged in one run of it.
 */
class PythonVerifierTest {
  private static final Path SCRIPT =
      Path.of("..", "evidence/src/main/resources/io/osmoda/evidence/verify.py");
  private static final Path VECTORS = Path.of("..", "format/src/test/resources/vectors");
  private static final long SEED = Seed.fixed(20_260_302L);
  private static final int LARGE_CHUNK = 1 << 22;
  private static final int SMALL_CHUNK = 1_000; // about two lines
  private static final int MUTATIONS = 300;
  private static final int BUNDLE_MUTATIONS = 90;

  @TempDir Path temp;

  /** A ledger to judge, with what an auditor brings. */
  private record Case(String what, Path folder, @Nullable Path policy, @Nullable Path since) {
    String line() {
      return folder.toAbsolutePath()
          + "\t"
          + (policy == null ? "" : policy.toAbsolutePath())
          + "\t"
          + (since == null ? "" : since.toAbsolutePath())
          + "\n";
    }
  }

  /** What two verifiers must agree on, and the kinds of findings, which are ours alike. */
  private record Judgement(String verdict, @Nullable Long lowestSeq, Set<String> kinds) {
    static Judgement of(Verification verification) {
      Long lowest = null;
      Set<String> kinds = new TreeSet<>();
      for (Finding finding : verification.findings()) {
        kinds.add(finding.kind().text());
        Long seq = finding.seq();
        if (seq != null && (lowest == null || seq < lowest)) {
          lowest = seq;
        }
      }
      return new Judgement(verification.verdict().text(), lowest, kinds);
    }

    /** From a line that {@code --json} prints; a finding may follow any other. */
    static Judgement of(JsonObject json) {
      Long lowest = null;
      Set<String> kinds = new TreeSet<>();
      for (JsonValue finding : ((JsonArray) member(json, "findings")).elements()) {
        kinds.add(((JsonString) member((JsonObject) finding, "kind")).value());
        if (((JsonObject) finding).get("seq") instanceof JsonNumber(var seq)
            && (lowest == null || seq < lowest)) {
          lowest = (long) seq;
        }
      }
      return new Judgement(((JsonString) member(json, "verdict")).value(), lowest, kinds);
    }

    private static JsonValue member(JsonObject json, String name) {
      JsonValue value = json.get(name);
      assertThat(value).as("%s in %s", name, json).isNotNull();
      return value;
    }
  }

  @BeforeAll
  static void python() {
    Needs.program("python3");
  }

  /** What the script prints for each case. */
  private List<JsonObject> run(List<Case> cases) throws Exception {
    return run(cases, LARGE_CHUNK);
  }

  /** As above, reading segments in pieces of so many bytes. */
  private List<JsonObject> run(List<Case> cases, int chunk) throws Exception {
    StringBuilder input = new StringBuilder();
    cases.forEach(each -> input.append(each.line()));
    Path in = Files.writeString(temp.resolve("cases"), input);
    Path out = temp.resolve("judgements");
    Path err = temp.resolve("errors");
    Process process =
        new ProcessBuilder("python3", SCRIPT.toString(), "--batch", "--chunk", "" + chunk)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    int code = process.waitFor();
    assertThat(Files.readString(err)).isEmpty();
    assertThat(code).isZero();
    List<JsonObject> judgements = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      judgements.add((JsonObject) CanonicalJson.parse(line.getBytes(UTF_8)));
    }
    assertThat(judgements).hasSameSizeAs(cases);
    return judgements;
  }

  private void expectTheSame(List<Case> cases) throws Exception {
    List<JsonObject> judgements = run(cases);
    List<JsonObject> inPieces = run(cases, SMALL_CHUNK);
    for (int i = 0; i < cases.size(); i++) {
      Case each = cases.get(i);
      VerifyOptions options = VerifyOptions.defaults().withThreads(1);
      if (each.policy() != null) {
        options = options.withTrust(TrustPolicy.load(each.policy()), "test keys");
      }
      if (each.since() != null) {
        options = options.withSince(each.since());
      }
      Verification ours = LedgerVerifier.verify(each.folder(), options);
      assertThat(Judgement.of(judgements.get(i)))
          .as("%s: ours %s, Python's %s", each.what(), ours, judgements.get(i))
          .isEqualTo(Judgement.of(ours));
      assertThat(Judgement.of(inPieces.get(i)))
          .as("%s in pieces: ours %s, Python's %s", each.what(), ours, inPieces.get(i))
          .isEqualTo(Judgement.of(ours));
    }
  }

  private Path policy(String name, TestSigner signer) throws IOException {
    StringBuilder policy = new StringBuilder();
    signer.vkeys().forEach(vkey -> policy.append("log ").append(vkey).append('\n'));
    return Files.writeString(temp.resolve(name), policy + "quorum none\n");
  }

  private static LedgerBuilder variedLedger() {
    LedgerBuilder ledger = LedgerBuilder.begun();
    for (int i = 1; i < 60; i++) {
      int n = i;
      ledger.add(
          line -> {
            switch (n % 6) {
              case 0 ->
                  line.set(
                      "caused_by",
                      LedgerBuilder.strings(
                          List.of("#" + (n - 1) + "@" + ledger.hash(n - 1).hex())));
              case 1 -> line.set("reason", "line\nfeed \u0085").set("tool", "größe €\ud83d\ude00");
              case 2 ->
                  line.set(
                      "trace",
                      JsonObject.builder()
                          .put("span_id", "00000000000000a1")
                          .put("trace_id", "0000000000000000000000000000000b")
                          .build());
              case 3 ->
                  line.set(
                      "payload",
                      JsonObject.builder()
                          .put("\ue000", 1.5e-7)
                          .put("\ud83d\ude00", 1e21)
                          .put("x", "\u0001\u007f\"\\/")
                          .build());
              case 4 -> line.set("target", "https://example.com/" + n).set("session", "s");
              default -> line.set("occurred_at", "2024-02-29T23:59:59.000000000Z");
            }
          });
    }
    ledger.checkpoint();
    ledger.redaction("#3-5").add(4).checkpoint();
    return ledger.strip(4);
  }

  @Test
  void judgesTheVectorsAsTheyAreStated() throws Exception {
    Path policy = VECTORS.resolve("trust.policy");
    List<JsonObject> judgements =
        run(
            List.of(
                new Case("ledger-300", VECTORS.resolve("ledger-300"), policy, null),
                new Case("ledger-300 untrusted", VECTORS.resolve("ledger-300"), null, null),
                new Case("ledger-5", VECTORS.resolve("ledger-5"), null, null),
                new Case("bundle-actor", VECTORS.resolve("bundle-actor"), policy, null),
                new Case("bundle-actor untrusted", VECTORS.resolve("bundle-actor"), null, null)));
    assertThat(judgements)
        .extracting(Judgement::of)
        .containsExactly(
            new Judgement("intact", null, Set.of()),
            new Judgement("unverifiable", null, Set.of()),
            new Judgement("unverifiable", null, Set.of()),
            new Judgement("intact", null, Set.of()),
            new Judgement("unverifiable", null, Set.of()));
    assertThat(judgements).allMatch(json -> JsonBoolean.TRUE.equals(json.get("self_consistent")));
  }

  @Test
  void saysWhatOursSaysOfLedgersThatNoWriterMakes() throws Exception {
    TestSigner other = TestKeys.signer(LedgerBuilder.ORIGIN, 3);
    TreeMap<String, LedgerBuilder> ledgers = new TreeMap<>();
    ledgers.put("begun", LedgerBuilder.begun());
    ledgers.put("varied", variedLedger());
    ledgers.put("tail", LedgerBuilder.begun().add(3));
    ledgers.put("unsigned", LedgerBuilder.begun().withoutNotes().add(3));
    ledgers.put("stripped", LedgerBuilder.begun().add(3).strip(2).checkpoint());
    ledgers.put("unanchored redaction", LedgerBuilder.begun().add(3).redaction("#2").strip(2));
    ledgers.put("foreign keys", LedgerBuilder.begun().add().note(other));
    ledgers.put("rotated", LedgerBuilder.begun().add().rotate(other, true).add().checkpoint());
    ledgers.put("not joint", LedgerBuilder.begun().add().rotate(other, false).add().checkpoint());
    ledgers.put(
        "members",
        LedgerBuilder.begun()
            .add(line -> line.set("session", ""))
            .add(line -> line.set("status", "fine"))
            .add(line -> line.set("seq", 9))
            .add(line -> line.set("payload_hash", "A".repeat(64)))
            .checkpoint());
    ledgers.put(
        "dates",
        LedgerBuilder.begun()
            .add(line -> line.set("occurred_at", "2023-02-29T00:00:00.000000000Z")));
    ledgers.put("control", LedgerBuilder.begun().add(line -> line.set("source", "ledger")));
    ledgers.put("context", LedgerBuilder.begun().control("clock_step", line -> {}).strip(1));
    Path mine = policy("mine.policy", TestKeys.signer(LedgerBuilder.ORIGIN, 1));
    Path theirs = policy("theirs.policy", other);
    Path since = Files.write(temp.resolve("since"), LedgerBuilder.begun().add(2).signed().note());
    List<Case> cases = new ArrayList<>();
    ledgers.forEach(
        (name, ledger) -> {
          Path folder = ledger.write(temp.resolve(name));
          cases.add(new Case(name, folder, mine, null));
          cases.add(new Case(name + " by other keys", folder, theirs, null));
          cases.add(new Case(name + " untrusted", folder, null, null));
          cases.add(new Case(name + " since", folder, mine, since));
        });
    ledgers.clear();
    ledgers.put("announced", LedgerBuilder.begun().add().rotate(other, false));
    ledgers.put("joint", LedgerBuilder.begun().add().rotate(other, true).add());
    ledgers.put("over", LedgerBuilder.begun().add().rotate(other, true).add().checkpoint());
    for (String name : ledgers.keySet()) {
      Path folder = ledgers.get(name).write(temp.resolve(name));
      Files.write(folder.resolve("ledger.json"), LedgerBuilder.begun().ledgerJson()); // old keys
      cases.add(new Case(name, folder, mine, null));
    }
    expectTheSame(cases);
  }

  @Test
  void saysWhatOursSaysOfDamagedLedgers() throws Exception {
    Random random = new Random(SEED);
    Path mine = policy("mine.policy", TestKeys.signer(LedgerBuilder.ORIGIN, 1));
    Path good = variedLedger().write(temp.resolve("good"), 20, 40);
    List<Path> files;
    try (var walk = Files.walk(good)) {
      files = walk.filter(Files::isRegularFile).sorted().map(good::relativize).toList();
    }
    List<Case> cases = new ArrayList<>();
    cases.add(new Case("undamaged", good, mine, null));
    for (int round = 0; round < MUTATIONS; round++) {
      // Most of what can be damaged are lines.
      Path damaged =
          files.get(
              random.nextInt(3) == 0
                  ? random.nextInt(files.size())
                  : files.size() - 1 - random.nextInt(3));
      Path folder = temp.resolve("damaged " + round);
      for (Path file : files) {
        Path copy = folder.resolve(file);
        Files.createDirectories(copy.getParent());
        byte[] bytes = Files.readAllBytes(good.resolve(file));
        Files.write(copy, file.equals(damaged) ? Damage.of(bytes, random) : bytes);
      }
      String what = "seed %d round %d, %s".formatted(SEED, round, damaged);
      cases.add(new Case(what, folder, round % 5 == 0 ? null : mine, null));
    }
    expectTheSame(cases);
  }

  /** Section 3: one rule for what RFC 8032 leaves open. */
  @Test
  void judgesOddSignaturesAndKeysAsOursDoes() throws Exception {
    List<Case> cases = new ArrayList<>();
    List<Verdict> expected = new ArrayList<>();
    String text = LedgerBuilder.begun().add(2).signed().checkpoint().text();
    for (Map.Entry<String, OddEd25519.Signed> odd : OddEd25519.of(text).entrySet()) {
      OddEd25519.Signed signed = odd.getValue();
      String what = "odd " + cases.size();
      String vkey = OddEd25519.vkey(LedgerBuilder.ORIGIN, signed.key());
      LedgerBuilder ledger = LedgerBuilder.begun().withoutNotes().add(2);
      ledger.note("%020d".formatted(3), OddEd25519.note(text, LedgerBuilder.ORIGIN, signed));
      Path policy =
          Files.writeString(temp.resolve(what + ".policy"), "log " + vkey + "\nquorum none\n");
      cases.add(new Case(odd.getKey(), ledger.write(temp.resolve(what)), policy, null));
      expected.add(signed.isGood() ? Verdict.INTACT : Verdict.TAMPERED);
    }
    expectTheSame(cases);
    List<Judgement> judgements = run(cases).stream().map(Judgement::of).toList();
    for (int i = 0; i < cases.size(); i++) {
      assertThat(judgements.get(i).verdict())
          .as(cases.get(i).what())
          .isEqualTo(expected.get(i).text());
    }
    List<Case> refused = new ArrayList<>();
    for (byte[] key : OddEd25519.badKeys().values()) {
      Path policy =
          Files.writeString(
              temp.resolve("bad " + refused.size() + ".policy"),
              "log " + OddEd25519.vkey(LedgerBuilder.ORIGIN, key) + "\nquorum none\n");
      refused.add(new Case("bad key", cases.getFirst().folder(), policy, null));
    }
    assertThat(run(refused)).allMatch(json -> json.get("error") instanceof JsonString);
  }

  /** Sections 2 and 8: what stands where a file should is told, and never waited for. */
  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void saysWhatOursSaysWhereFilesAreFoldersOrPipes() throws Exception {
    Path mine = policy("mine.policy", TestKeys.signer(LedgerBuilder.ORIGIN, 1));
    List<Case> cases = new ArrayList<>();
    for (String name :
        List.of(
            "segments/%020d.ndjson".formatted(0),
            "segments/%020d.ndjson".formatted(4),
            "checkpoints/%020d".formatted(1),
            "checkpoints/%020d".formatted(2),
            "ledger.json")) {
      for (String kind : List.of("folder", "pipe", "device", "link to nothing")) {
        Path folder =
            LedgerBuilder.begun()
                .add(3)
                .checkpoint()
                .write(temp.resolve("odd files " + cases.size()));
        Path path = folder.resolve(name);
        Files.deleteIfExists(path);
        switch (kind) {
          case "folder" -> Files.createDirectory(path);
          case "pipe" ->
              assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
          case "device" -> Files.createSymbolicLink(path, Path.of("/dev/zero"));
          default -> Files.createSymbolicLink(path, Path.of("nowhere"));
        }
        cases.add(new Case(name + " is a " + kind, folder, mine, null));
      }
    }
    Path empty = Files.createDirectories(temp.resolve("nothing readable/segments"));
    Files.createDirectory(empty.resolve("%020d.ndjson".formatted(0)));
    cases.add(new Case("nothing readable", temp.resolve("nothing readable"), mine, null));
    expectTheSame(cases);
    assertThat(LedgerVerifier.verify(temp.resolve("nothing readable"), VerifyOptions.defaults()))
        .matches(found -> found.verdict() == Verdict.UNVERIFIABLE && found.findings().isEmpty());
  }

  /** Section 3: a line that breaks a member rule still has its leaf. */
  @Test
  void saysWhatOursSaysOfRedactionsAboveALineWithAFault() throws Exception {
    Path mine = policy("mine.policy", TestKeys.signer(LedgerBuilder.ORIGIN, 1));
    TreeMap<String, Consumer<LedgerBuilder.Line>> faults = new TreeMap<>();
    faults.put("another actor kind", line -> line.set("actor", "robot:a"));
    faults.put("an unknown member", line -> line.set("extra", "x"));
    faults.put("no seq", line -> line.without("seq"));
    faults.put("no action", line -> line.without("action"));
    faults.put("a hash that is none", line -> line.set("entry_hash", "x"));
    faults.put("a payload that is none", line -> line.set("payload", "x"));
    List<Case> cases = new ArrayList<>();
    faults.forEach(
        (what, fault) -> {
          LedgerBuilder ledger = LedgerBuilder.begun().add(2);
          ledger.add(fault).add(2).redaction("#1").redaction("#5").add().checkpoint();
          ledger.strip(1).strip(5);
          cases.add(new Case(what, ledger.write(temp.resolve(what)), mine, null));
        });
    expectTheSame(cases);
    for (JsonObject said : run(cases)) {
      Judgement judgement = Judgement.of(said);
      assertThat(judgement.lowestSeq()).isEqualTo(3);
      assertThat(judgement.kinds()).containsExactly("bad_member");
      assertThat(said.get("anchored")).isEqualTo(new JsonNumber(9));
    }
    LedgerBuilder other = LedgerBuilder.begun().add(2);
    other.append("[7]".getBytes(UTF_8), Hash.ZERO).add(2).redaction("#1").checkpoint().strip(1);
    List<Case> noObject =
        List.of(new Case("no object", other.write(temp.resolve("no object")), mine, null));
    expectTheSame(noObject);
    assertThat(Judgement.of(run(noObject).getFirst()).kinds()).contains("payload_missing");
  }

  @Test
  void saysWhatOursSaysOfHostileLines() throws Exception {
    String good = new String(LedgerBuilder.begun().add().lines().get(1), UTF_8);
    TreeMap<String, String> lines = new TreeMap<>();
    lines.put("oversized", "[".repeat(EntryLine.MAX_LINE));
    lines.put("as long as can be", good.replace("{\"i\":1}", longPayload(good, -1)));
    lines.put("one byte too long", good.replace("{\"i\":1}", longPayload(good, 0)));
    lines.put("deep", "[".repeat(100_000));
    lines.put("payload of 64 levels", good.replace("{\"i\":1}", nested(64)));
    lines.put("payload of 65 levels", good.replace("{\"i\":1}", nested(65)));
    lines.put("empty", "");
    lines.put("no object", "7");
    lines.put("byte order mark", "\ufeff" + good);
    lines.put("space", good.replace(":1,", ": 1,"));
    lines.put("point", good.replace("\"seq\":1", "\"seq\":1.0"));
    lines.put("exponent", good.replace("\"seq\":1", "\"seq\":1e2"));
    lines.put("large seq", good.replace("\"seq\":1", "\"seq\":9007199254740992"));
    lines.put("negative seq", good.replace("\"seq\":1", "\"seq\":-1"));
    lines.put("text seq", good.replace("\"seq\":1", "\"seq\":\"1\""));
    lines.put("true seq", good.replace("\"seq\":1", "\"seq\":true"));
    for (String value :
        List.of(
            "1e21",
            "1e+21",
            "1.0",
            "-0",
            "5e-324",
            "4e-324",
            "1e-7",
            "1e-07",
            "0.000001",
            "1e999",
            "1e-999",
            "9007199254740993",
            "100000000000000000000",
            "123456789012345680000",
            "NaN",
            "\"\\u0061\"",
            "\"\\ud800\"",
            "\"\\u001F\"",
            "\"\\u001f\"",
            "\"\\/\"",
            "\"\u007f\u0085\"",
            "1,\"i\":1",
            "1,\"\ud83d\ude00\":1,\"\ue000\":1",
            "1,\"\ue000\":1,\"\ud83d\ude00\":1")) {
      lines.put("value " + value, good.replace("\"i\":1", "\"i\":" + value));
    }
    Path mine = policy("mine.policy", TestKeys.signer(LedgerBuilder.ORIGIN, 1));
    List<Case> cases = new ArrayList<>();
    for (String what : lines.keySet()) {
      byte[] line = lines.getOrDefault(what, "").getBytes(UTF_8);
      LedgerBuilder ledger = LedgerBuilder.begun().append(line, Hash.ZERO).add();
      Path folder = ledger.write(temp.resolve("hostile " + cases.size()));
      cases.add(new Case(what, folder, mine, null));
    }
    expectTheSame(cases);
  }

  private static String nested(int levels) {
    return "{\"a\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
  }

  /** A payload that makes the line, with its LF, so much longer than a line may be. */
  private static String longPayload(String line, int over) {
    int room = EntryLine.MAX_LINE + over - line.length();
    return "{\"i\":\"" + "x".repeat(room - 1) + "\"}";
  }

  @Test
  void findsDamageAnywhereInABundle() throws Exception {
    Random random = new Random(SEED);
    Path good = VECTORS.resolve("bundle-actor");
    List<Path> files;
    try (var walk = Files.walk(good)) {
      files = walk.filter(Files::isRegularFile).sorted().map(good::relativize).toList();
    }
    List<Case> cases = new ArrayList<>();
    for (int round = 0; round < BUNDLE_MUTATIONS; round++) {
      Path damaged = files.get(round % files.size());
      Path folder = temp.resolve("bundle " + round);
      int at = 0;
      for (Path file : files) {
        Path copy = folder.resolve(file);
        Files.createDirectories(copy.getParent());
        byte[] bytes = Files.readAllBytes(good.resolve(file));
        if (file.equals(damaged)) {
          at = random.nextInt(bytes.length);
          bytes[at] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(copy, bytes);
      }
      String what = "seed %d round %d, %s byte %d".formatted(SEED, round, damaged, at);
      cases.add(new Case(what, folder, VECTORS.resolve("trust.policy"), null));
    }
    List<JsonObject> judgements = run(cases);
    for (int i = 0; i < cases.size(); i++) {
      assertThat(Judgement.of(judgements.get(i)).verdict())
          .as(cases.get(i).what())
          .isNotEqualTo("intact");
    }
  }

  /** The scan that drops a note at its end stands in for a writer that goes on. */
  @Test
  void goesByNotesThatAWriterDropsMeanwhile() throws Exception {
    for (int size : new int[] {5, 10}) {
      LedgerBuilder ledger = LedgerBuilder.begun().add(4).checkpoint().add(5).checkpoint();
      Path folder = ledger.write(temp.resolve("dropped" + size));
      Path dropped = folder.resolve("checkpoints/%020d".formatted(size));
      Path policy = policy("policy" + size, TestKeys.signer(LedgerBuilder.ORIGIN, 1));
      String program =
          """
          import os, sys
          folder, policy, dropped, script = sys.argv[1:]
          sys.path.insert(0, os.path.dirname(script))
          sys.dont_write_bytecode = True
          import verify
          run = verify.Scan.run
          def run_and_drop(scan, processes):
              run(scan, processes)
              os.remove(dropped)
          verify.Scan.run = run_and_drop
          sys.exit(verify.main(["--json", "--trust", policy, folder]))
          """;
      Path out = temp.resolve("out" + size);
      Process process =
          new ProcessBuilder(
                  "python3",
                  "-c",
                  program,
                  folder.toString(),
                  policy.toString(),
                  dropped.toString(),
                  SCRIPT.toString())
              .redirectOutput(out.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertThat(process.waitFor()).as(Files.readString(out)).isZero();
      JsonObject result =
          (JsonObject) CanonicalJson.parse(Files.readString(out).strip().getBytes(UTF_8));
      assertThat(dropped).doesNotExist();
      assertThat(Judgement.member(result, "verdict")).isEqualTo(new JsonString("intact"));
      assertThat(Judgement.member(result, "anchored")).isEqualTo(new JsonNumber(10));
    }
  }
}
