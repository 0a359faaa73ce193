package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.SettableTime;
import io.osmoda.verify.BundleChain;
import io.osmoda.verify.ChainVerification;
import io.osmoda.verify.ChainVerification.Outcome;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence that is collected period by period is one chain, and what breaks it is found. */
class EvidenceCollectorTest {
  @TempDir private Path temp;
  private final SettableTime time = new SettableTime(Instant.parse("2026-01-15T10:00:00Z"));
  private Ledger ledger;
  private EvidenceCollector collector;

  @BeforeEach
  void create() throws IOException {
    ledger = ledger("ledger");
    collector = new EvidenceCollector(ledger);
  }

  @AfterEach
  void close() throws IOException {
    ledger.close();
  }

  private Ledger ledger(String name) throws IOException {
    return Ledger.create(
        temp.resolve(name), SampleLedger.ORIGIN, LedgerOptions.defaults().withTime(time));
  }

  private Path out() {
    return temp.resolve("evidence");
  }

  private Configuration.EvidencePlan plan(CalendarPeriod every, @Nullable Instant from) {
    return new Configuration.EvidencePlan(every, from, null, out(), true);
  }

  private Configuration.EvidencePlan monthly() {
    return plan(CalendarPeriod.MONTH, null);
  }

  private void callsUntil(String... days) throws IOException {
    for (String day : days) {
      time.passTo(Instant.parse(day + "T12:00:00Z"));
      ledger.appendDurably(EntryDraft.builder("api", "agent:a", "tool_call").build());
    }
  }

  private List<String> collectDue(Configuration.EvidencePlan plan) throws IOException {
    List<String> files = new ArrayList<>();
    while (true) {
      Path file = collector.collectNext(plan, "system:schedule", time.instant(), () -> true);
      if (file == null) {
        return files;
      }
      files.add(String.valueOf(file.getFileName()));
    }
  }

  private ChainVerification verify() throws Exception {
    return BundleChain.verify(
        out(), VerifyOptions.defaults().withTrust(SampleLedger.trust(ledger), "test"));
  }

  private void assertBroken(String how) throws Exception {
    ChainVerification found = verify();
    assertThat(found.outcome()).isEqualTo(Outcome.BROKEN);
    assertThat(String.join("\n", found.breaks())).contains(how);
  }

  @Test
  void missedPeriodsAreCaughtUpInOrderAndAreOneChain() throws Exception {
    callsUntil("2026-01-20", "2026-02-10", "2026-04-02");
    assertThat(collector.standing(monthly(), time.instant()).due()).isEqualTo(3);
    assertThat(collectDue(monthly()))
        .containsExactly(
            "2026-01-01_2026-02-01.zip",
            "2026-02-01_2026-03-01.zip",
            "2026-03-01_2026-04-01.zip"); // a month without an entry too
    callsUntil("2026-04-20", "2026-05-01");
    assertThat(collectDue(monthly())).containsExactly("2026-04-01_2026-05-01.zip");

    ChainVerification found = verify();
    assertThat(found.breaks()).isEmpty();
    assertThat(found.outcome()).isEqualTo(Outcome.INTACT);
    assertThat(found.links()).hasSize(4);
    assertThat(found.notes())
        .containsExactly(
            "the chain reaches until 2026-05-01T00:00:00.000000000Z; files alone cannot exclude"
                + " that newer bundles are missing");
    EvidenceCollector.Standing standing = collector.standing(monthly(), time.instant());
    assertThat(standing.due()).isZero();
    assertThat(standing.next().to()).isEqualTo(Instant.parse("2026-06-01T00:00:00Z"));
  }

  @Test
  void nothingIsCollectedBeforeItsPeriodIsOver() throws Exception {
    callsUntil("2026-01-20");
    time.passTo(Instant.parse("2026-01-31T23:59:59.999999999Z"));
    assertThat(collectDue(monthly())).isEmpty();
    time.passTo(Instant.parse("2026-02-01T00:00:00Z"));
    assertThat(collectDue(monthly())).hasSize(1);
  }

  @Test
  void otherPeriodsGoOnWhereTheLastOnesEnded() throws Exception {
    callsUntil("2026-01-20", "2026-02-03");
    assertThat(collectDue(monthly())).hasSize(1);
    assertThat(collectDue(plan(CalendarPeriod.WEEK, null)))
        .containsExactly("2026-02-01_2026-02-02.zip"); // the Sunday before the first Monday
    callsUntil("2026-02-10");
    assertThat(collectDue(plan(CalendarPeriod.WEEK, null)))
        .containsExactly("2026-02-02_2026-02-09.zip");
    assertThat(verify().outcome()).isEqualTo(Outcome.INTACT);
  }

  @Test
  void theFirstPeriodIsTheOneThatIsAskedFor() throws Exception {
    callsUntil("2026-01-20", "2026-03-03");
    assertThat(collectDue(plan(CalendarPeriod.MONTH, Instant.parse("2026-02-01T00:00:00Z"))))
        .containsExactly("2026-02-01_2026-03-01.zip");
  }

  @Test
  void aChainThatLacksABundleIsBroken() throws Exception {
    callsUntil("2026-01-20", "2026-02-10", "2026-03-10", "2026-04-02");
    collectDue(monthly());
    Files.delete(out().resolve("2026-02-01_2026-03-01.zip"));
    assertBroken("a gap from 2026-02-01");
    assertBroken("names another manifest");
  }

  @Test
  void aChainWithoutItsBeginningSaysSo() throws Exception {
    callsUntil("2026-01-20", "2026-02-10", "2026-04-02");
    collectDue(monthly());
    Files.delete(out().resolve("2026-01-01_2026-02-01.zip"));
    ChainVerification found = verify();
    assertThat(found.outcome()).isEqualTo(Outcome.INTACT);
    assertThat(String.join("\n", found.notes())).contains("which is not in the folder");
  }

  private ChainVerification verifyAgainst(Ledger other) throws Exception {
    return BundleChain.verify(
        out(),
        VerifyOptions.defaults().withTrust(SampleLedger.trust(ledger), "test"),
        seq -> {
          List<Entry> found = new ArrayList<>();
          long size = other.reader().size();
          try (EntryCursor cursor = other.reader().read(Math.min(seq, size), size)) {
            for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
              if (entry.action().equals("ledger_export")) {
                found.add(entry);
              }
            }
          }
          return found;
        });
  }

  @Test
  void theLedgerKnowsWhichNewestBundlesAreMissing() throws Exception {
    callsUntil("2026-01-20", "2026-02-10", "2026-04-02");
    collectDue(monthly());
    ChainVerification whole = verifyAgainst(ledger);
    assertThat(whole.outcome()).isEqualTo(Outcome.INTACT);
    assertThat(whole.notes())
        .singleElement()
        .asString()
        .contains("until 2026-04-01", "no export on record that follows it");
    Files.delete(out().resolve("2026-03-01_2026-04-01.zip"));
    Files.delete(out().resolve("2026-02-01_2026-03-01.zip"));
    assertThat(verify().outcome()).isEqualTo(Outcome.INTACT);
    ChainVerification cut = verifyAgainst(ledger);
    assertThat(cut.outcome()).isEqualTo(Outcome.BROKEN);
    assertThat(cut.breaks())
        .satisfiesExactly(
            text -> assertThat(text).contains("from 2026-02-01", "to 2026-03-01", "is missing"),
            text -> assertThat(text).contains("from 2026-03-01", "to 2026-04-01", "is missing"));
  }

  /** One that was lost and collected anew is there, whichever of the two the folder has. */
  @Test
  void anExportThatFailedOrIsOfAnotherChainIsNoneThatIsMissing() throws Exception {
    callsUntil("2026-01-20", "2026-02-10", "2026-03-02");
    collectDue(monthly());
    Files.delete(out().resolve("2026-02-01_2026-03-01.zip"));
    collectDue(monthly());
    callsUntil("2026-04-02");
    assertThatThrownBy(
            () -> collector.collectNext(monthly(), "system:schedule", time.instant(), () -> false))
        .isInstanceOf(IOException.class);
    try (BundleSink sink = new ZipFileSink(temp.resolve("other.zip"))) {
      new BundleExport(ledger, Frameworks.builtIn())
          .write(
              new ExportRequest(null, null, null, null, java.util.Map.of(), true), "user:x", sink);
    }
    assertThat(verifyAgainst(ledger).breaks()).isEmpty();
    assertThat(verifyAgainst(ledger).outcome()).isEqualTo(Outcome.INTACT);
  }

  @Test
  void anotherLedgerAndRedactedExportsAreNoProofThatNothingIsMissing() throws Exception {
    callsUntil("2026-01-20", "2026-02-10", "2026-04-02");
    collectDue(monthly());
    try (Ledger other = ledger("other")) {
      assertThat(String.join("\n", verifyAgainst(other).breaks()))
          .contains("does not have entry #");
    }
    Files.delete(out().resolve("2026-03-01_2026-04-01.zip"));
    long last = ledger.reader().size() - 1;
    ledger.redact(last, last, "asked", JsonObject.EMPTY);
    ChainVerification found = verifyAgainst(ledger);
    assertThat(found.outcome()).isEqualTo(Outcome.UNVERIFIABLE);
    assertThat(String.join("\n", found.notChecked())).contains("are redacted");
  }

  @Test
  void aBundleThatWasExportedAgainDoesNotFit() throws Exception {
    callsUntil("2026-01-20", "2026-02-10", "2026-04-02");
    collectDue(monthly());
    Path february = out().resolve("2026-02-01_2026-03-01.zip");
    Files.delete(february);
    try (BundleSink sink = new ZipFileSink(february)) {
      new BundleExport(ledger, Frameworks.builtIn())
          .write(
              new ExportRequest(
                  null,
                  null,
                  Instant.parse("2026-02-01T00:00:00Z"),
                  Instant.parse("2026-03-01T00:00:00Z"),
                  java.util.Map.of(),
                  true),
              "user:x",
              sink);
    }
    assertBroken("does not name the one before it");
    assertBroken("names another manifest");
    assertBroken("fewer than");
  }

  @Test
  void aTamperedBundleBreaksTheChain() throws Exception {
    callsUntil("2026-01-20", "2026-02-10", "2026-03-02");
    collectDue(monthly());
    Path file = out().resolve("2026-01-01_2026-02-01.zip");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertBroken("2026-01-01_2026-02-01.zip: tampered");
  }

  /** The same keys and origin, another history: each bundle is intact, the two are no chain. */
  @Test
  void bundlesOfTwoHistoriesUnderTheSameKeysDoNotMeet() throws Exception {
    callsUntil("2026-01-20");
    ledger.close();
    copy(temp.resolve("ledger"), temp.resolve("fork"));
    copy(temp.resolve("ledger.keys"), temp.resolve("fork.keys"));
    ledger = Ledger.open(temp.resolve("ledger"), LedgerOptions.defaults().withTime(time));
    collector = new EvidenceCollector(ledger);
    callsUntil("2026-01-25", "2026-02-02", "2026-02-03");
    collectDue(monthly());
    ledger.close();

    ledger = Ledger.open(temp.resolve("fork"), LedgerOptions.defaults().withTime(time));
    ledger.appendDurably(EntryDraft.builder("api", "agent:liar", "tool_call").build());
    for (int i = 0; i < 20; i++) {
      ledger.appendDurably(EntryDraft.builder("api", "agent:liar", "x").build());
    }
    callsUntil("2026-03-02");
    String january = BundleSummary.of(out().resolve("2026-01-01_2026-02-01.zip")).manifestSha256();
    try (BundleSink sink = new ZipFileSink(out().resolve("2026-02-01_2026-03-01.zip"))) {
      new BundleExport(ledger, Frameworks.builtIn())
          .write(
              new ExportRequest(
                  null,
                  null,
                  Instant.parse("2026-02-01T00:00:00Z"),
                  Instant.parse("2026-03-01T00:00:00Z"),
                  java.util.Map.of(),
                  true,
                  january),
              "user:x",
              sink);
    }
    ChainVerification found = verify();
    assertThat(found.links()).allMatch(link -> link.verdict().text().equals("intact"));
    assertBroken("they do not meet in one entry");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path path : walk.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private JsonObject lastExportFailure() throws IOException {
    JsonObject failure = JsonObject.EMPTY;
    try (EntryCursor cursor = ledger.reader().read(0, ledger.reader().size())) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        JsonObject payload = entry.payload();
        if (entry.action().equals("ledger_export")
            && entry.status().equals("error")
            && payload != null) {
          failure = payload;
        }
      }
    }
    return failure;
  }

  @Test
  void whatCannotBeWrittenIsOnRecordAndCollectedLater() throws Exception {
    callsUntil("2026-01-20", "2026-02-02");
    Files.writeString(out(), "a file where the folder should be", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> collectDue(monthly()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a folder");
    assertThat(lastExportFailure().string("failure")).contains("is not a folder");
    Files.delete(out());
    assertThat(collectDue(monthly())).hasSize(1);
    assertThat(verify().outcome()).isEqualTo(Outcome.INTACT);
  }

  @Test
  void whatIsStoppedLeavesNothingAndIsOnRecord() throws Exception {
    callsUntil("2026-01-20", "2026-02-02");
    assertThatThrownBy(
            () -> collector.collectNext(monthly(), "system:schedule", time.instant(), () -> false))
        .hasMessageContaining("stopped");
    assertThat(lastExportFailure().string("failure")).contains("stopped");
    assertThat(out()).doesNotExist();
  }

  @Test
  void nothingFollowsABundleOfAnotherLedger() throws Exception {
    callsUntil("2026-01-20", "2026-02-02");
    try (Ledger other = ledger("other")) {
      assertThat(
              new EvidenceCollector(other)
                  .collectNext(
                      plan(CalendarPeriod.MONTH, Instant.parse("2026-01-01T00:00:00Z")),
                      "system:schedule",
                      time.instant(),
                      () -> true))
          .isNotNull();
    }
    callsUntil("2026-03-02");
    assertThatThrownBy(() -> collectDue(monthly()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a bundle exported by this ledger");
  }

  @Test
  void anEmptyFolderIsNoChain() throws Exception {
    Files.createDirectory(out());
    assertThat(verify().outcome()).isEqualTo(Outcome.UNVERIFIABLE);
    Files.writeString(out().resolve("notes.txt"), "x");
    assertThat(String.join("\n", verify().notes())).contains("notes.txt");
  }
}
