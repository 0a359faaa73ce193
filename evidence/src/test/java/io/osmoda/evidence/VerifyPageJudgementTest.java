package io.osmoda.evidence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
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
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * verify.html judges bundles as {@link BundleVerifier} does: damage of each kind, at random and
 * hostile. The code that judges is the same in every browser.
 */
abstract class VerifyPageJudgementTest extends VerifyPageTest {
  private static final int RANDOM_DAMAGES = 15;

  VerifyPageJudgementTest(Browser.Kind browser) {
    super(browser);
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
    long seed = Seed.fresh();
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
  void aZipThatCannotBeOpenedAtAllIsNotJudged() throws Exception {
    byte[] zip = Files.readAllBytes(whole);
    byte[] before = new byte[zip.length + 4];
    System.arraycopy(zip, 0, before, 4, zip.length);
    for (byte[] broken :
        List.of(
            before,
            Arrays.copyOf(zip, zip.length + 1),
            Arrays.copyOf(zip, zip.length - 1),
            Arrays.copyOf(zip, zip.length / 2))) {
      Path file = Files.write(temp.resolve("broken.zip"), broken);
      PageVerifier.PageVerdict found = agreed(file, policy, broken.length + " bytes");
      assertThat(found.verdict()).isEqualTo(Verdict.UNVERIFIABLE);
      assertThat(found.kinds()).isEmpty();
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
  void everyKindThatABundleCanShowIsAmongTheDamages() {
    assertThat(damages().stream().map(Damage::kind).collect(Collectors.toSet()))
        .as("kinds that a bundle can show")
        .doesNotContain(FindingKind.TRUNCATED, FindingKind.ROOT_MISMATCH, FindingKind.ROLLBACK)
        .hasSize(FindingKind.values().length - 3);
  }
}
