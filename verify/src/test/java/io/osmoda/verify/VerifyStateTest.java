package io.osmoda.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyStateTest {
  private static final long SEED = Seed.fixed(7_654_321L);

  @TempDir Path temp;
  private final LedgerBuilder ledger = LedgerBuilder.begun();
  private Path folder = Path.of("");
  private Path state = Path.of("");
  private MemoryDisk disk = new MemoryDisk();

  /** Five segments with redactions, causes over their borders, rotations and checkpoints. */
  @BeforeEach
  void writeLedger() {
    for (int i = 1; i < 400; i++) {
      int n = i;
      switch (i) {
        case 130 -> ledger.redaction("#120-122");
        case 200 -> ledger.rotate(TestKeys.signer(LedgerBuilder.ORIGIN, 2), true);
        case 210 -> ledger.control("ledger_recover", line -> line.set("target", "#208-209"));
        case 340 -> ledger.redaction("#50");
        default ->
            ledger.add(
                line -> {
                  if (n % 5 == 0) {
                    int to = n % 2 == 0 ? 3 : n - 1;
                    line.set(
                        "caused_by",
                        LedgerBuilder.strings(List.of("#" + to + "@" + ledger.hash(to).hex())));
                  }
                });
      }
      if (i % 90 == 0) {
        ledger.checkpoint();
      }
    }
    ledger.checkpoint().strip(120).strip(121).strip(50);
    folder = ledger.write(temp.resolve("ledger"), 70, 128, 129, 300);
    state = temp.resolve("state");
    disk = MemoryDisk.of(folder);
  }

  private VerifyOptions options(int threads) {
    return VerifyOptions.defaults()
        .withTrust(ledger.trust(), "test keys")
        .withDisk(disk)
        .withThreads(threads);
  }

  private Verification full() throws IOException {
    return LedgerVerifier.verify(folder, options(1));
  }

  private Verification resumed(int threads) throws IOException {
    return LedgerVerifier.verify(folder, options(threads).withState(state));
  }

  private static void assertSame(Verification actual, Verification expected, String what) {
    assertThat(actual)
        .as("%s", what)
        .usingRecursiveComparison()
        .ignoringFields("duration")
        .isEqualTo(expected);
  }

  private Path segment(int firstSeq) {
    return folder.resolve("segments/%020d.ndjson".formatted(firstSeq));
  }

  @Test
  void saysTheSameOfAnUnchangedLedger() throws IOException {
    Verification expected = full();
    assertThat(expected.findings()).isEmpty();
    assertThat(expected.redacted()).isEqualTo(3);
    assertThat(expected.adopted()).isEqualTo(2);
    for (int threads : new int[] {1, 3, 1, 3}) {
      assertSame(resumed(threads), expected, threads + " threads");
    }
  }

  @Test
  void saysTheSameAsAFullRunWhateverIsDamaged() throws IOException {
    MemoryDisk good = disk;
    resumed(1);
    byte[] known = Files.readAllBytes(state);
    Random random = new Random(SEED);
    List<Path> paths = good.paths().stream().filter(p -> p.startsWith(folder)).toList();
    for (int round = 0; round < 120; round++) {
      disk = good.copy();
      Files.write(state, known);
      Path path = paths.get(random.nextInt(paths.size()));
      disk.put(path, Damage.of(disk.get(path), random));
      assertSame(
          resumed(1 + 2 * (round % 2)), full(), "seed " + SEED + " round " + round + " " + path);
    }
  }

  @Test
  void findsWhatIsDamagedInEachSegment() throws IOException {
    resumed(1);
    for (int firstSeq : new int[] {0, 70, 128, 129, 300}) {
      byte[] bytes = disk.get(segment(firstSeq));
      byte[] changed = bytes.clone();
      int at = new String(bytes, java.nio.charset.StandardCharsets.US_ASCII).lastIndexOf("sta");
      changed[at] ^= 1;
      disk.put(segment(firstSeq), changed);
      assertThat(resumed(1).verdict()).as("%d", firstSeq).isEqualTo(Verdict.TAMPERED);
      disk.put(segment(firstSeq), bytes);
      assertThat(resumed(1).verdict()).isEqualTo(Verdict.INTACT);
    }
  }

  /** The state is trusted in what it says of bytes: else nothing would be skipped. */
  @Test
  void doesNotParseAgainWhatTheStateSaysIsChecked() throws IOException {
    resumed(1);
    byte[] bad = disk.get(segment(70)).clone();
    int at = new String(bad, java.nio.charset.StandardCharsets.US_ASCII).indexOf("{\"i\":");
    bad[at + 5] = '9';
    disk.put(segment(70), bad);
    VerifyState known = Objects.requireNonNull(VerifyState.read(state, LedgerBuilder.ORIGIN));
    VerifyState.Segment old = Objects.requireNonNull(known.segment(70));
    known.add(
        new VerifyState.Segment(
            70,
            bad.length,
            Hash.of(Digests.sha256().digest(bad)),
            old.before(),
            old.after(),
            old.timestamp(),
            old.redacted(),
            old.foreignCauses(),
            old.withoutPayload(),
            old.specials(),
            old.roots()));
    assertThat(full().verdict()).isEqualTo(Verdict.TAMPERED);
    known.write(state);
    assertThat(resumed(1).verdict()).isEqualTo(Verdict.INTACT);
    assertThat(resumed(3).verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void stillFindsAStrippedPayloadWhoseAnnouncementIsGone() throws IOException {
    resumed(1);
    // The redaction of entry 50 stands in the last segment, which is cut before it.
    ledger.lines().subList(340, ledger.size()).clear();
    ledger.withoutNotes().write(folder, 70, 128, 129, 300);
    MemoryDisk cut = MemoryDisk.of(folder);
    cut.paths().stream()
        .filter(p -> p.startsWith(folder.resolve("checkpoints")))
        .filter(p -> p.getFileName().toString().compareTo("%020d".formatted(340)) > 0)
        .forEach(cut::delete);
    disk = cut;
    Verification result = resumed(1);
    assertSame(result, full(), "cut");
    assertThat(result.findings())
        .anyMatch(f -> f.kind() == FindingKind.PAYLOAD_MISSING && Objects.equals(f.seq(), 50L));
  }

  @Test
  void comparesACheckpointOfASizeThatWasNotAskedForBefore() throws IOException {
    resumed(1);
    LedgerBuilder forked = LedgerBuilder.begun().add(20).add(l -> l.set("status", "error"));
    SignedCheckpoint since = forked.signed();
    Verification result =
        LedgerVerifier.verify(folder, options(1).withState(state).withSince(since));
    assertThat(result.findings()).anyMatch(f -> f.kind() == FindingKind.ROLLBACK);
  }

  @Test
  void ignoresAStateThatDoesNotFit() throws IOException {
    resumed(1);
    byte[] known = Files.readAllBytes(state);
    byte[] damaged = known.clone();
    damaged[damaged.length / 2] ^= 1;
    Files.write(state, damaged);
    Verification result = resumed(1);
    assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(result.notChecked()).singleElement().asString().contains("was not used");
    assertThat(Files.readAllBytes(state)).isEqualTo(known); // and it is written anew
    new VerifyState("other.example").write(state);
    assertThat(resumed(1).notChecked()).singleElement().asString().contains("other.example");
    Files.write(state, new byte[3]);
    assertThat(resumed(1).verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void goesOnFromAnOlderStateWhenTheLedgerHasGrown() throws IOException {
    resumed(1);
    byte[] known = Files.readAllBytes(state);
    ledger.add(50).checkpoint().write(folder, 70, 128, 129, 300, 420);
    disk = MemoryDisk.of(folder);
    Files.write(state, known);
    Verification result = resumed(3);
    assertSame(result, full(), "grown");
    assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(Files.readAllBytes(state).length).isGreaterThan(known.length);
  }

  @Test
  void remembersNothingOfALedgerWithFaults() throws IOException {
    ledger.strip(10).write(folder, 70, 128, 129, 300);
    disk = MemoryDisk.of(folder);
    assertThat(resumed(1).verdict()).isEqualTo(Verdict.TAMPERED);
    assertThat(Files.exists(state)).isFalse();
  }
}
