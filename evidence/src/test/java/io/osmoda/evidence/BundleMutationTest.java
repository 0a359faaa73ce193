package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.ledger.Ledger;
import io.osmoda.verify.BundleFiles;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of a bundle can be changed without being found, and no zip leads a reader astray. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BundleMutationTest {
  private static final int MUTATIONS = 300;

  Path temp = Path.of("");
  Map<String, byte[]> files = new TreeMap<>();
  byte[] zip = {};
  List<byte[]> wholeLines = new ArrayList<>();
  TrustPolicy trust = parsed();

  /** Replaced before any test. */
  private static TrustPolicy parsed() {
    try {
      return TrustPolicy.load(Path.of("../format/src/test/resources/vectors/trust.policy"));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  void export(@TempDir Path folder) throws Exception {
    temp = folder;
    try (Ledger ledger = SampleLedger.create(folder)) {
      SampleLedger.fill(ledger, 12);
      ledger.redact(3, 3, "asked", JsonObject.EMPTY);
      Instant from = ledger.reader().entry(2).instant();
      Instant to = ledger.reader().entry(20).instant();
      ExportRequest request =
          new ExportRequest(null, null, from, to, Map.of("actor", List.of("agent:a1")), false);
      BundleExport export = new BundleExport(ledger, Frameworks.builtIn());
      Path bundle = folder.resolve("bundle");
      try (BundleSink sink = new FolderSink(bundle)) {
        export.write(request, "user:me", sink);
      }
      try (BundleSink sink = new ZipFileSink(folder.resolve("bundle.zip"))) {
        export.write(request, "user:me", sink);
      }
      zip = Files.readAllBytes(folder.resolve("bundle.zip"));
      try (Stream<Path> walk = Files.walk(bundle)) {
        for (Path file : walk.filter(Files::isRegularFile).toList()) {
          files.put(bundle.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
      for (long seq = 1; seq < 20; seq++) {
        wholeLines.add(
            (ledger.reader().entry(seq).toJson() + "\n").getBytes(StandardCharsets.UTF_8));
      }
      trust = SampleLedger.trust(ledger);
    }
  }

  private BundleVerification verify(Map<String, byte[]> bundle) throws IOException {
    Path folder = Files.createTempDirectory(temp, "mutant");
    for (Map.Entry<String, byte[]> file : bundle.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.resolve("..").normalize());
      Files.write(path, file.getValue());
    }
    return BundleVerifier.verify(folder, trust);
  }

  private BundleVerification verifyZip(byte[] bytes) throws IOException {
    Path file = Files.createTempFile(temp, "mutant", ".zip");
    Files.write(file, bytes);
    return BundleVerifier.verify(file, trust);
  }

  @Test
  void theUnchangedBundlesAreIntact() throws IOException {
    assertThat(verify(files).findings()).isEmpty();
    assertThat(verifyZip(zip).verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void everyMutationOfAFolderIsFound() throws IOException {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    for (int i = 0; i < MUTATIONS; i++) {
      Map<String, byte[]> mutant = new TreeMap<>(files);
      String what = mutate(mutant, random);
      BundleVerification found = verify(mutant);
      if (what.isEmpty()) {
        continue;
      }
      if (found.verdict() == Verdict.UNVERIFIABLE) {
        // The one change that ends a run without a finding: another format is not judged.
        assertThat(found.notChecked()).as("seed %d, %d: %s", seed, i, what).hasSize(1);
        assertThat(found.notChecked().getFirst()).contains("format");
      } else {
        assertThat(found.verdict())
            .as("seed %d, %d: %s", seed, i, what)
            .isEqualTo(Verdict.TAMPERED);
      }
    }
  }

  /** Changes one thing; says what, nothing where it came out the same. */
  private String mutate(Map<String, byte[]> mutant, Random random) {
    List<String> names = List.copyOf(files.keySet());
    String name = names.get(random.nextInt(names.size()));
    byte[] bytes = files.getOrDefault(name, new byte[0]);
    byte[] changed;
    String what;
    switch (random.nextInt(8)) {
      case 0 -> {
        mutant.remove(name);
        return "removed " + name;
      }
      case 1 -> {
        mutant.put("proofs/" + random.nextInt(99), bytes);
        return "added a proof";
      }
      case 2 -> {
        changed = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        what = "truncated";
      }
      case 3 -> {
        name = "entries.ndjson";
        List<byte[]> lines = lines(name);
        lines.remove(random.nextInt(lines.size()));
        changed = joined(lines);
        what = "left out a line";
      }
      case 4 -> {
        name = "entries.ndjson";
        List<byte[]> lines = lines(name);
        Collections.swap(lines, random.nextInt(lines.size()), random.nextInt(lines.size()));
        changed = joined(lines);
        what = "swapped lines";
      }
      case 5 -> {
        name = "entries.ndjson";
        List<byte[]> lines = lines(name);
        lines.set(random.nextInt(lines.size()), wholeLines.get(random.nextInt(wholeLines.size())));
        changed = joined(lines);
        what = "put a whole line in a line's place";
      }
      default -> {
        changed = bytes.clone();
        if (changed.length > 0) {
          int at = random.nextInt(changed.length);
          changed[at] ^= (byte) (1 << random.nextInt(8));
          what = "flipped a bit at " + at;
        } else {
          changed = new byte[] {'\n'};
          what = "filled";
        }
      }
    }
    mutant.put(name, changed);
    return Arrays.equals(changed, files.get(name)) ? "" : what + " in " + name;
  }

  private List<byte[]> lines(String name) {
    String text = new String(files.getOrDefault(name, new byte[0]), StandardCharsets.UTF_8);
    List<byte[]> lines = new ArrayList<>();
    text.lines().forEach(line -> lines.add((line + "\n").getBytes(StandardCharsets.UTF_8)));
    return lines;
  }

  private static byte[] joined(List<byte[]> lines) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    lines.forEach(out::writeBytes);
    return out.toByteArray();
  }

  @Test
  void aChangedZipIsFoundOrItsFilesAreTheSame() throws IOException {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    Map<String, byte[]> original = contents(zip);
    int found = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutant = zip.clone();
      // The directory is where a reader can be led astray: half of the changes go there.
      int from = random.nextBoolean() ? zip.length - 1_500 : 0;
      int at = from + random.nextInt(mutant.length - from);
      mutant[at] ^= (byte) (1 << random.nextInt(8));
      BundleVerification verification = verifyZip(mutant);
      if (verification.verdict() == Verdict.INTACT) {
        // Times and versions of members: no reader takes another file for them.
        Map<String, byte[]> same = contents(mutant);
        assertThat(same.keySet())
            .as("seed %d, %d: bit at %d", seed, i, at)
            .isEqualTo(original.keySet());
        original.forEach(
            (name, bytes) ->
                assertThat(same.get(name)).as("seed %d: %s", seed, name).isEqualTo(bytes));
      } else {
        found++;
      }
    }
    assertThat(found).isGreaterThan(MUTATIONS / 2);
  }

  private Map<String, byte[]> contents(byte[] bytes) throws IOException {
    Path file = Files.createTempFile(temp, "read", ".zip");
    Files.write(file, bytes);
    Map<String, byte[]> contents = new TreeMap<>();
    try (BundleFiles bundle = BundleFiles.open(file)) {
      for (String name : bundle.names()) {
        contents.put(name, bundle.read(name, 1 << 20));
      }
    }
    return contents;
  }

  private byte[] zipOf(Map<String, byte[]> members) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream made = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        made.putNextEntry(new ZipEntry(member.getKey()));
        made.write(member.getValue());
        made.closeEntry();
      }
    }
    return out.toByteArray();
  }

  private void assertRefused(byte[] hostile, String why) throws IOException {
    BundleVerification found = verifyZip(hostile);
    assertThat(found.verdict()).as(why).isEqualTo(Verdict.TAMPERED);
    assertThat(found.findings())
        .as(why)
        .anyMatch(
            finding ->
                (finding.kind() == FindingKind.BAD_MANIFEST
                        || finding.kind() == FindingKind.UNREADABLE)
                    && finding.detail().contains(why));
  }

  @Test
  void namesThatLeadElsewhereAreRefused() throws IOException {
    for (String name :
        List.of("../evil", "/etc/evil", "a/../b", "a/./b", "a\\b", "a/b/c", "folder/")) {
      Map<String, byte[]> members = new TreeMap<>(files);
      members.put(name, new byte[0]);
      assertRefused(zipOf(members), "no file of a bundle is called");
    }
  }

  @Test
  void dataOutsideMembersIsRefused() throws IOException {
    ZipBytes between = ZipBytes.of(files);
    between.members.get(3).before = new byte[4];
    assertRefused(between.toBytes(), "data outside members");
    ZipBytes behind = ZipBytes.of(files);
    behind.beforeDirectory = new byte[4];
    assertRefused(behind.toBytes(), "data outside members");
  }

  private static void assertNotJudged(BundleVerification found, String why) {
    assertThat(found.verdict()).as(why).isEqualTo(Verdict.UNVERIFIABLE);
    assertThat(found.findings()).as(why).isEmpty();
    assertThat(found.notChecked()).anyMatch(each -> each.contains("anything: " + why));
  }

  @Test
  void aZipThatCannotBeOpenedAtAllIsNotJudged() throws IOException {
    byte[] before = new byte[zip.length + 4];
    System.arraycopy(zip, 0, before, 4, zip.length);
    assertNotJudged(verifyZip(before), "the zip cannot be opened");
    for (int length : List.of(30, zip.length / 2, zip.length - 30, zip.length - 1)) {
      assertNotJudged(verifyZip(Arrays.copyOf(zip, length)), "the zip cannot be opened");
    }
    assertNotJudged(verifyZip(Arrays.copyOf(zip, zip.length + 1)), "the zip cannot be opened");
    byte[] none = "no zip at all".getBytes(StandardCharsets.UTF_8);
    assertNotJudged(verifyZip(none), "it is neither a folder nor a zip");
  }

  @Test
  void aFolderWithNothingReadableIsNotJudged() throws IOException {
    Path folder = Files.createTempDirectory(temp, "unreadable");
    assertNotJudged(BundleVerifier.verify(folder, trust), "it holds no files");
    Files.createSymbolicLink(folder.resolve("manifest.json"), temp.resolve("bundle/manifest.json"));
    assertNotJudged(BundleVerifier.verify(folder, trust), "nothing in it can be read");
  }

  /** Where a member's record in the directory stands. */
  private static int central(byte[] bytes, String name) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.lastIndexOf(name) - 46;
    assertThat(text.substring(at, at + 4)).isEqualTo("PK\u0001\u0002");
    return at;
  }

  @Test
  void encryptionLinksAndOtherMethodsAreRefused() throws IOException {
    byte[] encrypted = zip.clone();
    int at = central(encrypted, "annotations.ndjson");
    encrypted[at + 8] |= 1;
    assertRefused(encrypted, "encrypted");
    byte[] link = zip.clone();
    link[at + 5] = 3;
    link[at + 41] = (byte) 0xa0;
    assertRefused(link, "is a link");
    byte[] method = zip.clone();
    method[at + 10] = 12;
    assertRefused(method, "neither stored nor deflated");
  }

  @Test
  void twoMembersOfOneNameAreRefused() throws IOException {
    Map<String, byte[]> members = new TreeMap<>(files);
    members.put("README.mx", new byte[] {1});
    byte[] twice =
        new String(zipOf(members), StandardCharsets.ISO_8859_1)
            .replace("README.mx", "README.md")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(twice, "twice");
  }

  @Test
  void whatInflatesToMoreThanItStatesEndsThere() throws IOException {
    Map<String, byte[]> members = new TreeMap<>(files);
    members.put("zeros", new byte[32 << 20]);
    byte[] bomb = zipOf(members);
    int at = central(bomb, "zeros");
    // The directory and the descriptor say 5 bytes.
    String text = new String(bomb, StandardCharsets.ISO_8859_1);
    int descriptor = text.lastIndexOf("PK\u0007\u0008");
    for (int field : List.of(at + 24, descriptor + 12)) {
      Arrays.fill(bomb, field, field + 4, (byte) 0);
      bomb[field] = 5;
    }
    Path file = Files.createTempFile(temp, "bomb", ".zip");
    Files.write(file, bomb);
    try (BundleFiles bundle = BundleFiles.open(file)) {
      assertThat(bundle.faults()).isEmpty();
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> bundle.read("zeros", 64 << 20))
          .hasMessageContaining("more than its header states");
    }
    assertThat(verifyZip(bomb).verdict()).isEqualTo(Verdict.TAMPERED);
  }

  @Test
  void aLinkInAFolderIsRefused() throws IOException {
    Path folder = Files.createTempDirectory(temp, "linked");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.resolve("..").normalize());
      Files.write(path, file.getValue());
    }
    Path elsewhere = temp.resolve("elsewhere");
    Files.move(folder.resolve("entries.ndjson"), elsewhere);
    Files.createSymbolicLink(folder.resolve("entries.ndjson"), elsewhere);
    assertThat(BundleVerifier.verify(folder, trust).findings())
        .anyMatch(finding -> finding.detail().contains("is a link"));
  }
}
