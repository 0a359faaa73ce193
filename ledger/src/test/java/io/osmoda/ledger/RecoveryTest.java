package io.osmoda.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.fixtures.MemoryFolder;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where a writer goes on, for each way in which a segment can end: what is past the checkpoint is
 * adopted or cut, what it covers is never cut.
 */
class RecoveryTest {
  private static final int COVERED = 8; // entries that the checkpoint covers
  private static final int PAST = 5; // entries past it

  @TempDir(factory = MemoryFolder.class)
  private Path temp;

  private LedgerFolder folder = new LedgerFolder(Path.of(""));
  private Checkpoint checkpoint = new Checkpoint("recovery.example/one", 0, Hash.ZERO);
  private Path segment = Path.of("");
  private long size;

  @BeforeEach
  void create() throws IOException {
    folder = new LedgerFolder(temp.resolve("ledger"));
    LedgerOptions options =
        LedgerOptions.defaults().withCheckpointInterval(LedgerOptions.MAX_CHECKPOINT_INTERVAL);
    try (Ledger ledger = Ledger.create(folder.root(), "recovery.example/one", options)) {
      while (ledger.reader().size() < COVERED) {
        ledger.appendDurably(draft());
      }
      checkpoint = ledger.checkpoint().checkpoint();
      assertThat(checkpoint.size()).isEqualTo(COVERED);
      for (int i = 0; i < PAST; i++) {
        ledger.appendDurably(draft());
      }
      size = ledger.reader().size();
    }
    segment = folder.segment(0);
    cutTo(size); // without what the end of the ledger sealed
  }

  private static EntryDraft draft() {
    return EntryDraft.builder("api", "agent:a", "tool_call")
        .payload(JsonObject.builder().put("text", "some words").build())
        .build();
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(segment);
  }

  private void cutTo(long lines) throws IOException {
    write(lines().subList(0, (int) lines));
  }

  private void write(List<String> lines) throws IOException {
    Files.writeString(segment, String.join("\n", lines) + "\n");
  }

  private void append(String text) throws IOException {
    Files.writeString(segment, text, StandardOpenOption.APPEND);
  }

  private Recovery.Outcome recover() throws IOException {
    return recover(false);
  }

  private Recovery.Outcome recover(boolean largeCut) throws IOException {
    try (TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder.tree())) {
      Recovery.Outcome outcome =
          new Recovery(RealDisk.INSTANCE, folder, tree, largeCut).run(checkpoint);
      assertThat(tree.size()).isEqualTo(outcome.nextSeq());
      assertThat(tree.root(checkpoint.size())).isEqualTo(checkpoint.root());
      return outcome;
    }
  }

  private void isDamaged(String finding) throws IOException {
    byte[] before = Files.readAllBytes(segment);
    assertThatThrownBy(this::recover)
        .isInstanceOf(LedgerDamagedException.class)
        .hasMessageContaining(finding);
    assertThat(Files.readAllBytes(segment)).as("nothing is cut").isEqualTo(before);
    assertThat(folder.quarantine()).isEmptyDirectory();
  }

  @Test
  void wholeLinesPastTheCheckpointAreAdopted() throws IOException {
    Recovery.Outcome outcome = recover();
    assertThat(outcome.nextSeq()).isEqualTo(size);
    assertThat(outcome.adoptedFrom()).isEqualTo(COVERED);
    assertThat(outcome.adopted()).isEqualTo(PAST);
    assertThat(outcome.cut()).isNull();
    assertThat(outcome.rotation()).isNull();
    assertThat(outcome.redactions()).isEmpty();
    assertThat(outcome.segment()).isZero();
    assertThat(outcome.segmentBytes()).isEqualTo(Files.size(segment));
    try (LedgerReader reader = LedgerReader.open(folder.root())) {
      assertThat(outcome.tip()).isEqualTo(reader.entry(size - 1).entryHash());
      assertThat(outcome.lastTimestamp()).isEqualTo(reader.entry(size - 1).timestamp());
    }
  }

  @Test
  void nothingPastTheCheckpointIsNothingToAdopt() throws IOException {
    cutTo(COVERED);
    Recovery.Outcome outcome = recover();
    assertThat(outcome.nextSeq()).isEqualTo(COVERED);
    assertThat(outcome.adopted()).isZero();
    assertThat(outcome.cut()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100})
  void aTornLastLineIsCutAndKept(int missing) throws Exception {
    byte[] whole = Files.readAllBytes(segment);
    byte[] torn = Arrays.copyOf(whole, whole.length - missing);
    Files.write(segment, torn);
    int lastLine = (lines().getLast() + "").getBytes(UTF_8).length;
    Recovery.Outcome outcome = recover();
    assertThat(outcome.nextSeq()).isEqualTo(size - 1);
    Recovery.Cut cut = outcome.cut();
    assertThat(cut).isNotNull();
    assertThat(cut.offset() + cut.length()).isEqualTo(torn.length);
    assertThat(cut.length()).isEqualTo(lastLine);
    assertThat(cut.lines()).isZero();
    byte[] kept = Files.readAllBytes(folder.quarantine().resolve(cut.file()));
    assertThat(kept).isEqualTo(Arrays.copyOfRange(torn, (int) cut.offset(), torn.length));
    assertThat(cut.sha256())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(kept)));
    assertThat(Files.readString(folder.quarantine().resolve(cut.file().replace(".cut", ".reason"))))
        .contains("at byte " + cut.offset(), "entry " + (size - 1));
    assertThat(Files.size(segment)).isEqualTo(cut.offset());
  }

  @Test
  void whatFollowsABadLineIsCutWithItHoweverGoodItLooks() throws IOException {
    List<String> lines = lines();
    lines.set(COVERED + 1, lines.get(COVERED + 1).replace("some words", "some sword"));
    write(lines);
    Recovery.Outcome outcome = recover();
    assertThat(outcome.nextSeq()).isEqualTo(COVERED + 1);
    Recovery.Cut cut = outcome.cut();
    assertThat(cut).isNotNull();
    assertThat(cut.lines()).isEqualTo(PAST - 1);
  }

  @Test
  void zerosThatAPowerLossLeftAreCut() throws IOException {
    append("\0".repeat(5_000));
    Recovery.Cut cut = recover().cut();
    assertThat(cut).isNotNull();
    assertThat(cut.length()).isEqualTo(5_000);
  }

  @Test
  void aSecondCutAtTheSamePlaceKeepsTheFirst() throws IOException {
    append("first");
    Recovery.Cut first = recover().cut();
    append("second");
    Recovery.Cut second = recover().cut();
    assertThat(first).isNotNull();
    assertThat(second).isNotNull();
    assertThat(second.file()).isNotEqualTo(first.file());
    assertThat(Files.readString(folder.quarantine().resolve(first.file()))).isEqualTo("first");
    assertThat(Files.readString(folder.quarantine().resolve(second.file()))).isEqualTo("second");
  }

  @Test
  void moreThanACrashLeavesIsCutOnlyWithConsent() throws IOException {
    long whole = Files.size(segment);
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.setLength(whole + Recovery.MAX_CUT + 1);
    }
    assertThatThrownBy(this::recover)
        .isInstanceOf(LargeCutException.class)
        .hasMessageContaining("more than a crash leaves behind");
    assertThat(Files.size(segment)).isEqualTo(whole + Recovery.MAX_CUT + 1);
    Recovery.Cut cut = recover(true).cut();
    assertThat(cut).isNotNull();
    assertThat(cut.length()).isEqualTo(Recovery.MAX_CUT + 1);
    assertThat(Files.size(segment)).isEqualTo(whole);
  }

  @Test
  void asMuchAsACrashLeavesIsCutWithout() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.setLength(file.length() + Recovery.MAX_CUT);
    }
    Recovery.Cut cut = recover().cut();
    assertThat(cut).isNotNull();
    assertThat(cut.length()).isEqualTo(Recovery.MAX_CUT);
  }

  @Test
  void aTreeThatIsGoneIsRebuiltFromTheLines() throws IOException {
    try (TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder.tree())) {
      tree.truncate(3);
    }
    assertThat(recover().nextSeq()).isEqualTo(size);
  }

  @Test
  void damageBelowTheCheckpointIsNeverCut() throws IOException {
    try (TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder.tree())) {
      tree.truncate(0); // so that all is read
    }
    List<String> lines = lines();
    lines.set(4, lines.get(4).replace("some words", "some sword"));
    write(lines);
    isDamaged("bad_payload_hash at entry 4");
  }

  @Test
  void aCheckpointThatTheEntriesDoNotReachIsDamage() throws IOException {
    cutTo(COVERED - 1);
    isDamaged("the newest checkpoint states " + COVERED + " entries");
  }

  @Test
  void aTornLineThatTheCheckpointCoversIsDamage() throws IOException {
    cutTo(COVERED);
    byte[] whole = Files.readAllBytes(segment);
    Files.write(segment, Arrays.copyOf(whole, whole.length - 1));
    isDamaged("truncated");
  }

  @Test
  void aCheckpointOfAnotherRootIsDamage() throws IOException {
    checkpoint = new Checkpoint(checkpoint.origin(), COVERED, Hash.ZERO);
    isDamaged("root_mismatch");
  }

  @Test
  void aMissingFirstSegmentIsDamage() throws IOException {
    Files.delete(segment);
    assertThatThrownBy(this::recover)
        .isInstanceOf(LedgerDamagedException.class)
        .hasMessageContaining("the first segment is missing");
  }

  @Test
  void aSegmentThatIsNotTheLastHasNoTornTail() throws IOException {
    append("torn");
    Files.createFile(folder.segment(size));
    isDamaged("which is not the last segment");
  }

  @Test
  void anEmptyLastSegmentTakesTheNextEntry() throws IOException {
    Files.createFile(folder.segment(size));
    Recovery.Outcome outcome = recover();
    assertThat(outcome.segment()).isEqualTo(size);
    assertThat(outcome.segmentBytes()).isZero();
    assertThat(outcome.segments()).isEqualTo(2);
  }

  @Test
  void aGapBetweenSegmentsIsDamage() throws IOException {
    Files.createFile(folder.segment(size + 1));
    isDamaged("missing_seq at entry " + size);
  }

  @Test
  void redactionsAndTheLastRotationPastTheCheckpointAreTold() throws IOException {
    try (Ledger ledger = Ledger.open(folder.root(), LedgerOptions.defaults())) {
      ledger.redact(2, 3, "a person asked", JsonObject.EMPTY);
      ledger.rotateKeys("yearly");
    }
    Recovery.Outcome outcome = recover();
    assertThat(outcome.redactions())
        .extracting(RedactedRange::first, RedactedRange::last)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(2L, 3L));
    assertThat(outcome.rotation()).isNotNull();
    assertThat(outcome.rotation().action()).isEqualTo("key_rotate");
  }
}
