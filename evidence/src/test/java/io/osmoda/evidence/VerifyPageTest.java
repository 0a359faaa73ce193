package io.osmoda.evidence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.ledger.Ledger;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** verify.html, in real browsers and opened from a file, judges as {@link BundleVerifier} does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class VerifyPageTest {
  private static final int RANDOM_DAMAGES = 15;
  private static final String SCRIPT =
      "</script><script>document.title='taken'</script><img src=x onerror=document.title='taken'>";
  private static final String ENTRIES = "entries.ndjson";

  private final Browser.Kind browser;

  Path temp = Path.of("");
  Path part = Path.of(""); // by time and actor
  Path whole = Path.of(""); // everything
  Path policy = Path.of("");
  Map<String, byte[]> files = Map.of(); // of whole
  @Nullable PageVerifier page;

  VerifyPageTest(Browser.Kind browser) {
    this.browser = browser;
  }

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    temp = folder;
    part = folder.resolve("part.zip");
    whole = folder.resolve("whole.zip");
    try (Ledger ledger = SampleLedger.create(folder)) {
      SampleLedger.fill(ledger, 8);
      ledger.appendDurably(
          EntryDraft.builder("api", "agent:a1", "tool_call")
              .target(SCRIPT)
              .status(Status.OK)
              .payload(JsonObject.builder().put("text", SCRIPT).build())
              .build());
      ledger.redact(3, 3, "asked", JsonObject.EMPTY);
      policy = Files.copy(ledger.trustFile(), folder.resolve("auditor.policy"));
      BundleExport export = new BundleExport(ledger, Frameworks.builtIn());
      Instant from = ledger.reader().entry(2).instant();
      Instant to = ledger.reader().entry(14).instant();
      Map<String, List<String>> actor = Map.of("actor", List.of("agent:a1"));
      try (BundleSink sink = new ZipFileSink(part)) {
        export.write(new ExportRequest(null, null, from, to, actor, false), "user:me", sink);
      }
      try (BundleSink sink = new ZipFileSink(whole)) {
        export.write(new ExportRequest(null, null, null, null, Map.of(), false), "user:me", sink);
      }
    }
    files = contents(whole);
    if (browser.isAvailable()) {
      page = new PageVerifier(browser);
    }
  }

  @AfterAll
  void close() throws IOException {
    if (page != null) {
      page.close();
    }
  }

  private PageVerifier page() {
    assumeTrue(page != null, browser.absence());
    return Objects.requireNonNull(page);
  }

  private static Map<String, byte[]> contents(Path zip) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry each = in.getNextEntry(); each != null; each = in.getNextEntry()) {
        contents.put(each.getName(), in.readAllBytes());
      }
    }
    return contents;
  }

  private Path zipOf(Map<String, byte[]> members) throws IOException {
    Path file = Files.createTempFile(temp, "made", ".zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        out.putNextEntry(new ZipEntry(member.getKey()));
        out.write(member.getValue());
        out.closeEntry();
      }
    }
    return file;
  }

  /** Both verifiers judge a bundle, and must agree; gives what they agree in. */
  private PageVerifier.PageVerdict agreed(Path zip, Path trust, String what) throws Exception {
    BundleVerification ours = BundleVerifier.verify(zip, TrustPolicy.load(trust));
    PageVerifier.PageVerdict found = page().verify(zip, trust);
    assertThat(found.verdict()).as("%s: %s", what, found.json()).isEqualTo(ours.verdict());
    assertThat(found.lowestSeq()).as("%s: %s", what, found.json()).isEqualTo(ours.lowestSeq());
    return found;
  }

  private String shown(String id) throws IOException {
    return text("return document.getElementById('" + id + "').innerText");
  }

  private String text(String script) throws IOException {
    JsonValue value = page().browser().run(script);
    return value instanceof JsonString(var text) ? text : String.valueOf(value);
  }

  @Test
  void theCheckedInPageIsWhatItsPartsGive() throws IOException {
    assertThat(Files.readString(PageParts.PAGE))
        .as("run scripts/verify-page.sh")
        .isEqualTo(PageParts.join(PageParts.PARTS));
  }

  @Test
  void anIntactBundleIsCalledIntactInWords() throws Exception {
    assertThat(agreed(part, policy, "intact").verdict()).isEqualTo(Verdict.INTACT);
    assertThat(shown("verdict")).isEqualTo("Intact");
    assertThat(shown("details"))
        .contains("What is proved", "test.example/evidence", "actor is agent:a1", "signed")
        .contains("user:me");
    assertThat(agreed(whole, policy, "intact").verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void aSampleIsIntactAndSaidToBeOne() throws Exception {
    Path sample = temp.resolve("sample.zip");
    try (BundleSink sink = new ZipFileSink(sample)) {
      BundleSample.draw(part, 3, "chosen later", sink);
    }
    assertThat(agreed(sample, policy, "sample").verdict()).isEqualTo(Verdict.INTACT);
    assertThat(shown("meaning")).contains("It is a sample");
    assertThat(shown("details")).contains("chosen later");
  }

  @Test
  void withoutAPolicyNothingIsCalledIntact() throws Exception {
    assertThat(page().verify(part, null).verdict()).isEqualTo(Verdict.UNVERIFIABLE);
    assertThat(shown("verdict")).isEqualTo("Not to be judged");
    assertThat(shown("details")).contains("no trust policy was given");
  }

  @Test
  void whatIsNoPolicyIsRefusedWithItsLine() throws Exception {
    Path wrong = Files.writeString(temp.resolve("wrong.policy"), "\nlog me+12345678+AAAA\n");
    page().verify(part, null);
    page().browser().choose("#policy", wrong);
    page().browser().choose("#bundle", part);
    String told =
        ((JsonString)
                page()
                    .browser()
                    .await(
                        """
                        const told = document.getElementById("policy-chosen");
                        const look = () => told.textContent.includes("line")
                            ? arguments[0](told.textContent) : setTimeout(look, 2);
                        look();
                        """))
            .value();
    assertThat(told).contains("wrong.policy is no trust policy: line 2");
    assertThat(page().verify(part, policy).verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void afterReloadingNothingIsChosenAndTheSameFilesCanBeChosenAgain() throws Exception {
    assertThat(page().verify(part, policy).verdict()).isEqualTo(Verdict.INTACT);
    page().reload();
    assertThat(
            text(
                "const value = (id) => document.getElementById(id).value;"
                    + "return `${value('bundle')}, ${value('policy')}`"))
        .isEqualTo(", ");
    assertThat(shown("bundle-chosen") + shown("policy-chosen")).isEmpty();
    assertThat(page().verify(part, policy).verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void whatIsNoZipIsNotJudged() throws Exception {
    Path none = Files.writeString(temp.resolve("none.zip"), "no zip at all");
    assertThat(agreed(none, policy, "no zip").verdict()).isEqualTo(Verdict.UNVERIFIABLE);
  }

  /** A change to the files of a bundle that shows as findings of a kind. */
  record Damage(FindingKind kind, String what, Consumer<Map<String, byte[]>> change) {
    @Override
    public String toString() {
      return kind.text() + ": " + what;
    }
  }

  private static Damage damage(
      FindingKind kind, String what, Consumer<Map<String, byte[]>> change) {
    return new Damage(kind, what, change);
  }

  private static Damage replaced(FindingKind kind, String file, String from, String to) {
    return damage(kind, from + " to " + to, files -> replace(files, file, from, to));
  }

  private static void replace(Map<String, byte[]> files, String file, String from, String to) {
    String text = new String(Objects.requireNonNull(files.get(file)), ISO_8859_1);
    assertThat(text).contains(from);
    int at = text.indexOf(from);
    files.put(
        file,
        (text.substring(0, at) + to + text.substring(at + from.length())).getBytes(ISO_8859_1));
  }

  private static void lines(Map<String, byte[]> files, Consumer<List<String>> change) {
    List<String> lines =
        new ArrayList<>(
            new String(files.get(ENTRIES), ISO_8859_1).lines().map(line -> line + "\n").toList());
    change.accept(lines);
    files.put(ENTRIES, String.join("", lines).getBytes(ISO_8859_1));
  }

  /** Changes the checkpoint where it stands, also at the end of each proof. */
  private static void checkpoints(Map<String, byte[]> files, String from, String to) {
    for (String name : List.copyOf(files.keySet())) {
      if (name.equals("checkpoint") || name.equals("range.proof") || name.startsWith("proofs/")) {
        replace(files, name, from, to);
      }
    }
  }

  private static String signatureLine(Map<String, byte[]> files, int number) {
    String note = new String(files.get("checkpoint"), ISO_8859_1);
    return note.substring(note.indexOf("\n\n") + 2).lines().skip(number).findFirst().orElseThrow()
        + "\n";
  }

  /** Changes a digit of a signature. */
  private static void forge(Map<String, byte[]> files, int number) {
    String line = signatureLine(files, number);
    int at = line.length() - 40;
    String other = line.charAt(at) == 'A' ? "B" : "A";
    checkpoints(files, line, line.substring(0, at) + other + line.substring(at + 1));
  }

  static List<Damage> damages() {
    return List.of(
        replaced(FindingKind.BAD_HASH, ENTRIES, "\"status\":\"ok\"", "\"status\":\"error\""),
        replaced(FindingKind.BAD_PAYLOAD_HASH, ENTRIES, "\"number\":5", "\"number\":6"),
        replaced(FindingKind.BAD_MEMBER, ENTRIES, "\"tool_call\"", "\"Tool_call\""),
        replaced(FindingKind.NOT_CANONICAL, ENTRIES, "\"number\":5", "\"number\":5.0"),
        replaced(FindingKind.NOT_CANONICAL, ENTRIES, "\"number\":5", "\"number\":-0"),
        replaced(FindingKind.UNREADABLE, ENTRIES, "\"number\":5", "\"number\":9007199254740993"),
        replaced(FindingKind.UNREADABLE, ENTRIES, "result 5", "result \u00ff"),
        replaced(FindingKind.UNREADABLE, ENTRIES, "result 5", "result \\ud800"),
        replaced(FindingKind.UNREADABLE, ENTRIES, "{\"number\":5}", "{\"a\":1,\"a\":2}"),
        damage(
            FindingKind.UNREADABLE,
            "nested deeper than it may be",
            files ->
                replace(
                    files, ENTRIES, "{\"number\":5}", "[".repeat(100_000) + "]".repeat(100_000))),
        damage(
            FindingKind.UNREADABLE,
            "a last line without line feed",
            files -> lines(files, lines -> lines.add(lines.removeLast().strip()))),
        damage(
            FindingKind.BAD_MEMBER,
            "a line of 8 MiB",
            files -> lines(files, lines -> lines.add(5, "a".repeat(8 << 20) + "\n"))),
        damage(FindingKind.MISSING_SEQ, "a line", files -> lines(files, lines -> lines.remove(4))),
        damage(FindingKind.BROKEN_LINK, "a line", files -> lines(files, lines -> lines.remove(4))),
        damage(FindingKind.MISSING_SEQ, "the last line", files -> lines(files, List::removeLast)),
        damage(
            FindingKind.DUPLICATE_SEQ,
            "lines in another order",
            files -> lines(files, lines -> Collections.swap(lines, 3, 7))),
        damage(
            FindingKind.TIME_REVERSED,
            "lines in another order",
            files -> lines(files, lines -> Collections.swap(lines, 3, 7))),
        damage(
            FindingKind.PAYLOAD_MISSING,
            "of the making of the ledger",
            files ->
                lines(
                    files,
                    lines ->
                        lines.set(
                            0,
                            lines
                                .getFirst()
                                .replaceAll("\"payload\":\\{.*\\},(?=\"payload_hash)", "")
                                .replaceAll("\"payload_salt\":\"[0-9a-f]*\",", "")))),
        damage(
            FindingKind.BAD_CAUSE,
            "another hash",
            files -> {
              String text = new String(files.get(ENTRIES), ISO_8859_1);
              int at = text.indexOf('@') + 1;
              replace(
                  files,
                  ENTRIES,
                  text.substring(at - 3, at + 8),
                  text.substring(at - 3, at) + "00000000");
            }),
        damage(
            FindingKind.FILTER_MISMATCH,
            "a payload that no redaction explains",
            files ->
                lines(
                    files,
                    lines ->
                        lines.set(
                            5,
                            lines
                                .get(5)
                                .replaceAll("\"payload\":\\{.*\\},(?=\"payload_hash)", "")
                                .replaceAll("\"payload_salt\":\"[0-9a-f]*\",", "")))),
        damage(FindingKind.BAD_SIGNATURE, "Ed25519", files -> forge(files, 0)),
        damage(FindingKind.BAD_SIGNATURE, "ML-DSA-44", files -> forge(files, 1)),
        damage(
            FindingKind.UNKNOWN_KEY,
            "a signature is gone",
            files -> checkpoints(files, signatureLine(files, 1), "")),
        damage(
            FindingKind.BAD_PROOF,
            "another checkpoint",
            files -> replace(files, "checkpoint", signatureLine(files, 1), "")),
        damage(
            FindingKind.BAD_PROOF,
            "of another range",
            files -> replace(files, "range.proof", "range 0 ", "range 1 ")),
        replaced(FindingKind.BAD_MANIFEST, "manifest.json", "\"matching\":", "\"matching\":1"),
        replaced(
            FindingKind.BAD_ORIGIN,
            "manifest.json",
            "\"origin\":\"test.example",
            "\"origin\":\"test.other"),
        damage(
            FindingKind.BAD_MANIFEST,
            "a file that does not belong",
            files -> files.put("extra.txt", new byte[1])),
        damage(FindingKind.UNREADABLE, "no checkpoint", files -> files.remove("checkpoint")),
        damage(FindingKind.UNREADABLE, "no export line", files -> files.remove("export.ndjson")));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void damageOfEachKindIsFoundAsTheOtherVerifierFindsIt(Damage damage) throws Exception {
    Map<String, byte[]> damaged = new TreeMap<>(files);
    damage.change().accept(damaged);
    PageVerifier.PageVerdict found = agreed(zipOf(damaged), policy, damage.toString());
    assertThat(found.verdict()).isEqualTo(Verdict.TAMPERED);
    assertThat(found.kinds()).contains(damage.kind().text());
    assertThat(shown("verdict")).isEqualTo("Tampered");
    assertThat(shown("details")).contains(damage.kind().text());
  }

  @Test
  void anotherFormatIsNotJudged() throws Exception {
    Map<String, byte[]> other = new TreeMap<>(files);
    replace(other, "manifest.json", "\"format\":1", "\"format\":2");
    assertThat(agreed(zipOf(other), policy, "format 2").verdict()).isEqualTo(Verdict.UNVERIFIABLE);
    assertThat(shown("details")).contains("format 2 is not known");
  }

  @Test
  void randomDamageIsJudgedAsTheOtherVerifierJudgesIt() throws Exception {
    page();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<String, byte[]> source = contents(part);
    List<String> names = List.copyOf(source.keySet());
    for (int i = 0; i < RANDOM_DAMAGES; i++) {
      Map<String, byte[]> damaged = new TreeMap<>(source);
      String name = random.nextInt(3) == 0 ? names.get(random.nextInt(names.size())) : ENTRIES;
      byte[] bytes = Objects.requireNonNull(damaged.get(name)).clone();
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(3)) {
        case 0 -> damaged.put(name, Arrays.copyOf(bytes, at));
        case 1 -> lines(damaged, lines -> lines.add(at % lines.size(), lines.removeFirst()));
        default -> {
          bytes[at] ^= (byte) (1 << random.nextInt(8));
          damaged.put(name, bytes);
        }
      }
      agreed(zipOf(damaged), policy, "seed %d, %d: %s at %d".formatted(seed, i, name, at));
    }
  }

  @Test
  void withoutWebCryptoItJudgesTheSame() throws Exception {
    page();
    String html = Files.readString(PageParts.PAGE);
    String verifier = "<script type=\"text/plain\" id=\"verifier\">\n";
    assertThat(html).contains(verifier);
    Path other =
        Files.writeString(
            temp.resolve("without.html"),
            html.replace(
                verifier, verifier + "Object.defineProperty(self, 'crypto', {value: {}});\n"));
    try (PageVerifier without = new PageVerifier(browser, other)) {
      assertThat(without.verify(whole, policy).verdict()).isEqualTo(Verdict.INTACT);
      Map<String, byte[]> damaged = new TreeMap<>(files);
      forge(damaged, 0);
      assertThat(without.verify(zipOf(damaged), policy).kinds()).containsExactly("bad_signature");
    }
  }

  @Test
  void witnessesAreAskedForAsThePolicySays() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] typed = new byte[33];
    typed[0] = 4;
    System.arraycopy(encoded, encoded.length - 32, typed, 1, 32);
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update("witness.example\n".getBytes(UTF_8));
    byte[] id = Arrays.copyOf(sha256.digest(typed), 4);
    String vkey =
        "witness.example+%s+%s"
            .formatted(HexFormat.of().formatHex(id), Base64.getEncoder().encodeToString(typed));
    Path asking =
        Files.writeString(
            temp.resolve("witness.policy"),
            Files.readString(policy).replaceAll("quorum none", "")
                + "witness w "
                + vkey
                + "\nquorum w\n");
    assertThat(agreed(whole, asking, "no witness").verdict()).isEqualTo(Verdict.UNVERIFIABLE);
    assertThat(shown("details")).contains("lacks the cosignatures", "did not sign");

    String note = new String(files.get("checkpoint"), UTF_8);
    String message = "cosignature/v1\ntime 7\n" + note.substring(0, note.indexOf("\n\n") + 1);
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    signer.update(message.getBytes(UTF_8));
    for (int time : List.of(7, 8)) {
      byte[] blob = new byte[76];
      System.arraycopy(id, 0, blob, 0, 4);
      blob[11] = (byte) time;
      System.arraycopy(signer.sign(), 0, blob, 12, 64);
      signer.update(message.getBytes(UTF_8));
      String line = "— witness.example " + Base64.getEncoder().encodeToString(blob) + "\n";
      Map<String, byte[]> cosigned = new TreeMap<>(files);
      String last = signatureLine(files, 1);
      checkpoints(cosigned, last, last + new String(line.getBytes(UTF_8), ISO_8859_1));
      PageVerifier.PageVerdict found = agreed(zipOf(cosigned), asking, "time " + time);
      assertThat(found.verdict()).isEqualTo(time == 7 ? Verdict.INTACT : Verdict.TAMPERED);
    }
  }

  @Test
  void aCheckpointMayBearAHundredSignatures() throws Exception {
    String blob = Base64.getEncoder().encodeToString(new byte[4 + 8 + 2420]);
    String last = signatureLine(files, 1);
    String others = "\u00e2\u0080\u0094 somebody.example %s\n".formatted(blob).repeat(98);
    Map<String, byte[]> signed = new TreeMap<>(files);
    checkpoints(signed, last, last + others);
    assertThat(agreed(zipOf(signed), policy, "100").verdict()).isEqualTo(Verdict.INTACT);
    checkpoints(signed, last, last + others.substring(0, others.indexOf('\n') + 1));
    assertThat(agreed(zipOf(signed), policy, "101").verdict()).isEqualTo(Verdict.TAMPERED);
  }

  @Test
  void hostileZipsAreRefused() throws Exception {
    List<Path> hostile = new ArrayList<>();
    for (String name : List.of("../evil", "/etc/evil", "a/../b", "a\\b", "a/b/c", "folder/")) {
      Map<String, byte[]> members = new TreeMap<>(files);
      members.put(name, new byte[0]);
      hostile.add(zipOf(members));
    }
    byte[] zip = Files.readAllBytes(whole);
    byte[] before = new byte[zip.length + 4];
    System.arraycopy(zip, 0, before, 4, zip.length);
    hostile.add(Files.write(temp.resolve("before.zip"), before));
    hostile.add(Files.write(temp.resolve("after.zip"), Arrays.copyOf(zip, zip.length + 1)));
    Map<String, byte[]> twice = new TreeMap<>(files);
    twice.put("README.mx", new byte[] {1});
    String renamed =
        new String(Files.readAllBytes(zipOf(twice)), ISO_8859_1).replace("README.mx", "README.md");
    hostile.add(Files.write(temp.resolve("twice.zip"), renamed.getBytes(ISO_8859_1)));
    for (Path each : hostile) {
      PageVerifier.PageVerdict found = agreed(each, policy, each.toString());
      assertThat(found.verdict()).as("%s", each).isEqualTo(Verdict.TAMPERED);
      assertThat(found.kinds()).as("%s", each).contains("bad_manifest", "unreadable");
    }
  }

  @Test
  void aBombEndsWhereItsHeaderSaysItShould() throws Exception {
    Map<String, byte[]> members = new TreeMap<>(files);
    members.put(ENTRIES, new byte[16 << 20]);
    byte[] bomb = Files.readAllBytes(zipOf(members));
    String text = new String(bomb, ISO_8859_1);
    int central = text.lastIndexOf(ENTRIES) - 46;
    int descriptor = text.lastIndexOf("PK\u0007\b", text.indexOf("export.ndjson"));
    for (int field : List.of(central + 24, descriptor + 12)) {
      Arrays.fill(bomb, field, field + 4, (byte) 0);
      bomb[field] = 5;
    }
    Path file = Files.write(temp.resolve("bomb.zip"), bomb);
    assertThat(agreed(file, policy, "bomb").verdict()).isEqualTo(Verdict.TAMPERED);
    assertThat(shown("details")).contains("it holds more than its header states");
  }

  @Test
  void scriptInABundleIsText() throws Exception {
    assertThat(page().verify(whole, policy).verdict()).isEqualTo(Verdict.INTACT);
    String told =
        text(
            "document.querySelector('#details details').open = true;"
                + "return document.getElementById('details').innerText");
    assertThat(told).contains(SCRIPT);
    assertThat(text("return document.title")).isEqualTo("Verify a bundle · osModa Audit");
    assertThat(
            text(
                "return String(document.querySelectorAll('#details script, #details img').length)"))
        .isEqualTo("0");
  }

  @Test
  void thePageMayUseNoNetwork() throws Exception {
    page();
    AtomicInteger asked = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.getResponseHeaders().add("Access-Control-Allow-Origin", "*");
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      String outcome =
          ((JsonString)
                  page()
                      .browser()
                      .await(
                          """
                          const done = arguments[0];
                          const image = new Promise((tell) => {
                            const made = new Image();
                            made.onload = () => tell("loaded");
                            made.onerror = () => tell("refused");
                            made.src = "BASEimage";
                          });
                          const fetched =
                              fetch("BASEfetch").then(() => "fetched", () => "refused");
                          Promise.all([image, fetched]).then((all) => done(all.join()));
                          """
                              .replace("BASE", base)))
              .value();
      assertThat(outcome).isEqualTo("refused,refused");
      assertThat(asked).hasValue(0);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void thePageStaysFreeWhileItVerifiesAndCanBeStopped() throws Exception {
    Map<String, byte[]> large = new TreeMap<>(files);
    String lines = new String(files.get(ENTRIES), ISO_8859_1);
    large.put(ENTRIES, lines.repeat(1500).getBytes(ISO_8859_1));
    page().verify(part, policy);
    page().browser().choose("#bundle", zipOf(large));
    String seen =
        ((JsonString)
                page()
                    .browser()
                    .await(
                        """
                        const done = arguments[0];
                        const stop = document.getElementById("stop");
                        const told = document.getElementById("progress-text");
                        const look = () => {
                          if (document.body.dataset.state !== "running") {
                            done("it ended before it told how far it was");
                          } else if (told.textContent.includes("checked")) {
                            const text = told.textContent;
                            stop.click();
                            const { state } = document.body.dataset;
                            done(`${text} ${state}, focus on ${document.activeElement.id}`);
                          } else {
                            setTimeout(look, 1);
                          }
                        };
                        document.getElementById("verify").click();
                        look();
                        """))
            .value();
    assertThat(seen).matches("[0-9,]+ entries checked, \\d+ %, \\d+\\.\\d s idle, focus on verify");
    assertThat(page().verify(part, policy).verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void everyKindThatABundleCanShowIsAmongTheDamages() {
    assertThat(damages().stream().map(Damage::kind).collect(Collectors.toSet()))
        .as("kinds that a bundle can show")
        .doesNotContain(FindingKind.TRUNCATED, FindingKind.ROOT_MISMATCH, FindingKind.ROLLBACK)
        .hasSize(FindingKind.values().length - 3);
  }
}
