package io.osmoda.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.Finding;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TestKeys;
import io.osmoda.format.log.TestSigner;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.format.log.VerifierKey;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerVerifierTest {
  @TempDir Path temp;
  private Path folder = Path.of("");

  @BeforeEach
  void chooseFolder() {
    folder = temp.resolve("ledger");
  }

  static Path vector(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(
                  LedgerVerifierTest.class.getResource("/vectors/" + name), "vector " + name)
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private Verification verify(LedgerBuilder ledger, int... cuts) throws IOException {
    ledger.write(folder, cuts);
    return verify(ledger.trust());
  }

  private Verification verify(@Nullable TrustPolicy trust) throws IOException {
    VerifyOptions options = VerifyOptions.defaults();
    return LedgerVerifier.verify(
        folder, trust == null ? options : options.withTrust(trust, "test keys"));
  }

  private static void assertFound(Verification result, FindingKind kind, @Nullable Long seq) {
    assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.TAMPERED);
    assertThat(result.selfConsistent()).isFalse();
    assertThat(result.findings())
        .as("%s", result)
        .anyMatch(f -> f.kind() == kind && Objects.equals(f.seq(), seq));
    if (seq != null) {
      assertThat(lowest(result)).isEqualTo(seq);
    }
  }

  static @Nullable Long lowest(Verification result) {
    return result.findings().stream()
        .map(Finding::seq)
        .filter(Objects::nonNull)
        .min(Long::compare)
        .orElse(null);
  }

  private void edit(String file, String part, String replacement) throws IOException {
    Path path = folder.resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(part);
    Files.writeString(path, text.replace(part, replacement));
  }

  private static final String FIRST_SEGMENT = "segments/00000000000000000000.ndjson";

  @Test
  void callsThePublishedLedgerIntactUnderItsTrustPolicy() throws Exception {
    Path ledger = vector("ledger-300");
    for (int threads : new int[] {1, 3}) {
      Verification result =
          LedgerVerifier.verify(
              ledger,
              VerifyOptions.defaults().withTrust(vector("trust.policy")).withThreads(threads));
      assertThat(result.findings()).isEmpty();
      assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
      assertThat(result.entries()).isEqualTo(300);
      assertThat(result.anchored()).isEqualTo(300);
      assertThat(result.unanchoredTail()).isZero();
      assertThat(Objects.requireNonNull(result.checkpoint()).root().base64())
          .isEqualTo("PqUvahNeZEp28D4Mvh/0WDo2pBkmOYL7IDb49QXQsKQ=");
      assertThat(result.notChecked()).isEmpty();
    }
    Verification withoutTrust = LedgerVerifier.verify(ledger, VerifyOptions.defaults());
    assertThat(withoutTrust.verdict()).isEqualTo(Verdict.UNVERIFIABLE);
    assertThat(withoutTrust.selfConsistent()).isTrue();
    assertThat(withoutTrust.notChecked()).singleElement().asString().contains("signatures");
  }

  @Test
  void cannotJudgeThePublishedLedgerWithoutCheckpoints() throws Exception {
    Verification result = LedgerVerifier.verify(vector("ledger-5"), VerifyOptions.defaults());
    assertThat(result.findings()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Verdict.UNVERIFIABLE);
    assertThat(result.selfConsistent()).isTrue();
    assertThat(result.entries()).isEqualTo(5);
  }

  @Test
  void recomputesThePublishedRootWithoutACheckpoint() throws Exception {
    SignedCheckpoint since =
        TestKeys.signer(LedgerBuilder.ORIGIN, 1)
            .sign(
                new Checkpoint(
                    LedgerBuilder.ORIGIN,
                    5,
                    Hash.of(
                        java.util.Base64.getDecoder()
                            .decode("LKfQ77MYa7YafYLPBszmWECdzwkNFtZk4s7sPYfr0Yk="))));
    assertThat(
            LedgerVerifier.verify(vector("ledger-5"), VerifyOptions.defaults().withSince(since))
                .findings())
        .isEmpty();
  }

  @Test
  void makesTestLedgersThatAreIntact() throws IOException {
    Verification result = verify(LedgerBuilder.begun().add(20).checkpoint().add(3), 5, 6, 21);
    assertThat(result.findings()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(result.entries()).isEqualTo(24);
    assertThat(result.anchored()).isEqualTo(21);
    assertThat(result.unanchoredTail()).isEqualTo(3);
    try (Stream<Path> files = Files.list(folder.resolve("segments"))) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void findsABadHash() throws IOException {
    verify(LedgerBuilder.begun().add(9).checkpoint());
    edit(FIRST_SEGMENT, "\"seq\":4,\"source\":\"api\"", "\"seq\":4,\"source\":\"sdk\"");
    assertFound(verify(LedgerBuilder.begun().trust()), FindingKind.BAD_HASH, 4L);
  }

  @Test
  void findsABadPayloadHash() throws IOException {
    verify(LedgerBuilder.begun().add(9).checkpoint());
    edit(FIRST_SEGMENT, "{\"i\":4}", "{\"i\":5}");
    Verification result = verify(LedgerBuilder.begun().trust());
    assertFound(result, FindingKind.BAD_PAYLOAD_HASH, 4L);
    assertThat(result.findings()).hasSize(1);
  }

  @Test
  void findsABrokenLink() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(5);
    ledger.add(line -> line.set("prev_hash", ledger.hash(2).hex())).add(3).checkpoint();
    Verification result = verify(ledger);
    assertFound(result, FindingKind.BROKEN_LINK, 6L);
    assertThat(result.findings()).hasSize(1);
  }

  @Test
  void findsAMissingAndADoubledLine() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).checkpoint();
    byte[] dropped = ledger.lines().remove(4);
    assertFound(verify(ledger), FindingKind.MISSING_SEQ, 4L);
    ledger.lines().add(4, dropped);
    ledger.lines().add(5, dropped);
    assertFound(verify(ledger), FindingKind.DUPLICATE_SEQ, 4L);
  }

  @Test
  void findsALineInAnotherSpelling() throws IOException {
    verify(LedgerBuilder.begun().add(9).checkpoint());
    edit(FIRST_SEGMENT, "\"seq\":4,", "\"seq\": 4,");
    Verification result = verify(LedgerBuilder.begun().trust());
    assertFound(result, FindingKind.NOT_CANONICAL, 4L);
    assertThat(result.entries()).isEqualTo(10);
  }

  @Test
  void findsABadMember() throws IOException {
    LedgerBuilder ledger =
        LedgerBuilder.begun().add(3).add(line -> line.set("status", "fine")).add(3).checkpoint();
    assertFound(verify(ledger), FindingKind.BAD_MEMBER, 4L);
  }

  @Test
  void findsControlEntriesThatTheLedgerDidNotSeal() throws IOException {
    LedgerBuilder posted =
        LedgerBuilder.begun().add(3).add(line -> line.set("action", "ledger_redact")).checkpoint();
    assertFound(verify(posted), FindingKind.BAD_MEMBER, 4L);
    LedgerBuilder disguised =
        LedgerBuilder.begun().add(3).add(line -> line.set("actor", "system:ledger")).checkpoint();
    assertFound(verify(disguised), FindingKind.BAD_MEMBER, 4L);
  }

  @Test
  void findsReversedTime() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(3);
    ledger.add(line -> line.set("timestamp", ledger.time(2))).add(2).checkpoint();
    Verification result = verify(ledger);
    assertFound(result, FindingKind.TIME_REVERSED, 4L);
    assertThat(result.findings()).hasSize(1);
  }

  @Test
  void allowsTimeToStandStill() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(3);
    ledger.add(line -> line.set("timestamp", ledger.time(3))).add(2).checkpoint();
    assertThat(verify(ledger).verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void acceptsARedactionThatIsAnchored() throws IOException {
    LedgerBuilder ledger =
        LedgerBuilder.begun().add(9).redaction("#4-6").checkpoint().strip(4).strip(5).strip(6);
    Verification result = verify(ledger, 8);
    assertThat(result.findings()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(result.redacted()).isEqualTo(3);
    assertThat(verify((TrustPolicy) null).selfConsistent()).isTrue();
  }

  @Test
  void findsAPayloadStrippedWithoutOrWithAForgedAnnouncement() throws IOException {
    LedgerBuilder silent = LedgerBuilder.begun().add(9).checkpoint().strip(4);
    assertFound(verify(silent), FindingKind.PAYLOAD_MISSING, 4L);
    LedgerBuilder forged = LedgerBuilder.begun().add(9).checkpoint().redaction("#4").strip(4);
    Verification result = verify(forged);
    assertFound(result, FindingKind.PAYLOAD_MISSING, 4L);
    assertThat(result.findings()).hasSize(1);
    assertFound(verify((TrustPolicy) null), FindingKind.PAYLOAD_MISSING, 4L);
    // An outsider's note, too, anchors nothing where there is trust.
    forged.note(TestKeys.signer(LedgerBuilder.ORIGIN, 9));
    result = verify(forged);
    assertFound(result, FindingKind.PAYLOAD_MISSING, 4L);
    assertFound(result, FindingKind.UNKNOWN_KEY, null);
    // Without trust it does, by the format's rule.
    assertThat(verify((TrustPolicy) null).selfConsistent()).isTrue();
  }

  @Test
  void findsARedactedContextEntry() throws IOException {
    LedgerBuilder ledger =
        LedgerBuilder.begun()
            .add(3)
            .control("capture_gap", line -> {})
            .add(1)
            .redaction("#4")
            .checkpoint()
            .strip(4);
    assertFound(verify(ledger), FindingKind.PAYLOAD_MISSING, 4L);
  }

  @Test
  void findsARedactionThatNamesNothing() throws IOException {
    for (String target : new String[] {"#10", "#4-10", "4", "#04", "#5-4", "#", "#4-", "#-4"}) {
      LedgerBuilder ledger = LedgerBuilder.begun().add(9).redaction(target).checkpoint();
      assertFound(verify(ledger), FindingKind.BAD_MEMBER, 10L);
    }
  }

  @Test
  void checksCausesNearAndFar() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(3);
    ledger
        .add(line -> line.set("caused_by", cause("", 2, ledger.hash(2))))
        .add(line -> line.set("caused_by", cause("other.example", 2, ledger.hash(1))))
        .checkpoint();
    Verification good = verify(ledger, 3);
    assertThat(good.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(good.notChecked()).singleElement().asString().startsWith("1 reference");
    for (String bad :
        new String[] {
          "#2@" + ledger.hash(1).hex(),
          "#5@" + ledger.hash(1).hex(),
          "#6@" + ledger.hash(1).hex(),
          LedgerBuilder.ORIGIN + "#2@" + ledger.hash(2).hex()
        }) {
      LedgerBuilder other = LedgerBuilder.begun().add(4);
      other.add(line -> line.set("caused_by", LedgerBuilder.strings(List.of(bad)))).checkpoint();
      Verification result = verify(other, 3);
      assertFound(result, FindingKind.BAD_CAUSE, 5L);
      assertThat(result.findings()).hasSize(1);
    }
  }

  private static JsonArray cause(String origin, long seq, Hash hash) {
    return LedgerBuilder.strings(List.of(origin + "#" + seq + "@" + hash.hex()));
  }

  @Test
  void findsATruncatedLedger() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).checkpoint();
    ledger.lines().removeLast();
    Verification result = verify(ledger);
    assertFound(result, FindingKind.TRUNCATED, 9L);
    assertThat(result.entries()).isEqualTo(9);
  }

  @Test
  void findsAFullRewriteWithoutTheKey() throws IOException {
    TestSigner stranger = TestKeys.signer(LedgerBuilder.ORIGIN, 9);
    LedgerBuilder rewritten = LedgerBuilder.begun().add(5).add(9).withoutNotes().note(stranger);
    Verification result = verify(rewritten);
    assertFound(result, FindingKind.UNKNOWN_KEY, null);
    // Genuine notes of the history before it do not fit.
    LedgerBuilder genuine = LedgerBuilder.begun().add(14).checkpoint();
    LedgerBuilder other = LedgerBuilder.begun().add(2).add(l -> l.set("status", "error")).add(11);
    assertThat(other.size()).isEqualTo(genuine.size());
    other.withoutNotes().note("%020d".formatted(15), genuine.signed().note());
    assertFound(verify(other), FindingKind.ROOT_MISMATCH, null);
  }

  @Test
  void findsARollbackByAnOlderCheckpoint() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9);
    SignedCheckpoint newer = LedgerBuilder.begun().add(12).signed();
    ledger.checkpoint().write(folder);
    VerifyOptions options = VerifyOptions.defaults().withTrust(ledger.trust(), "test keys");
    Verification shorter = LedgerVerifier.verify(folder, options.withSince(newer));
    assertFound(shorter, FindingKind.ROLLBACK, null);
    assertFound(shorter, FindingKind.TRUNCATED, 10L);
    SignedCheckpoint forked =
        LedgerBuilder.begun().add(3).add(line -> line.set("status", "error")).signed();
    assertFound(
        LedgerVerifier.verify(folder, options.withSince(forked)), FindingKind.ROLLBACK, null);
    SignedCheckpoint own = LedgerBuilder.begun().add(4).signed();
    assertThat(LedgerVerifier.verify(folder, options.withSince(own)).verdict())
        .isEqualTo(Verdict.INTACT);
    SignedCheckpoint foreign =
        TestKeys.signer("other.example", 1).sign(new Checkpoint("other.example", 1, Hash.ZERO));
    assertFound(
        LedgerVerifier.verify(folder, options.withSince(foreign)), FindingKind.BAD_ORIGIN, null);
  }

  @Test
  void doesNotCallALedgerIntactWhoseCheckpointsAreGone() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).withoutNotes();
    Verification emptied = verify(ledger);
    assertThat(emptied.verdict()).isEqualTo(Verdict.UNVERIFIABLE);
    assertThat(emptied.selfConsistent()).isTrue();
    assertThat(emptied.anchored()).isZero();
    Files.delete(folder.resolve("checkpoints"));
    assertFound(verify(ledger.trust()), FindingKind.UNREADABLE, null);
  }

  @Test
  void findsSwappedKeysInLedgerJson() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).checkpoint();
    verify(ledger);
    String own = ledger.signer().vkeys().getFirst();
    edit("ledger.json", own, TestKeys.signer(LedgerBuilder.ORIGIN, 9).vkeys().getFirst());
    assertFound(verify(ledger.trust()), FindingKind.BAD_MEMBER, null);
  }

  @Test
  void findsAForeignTail() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).checkpoint();
    LedgerBuilder other =
        LedgerBuilder.begun().add(5).add(line -> line.set("status", "error")).add(6);
    ledger.lines().addAll(other.lines().subList(10, 13));
    assertFound(verify(ledger), FindingKind.BROKEN_LINK, 10L);
  }

  @Test
  void findsAChangedSignatureAndAMissingOne() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9);
    String note = new String(ledger.signed().note(), UTF_8);
    List<String> lines = note.lines().toList();
    String ed25519 = lines.get(4);
    String mlDsa = lines.get(5);
    for (String line : List.of(ed25519, mlDsa)) {
      int at = line.lastIndexOf(' ') + 20;
      char other = line.charAt(at) == 'A' ? 'B' : 'A';
      String bad = line.substring(0, at) + other + line.substring(at + 1);
      ledger.note("%020d".formatted(10), note.replace(line, bad).getBytes(UTF_8));
      assertFound(verify(ledger), FindingKind.BAD_SIGNATURE, null);
      ledger.note("%020d".formatted(10), note.replace(line + "\n", "").getBytes(UTF_8));
      assertFound(verify(ledger), FindingKind.UNKNOWN_KEY, null);
    }
    ledger.note("%020d".formatted(10), note.getBytes(UTF_8));
    assertThat(verify(ledger).verdict()).isEqualTo(Verdict.INTACT);
    ledger.note("%020d".formatted(9), note.getBytes(UTF_8));
    assertFound(verify(ledger), FindingKind.BAD_MEMBER, null);
    ledger.note("%020d".formatted(9), "garbage".getBytes(UTF_8));
    assertFound(verify(ledger), FindingKind.UNREADABLE, null);
  }

  @Test
  void ignoresAndCountsOtherFilesAmongTheNotes() throws IOException {
    LedgerBuilder ledger =
        LedgerBuilder.begun().add(9).checkpoint().note("00000000000000000010.tmp", new byte[3]);
    Verification result = verify(ledger);
    assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(result.notChecked()).singleElement().asString().startsWith("1 file");
  }

  @Test
  void findsANoteOfAnotherOrigin() throws IOException {
    TestSigner foreign = TestKeys.signer("other.example", 1);
    LedgerBuilder ledger =
        LedgerBuilder.begun()
            .add(9)
            .checkpoint()
            .note(new Checkpoint("other.example", 5, Hash.ZERO), foreign);
    assertFound(verify(ledger), FindingKind.BAD_ORIGIN, null);
    Verification underForeignKeys = verify(TestKeys.trust(foreign));
    assertFound(underForeignKeys, FindingKind.BAD_ORIGIN, null);
  }

  @Test
  void followsARotationForwardsAndBackwards() throws IOException {
    TestSigner first = TestKeys.signer(LedgerBuilder.ORIGIN, 1);
    TestSigner second = TestKeys.signer(LedgerBuilder.ORIGIN, 2);
    TestSigner third = TestKeys.signer(LedgerBuilder.ORIGIN, 3);
    LedgerBuilder ledger =
        LedgerBuilder.begun()
            .add(3)
            .rotate(second, true)
            .add(3)
            .checkpoint()
            .rotate(third, true)
            .add(3)
            .checkpoint();
    ledger.write(folder, 4);
    for (TestSigner trusted : List.of(first, second, third)) {
      Verification result = verify(TestKeys.trust(trusted));
      assertThat(result.findings()).isEmpty();
      assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
      assertThat(result.anchored()).isEqualTo(ledger.size());
    }
    TestSigner stranger = TestKeys.signer(LedgerBuilder.ORIGIN, 9);
    assertFound(verify(TestKeys.trust(stranger)), FindingKind.UNKNOWN_KEY, null);
  }

  @Test
  void followsNoRotationWithoutTheNoteByOldAndNewKeys() throws IOException {
    TestSigner first = TestKeys.signer(LedgerBuilder.ORIGIN, 1);
    TestSigner second = TestKeys.signer(LedgerBuilder.ORIGIN, 2);
    LedgerBuilder ledger = LedgerBuilder.begun().add(3).rotate(second, false).add(3).checkpoint();
    ledger.write(folder);
    assertFound(verify(TestKeys.trust(first)), FindingKind.UNKNOWN_KEY, null);
    assertFound(verify(TestKeys.trust(second)), FindingKind.UNKNOWN_KEY, null);
    // Old keys do not count past the rotation.
    LedgerBuilder stubborn = LedgerBuilder.begun().add(3).rotate(second, true).add(3).note(first);
    assertFound(verify(stubborn), FindingKind.UNKNOWN_KEY, null);
    assertFound(verify(TestKeys.trust(first)), FindingKind.UNKNOWN_KEY, null);
  }

  @Test
  void findsARotationFromKeysThatWereNotInForce() throws IOException {
    TestSigner second = TestKeys.signer(LedgerBuilder.ORIGIN, 2);
    LedgerBuilder ledger = LedgerBuilder.begun().add(3).rotate(second, true);
    ledger.control(
        "key_rotate",
        line ->
            line.set(
                "payload",
                JsonObject.builder()
                    .put("new", LedgerBuilder.strings(second.vkeys()))
                    .put(
                        "old",
                        LedgerBuilder.strings(TestKeys.signer(LedgerBuilder.ORIGIN, 1).vkeys()))
                    .put("why", "again")
                    .build()));
    assertFound(verify(ledger.checkpoint()), FindingKind.BAD_MEMBER, 5L);
  }

  @Test
  void countsAdoptedEntries() throws IOException {
    LedgerBuilder ledger =
        LedgerBuilder.begun()
            .add(5)
            .control("ledger_recover", line -> line.set("target", "#4-5"))
            .control("ledger_recover", line -> line.set("target", "#5"))
            .control("ledger_recover", line -> {})
            .checkpoint();
    Verification result = verify(ledger);
    assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(result.adopted()).isEqualTo(2);
  }

  @Test
  void findsAnEntryZeroThatIsNone() throws IOException {
    for (String part : new String[] {"ledger_create", LedgerBuilder.ORIGIN + "\",\"timestamp"}) {
      LedgerBuilder ledger = LedgerBuilder.begun().add(2).checkpoint();
      verify(ledger);
      String other = part.startsWith("ledger") ? "ledger_restore" : "other\",\"timestamp";
      edit(FIRST_SEGMENT, part, other);
      assertFound(verify(ledger.trust()), FindingKind.BAD_MEMBER, 0L);
    }
    LedgerBuilder headless = LedgerBuilder.begun().add(2).checkpoint();
    headless.lines().removeFirst();
    assertFound(verify(headless), FindingKind.MISSING_SEQ, 0L);
  }

  @Test
  void findsALastLineWithoutLineFeed() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).checkpoint().add(2);
    verify(ledger);
    Path segment = folder.resolve(FIRST_SEGMENT);
    byte[] bytes = Files.readAllBytes(segment);
    for (int cut : new int[] {1, 2, 300}) {
      Files.write(segment, java.util.Arrays.copyOf(bytes, bytes.length - cut));
      assertFound(verify(ledger.trust()), FindingKind.UNREADABLE, 11L);
    }
  }

  @Test
  void findsWhatIsNoJsonAndGoesOn() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(3);
    ledger.append("garbage".getBytes(UTF_8), Hash.ZERO);
    ledger.append("{}".getBytes(UTF_8), Hash.ZERO);
    ledger.add(2).add(line -> line.set("timestamp", ledger.time(1))).checkpoint();
    Verification result = verify(ledger);
    assertFound(result, FindingKind.UNREADABLE, 4L);
    assertThat(result.findings())
        .anyMatch(f -> f.kind() == FindingKind.TIME_REVERSED && Objects.equals(f.seq(), 8L))
        .noneMatch(f -> f.kind() == FindingKind.MISSING_SEQ);
    assertThat(result.entries()).isEqualTo(9);
  }

  @Test
  void findsMissingParts() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).checkpoint();
    verify(ledger, 5);
    Files.delete(folder.resolve("ledger.json"));
    assertFound(verify(ledger.trust()), FindingKind.UNREADABLE, null);
    verify(ledger, 5);
    Files.delete(folder.resolve("segments/00000000000000000005.ndjson"));
    assertFound(verify(ledger.trust()), FindingKind.TRUNCATED, 5L);
    verify(ledger, 5);
    Files.delete(folder.resolve(FIRST_SEGMENT));
    assertFound(verify(ledger.trust()), FindingKind.MISSING_SEQ, 0L);
    Files.delete(folder.resolve("segments/00000000000000000005.ndjson"));
    assertFound(verify(ledger.trust()), FindingKind.UNREADABLE, null);
  }

  @Test
  void findsSegmentsUnderOtherNamesAndEmptyOnes() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).checkpoint();
    verify(ledger, 5);
    Path second = folder.resolve("segments/00000000000000000005.ndjson");
    Path renamed = folder.resolve("segments/00000000000000000006.ndjson");
    Files.move(second, renamed);
    assertFound(verify(ledger.trust()), FindingKind.BAD_MEMBER, 5L);
    Files.move(renamed, folder.resolve("segments/5.ndjson"));
    assertFound(verify(ledger.trust()), FindingKind.BAD_MEMBER, null);
    Files.delete(folder.resolve("segments/5.ndjson"));
    verify(ledger, 5);
    Files.write(folder.resolve("segments/00000000000000000003.ndjson"), new byte[0]);
    assertFound(verify(ledger.trust()), FindingKind.UNREADABLE, 5L);
    Files.delete(folder.resolve("segments/00000000000000000003.ndjson"));
    // What a writer leaves that ended between making the next file and filling it is no fault.
    Files.write(folder.resolve("segments/00000000000000000010.ndjson"), new byte[0]);
    assertThat(verify(ledger.trust()).verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void endsAtAFormatThatItDoesNotKnow() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(2).checkpoint();
    verify(ledger);
    edit("ledger.json", "\"format\":1,", "\"format\":2,\"more\":true,");
    Verification result = verify(ledger.trust());
    assertThat(result.verdict()).isEqualTo(Verdict.UNVERIFIABLE);
    assertThat(result.findings()).isEmpty();
    assertThat(result.selfConsistent()).isFalse();
    assertThat(result.notChecked()).singleElement().asString().contains("format 2");
  }

  @Test
  void cannotJudgeAFolderThatIsNoLedger() throws IOException {
    Files.createDirectories(folder);
    assertThat(verify((TrustPolicy) null).verdict()).isEqualTo(Verdict.UNVERIFIABLE);
    assertThat(LedgerVerifier.verify(temp.resolve("none"), VerifyOptions.defaults()).verdict())
        .isEqualTo(Verdict.UNVERIFIABLE);
  }

  @Test
  void namesAnUnmetQuorum() throws Exception {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).checkpoint();
    VerifierKey witness = TestKeys.signer("witness.example", 5).verifierKeys().get(1);
    String policy =
        "log %s\nlog %s\nwitness w %s\nquorum w\n"
            .formatted(ledger.signer().vkeys().get(0), ledger.signer().vkeys().get(1), witness);
    ledger.write(folder);
    Verification result = verify(TrustPolicy.parse(policy.getBytes(UTF_8)));
    assertThat(result.findings()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Verdict.UNVERIFIABLE);
    assertThat(result.notChecked()).singleElement().asString().contains("quorum");
  }

  @Test
  void readsLinesAcrossChunksAndSegments() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun();
    String filler = "x".repeat(300_000);
    for (int i = 0; i < 12; i++) {
      int n = i;
      ledger.add(line -> line.set("payload", JsonObject.builder().put("a", filler + n).build()));
      if (i % 5 == 0) {
        ledger.checkpoint();
      }
    }
    ledger.add(3_000).checkpoint();
    Verification result = verify(ledger, 3, 2_000);
    assertThat(result.findings()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(result.entries()).isEqualTo(3_013);
  }

  @Test
  void findsALineOfSeveralMebibytes() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(2);
    ledger.append("x".repeat(3 * ChunkScan.SIZE + 17).getBytes(UTF_8), Hash.ZERO);
    ledger.add(2).checkpoint();
    Verification result = verify(ledger);
    assertFound(result, FindingKind.BAD_MEMBER, 3L);
    assertThat(result.entries()).isEqualTo(6);
    assertThat(result.findings()).noneMatch(f -> f.kind() == FindingKind.MISSING_SEQ);
  }

  @Test
  void beginsAnewWhenARedactionRewritesWhatItReads() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).checkpoint();
    Path path = ledger.write(temp.resolve("before"), 5);
    MemoryDisk disk = MemoryDisk.of(path);
    ledger.redaction("#3").checkpoint().strip(3);
    MemoryDisk after = MemoryDisk.of(ledger.write(temp.resolve("before"), 5));
    // All is rewritten at the moment at which the first segment is about to be read.
    VerifyOptions options =
        VerifyOptions.defaults()
            .withTrust(ledger.trust(), "test keys")
            .withDisk(disk)
            .withThreads(1);
    disk.onRead(
        path.resolve(FIRST_SEGMENT),
        3,
        () -> after.paths().forEach(p -> disk.put(p, after.get(p))));
    Verification result = LedgerVerifier.verify(path, options);
    assertThat(result.findings()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(result.redacted()).isEqualTo(1);
  }

  @Test
  void beginsAnewWhenARedactionIsAnchoredAndDoneAfterTheNotesWereRead() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).checkpoint();
    Path path = ledger.write(temp.resolve("before"));
    MemoryDisk disk = MemoryDisk.of(path);
    ledger.add(5).redaction("#3").checkpoint().strip(3); // the segment has grown all the same
    MemoryDisk after = MemoryDisk.of(ledger.write(temp.resolve("before"), 15));
    disk.onRead(
        path.resolve(FIRST_SEGMENT),
        2,
        () -> after.paths().forEach(p -> disk.put(p, after.get(p))));
    Verification result =
        LedgerVerifier.verify(
            path, VerifyOptions.defaults().withTrust(ledger.trust(), "test keys").withDisk(disk));
    assertThat(result.findings()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(result.redacted()).isEqualTo(1);
  }

  @Test
  void letsLedgerJsonNameTheOldKeysAsLongAsNoNoteFollowsTheRotations() throws IOException {
    TestSigner second = TestKeys.signer(LedgerBuilder.ORIGIN, 2);
    for (boolean joint : new boolean[] {false, true}) {
      LedgerBuilder ledger = LedgerBuilder.begun().add(3).checkpoint();
      TrustPolicy trust = ledger.trust();
      byte[] before = ledger.ledgerJson();
      ledger.rotate(second, joint).add(2).write(folder);
      Files.write(folder.resolve("ledger.json"), before);
      Verification result = verify(trust);
      assertThat(result.findings()).as("joint %s", joint).isEmpty();
      assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    }
    LedgerBuilder ledger = LedgerBuilder.begun().add(3).checkpoint();
    byte[] before = ledger.ledgerJson();
    ledger.rotate(second, true).add(2).checkpoint().write(folder);
    Files.write(folder.resolve("ledger.json"), before);
    assertFound(verify(ledger.trust()), FindingKind.BAD_MEMBER, null);
  }

  @Test
  void leavesAloneWhatAWriterAppendsMeanwhile() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(9).checkpoint();
    Path path = ledger.write(folder);
    MemoryDisk disk = MemoryDisk.of(path);
    ledger.add(3).checkpoint();
    MemoryDisk after = MemoryDisk.of(ledger.write(folder));
    Path segment = path.resolve(FIRST_SEGMENT);
    // The first look at the file sees a half-written line.
    byte[] grown = after.get(segment);
    disk.put(segment, java.util.Arrays.copyOf(grown, grown.length - 200));
    disk.onRead(segment, 3, () -> after.paths().forEach(p -> disk.put(p, after.get(p))));
    Verification result =
        LedgerVerifier.verify(
            path,
            VerifyOptions.defaults()
                .withTrust(ledger.trust(), "test keys")
                .withDisk(disk)
                .withThreads(1));
    assertThat(result.findings()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(result.entries()).isEqualTo(12);
    assertThat(result.anchored()).isEqualTo(10);
  }

  @Test
  void goesByTheNewestNoteThatAWriterDropsMeanwhile() throws IOException {
    assertNoFindingWhereNotesAreDropped(10);
  }

  @Test
  void countsAnOlderNoteThatAWriterDropsMeanwhileForNothing() throws IOException {
    assertNoFindingWhereNotesAreDropped(5);
  }

  /** Drops a note after all notes were read, as a writer does that publishes a newer one. */
  private void assertNoFindingWhereNotesAreDropped(int size) throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(4).checkpoint().add(5).checkpoint();
    Path path = ledger.write(folder);
    MemoryDisk disk = MemoryDisk.of(path);
    Path dropped = path.resolve("checkpoints/%020d".formatted(size));
    disk.onRead(path.resolve(FIRST_SEGMENT), 2, () -> disk.delete(dropped));
    Verification result =
        LedgerVerifier.verify(
            path, VerifyOptions.defaults().withTrust(ledger.trust(), "test keys").withDisk(disk));
    assertThat(disk.exists(dropped)).isFalse();
    assertThat(result.findings()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(result.anchored()).isEqualTo(10);
  }

  @Test
  void findsANoteThatIsAnotherMeanwhile() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun().add(4).checkpoint().add(5).checkpoint();
    Path path = ledger.write(folder);
    MemoryDisk disk = MemoryDisk.of(path);
    Path changed = path.resolve("checkpoints/%020d".formatted(5));
    byte[] other = disk.get(path.resolve("checkpoints/%020d".formatted(10)));
    disk.onRead(path.resolve(FIRST_SEGMENT), 2, () -> disk.put(changed, other));
    assertFound(
        LedgerVerifier.verify(
            path, VerifyOptions.defaults().withTrust(ledger.trust(), "test keys").withDisk(disk)),
        FindingKind.UNREADABLE,
        null);
  }
}
