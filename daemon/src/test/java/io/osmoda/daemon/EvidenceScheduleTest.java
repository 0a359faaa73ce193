package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.SettableTime;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.LedgerIndex;
import io.osmoda.verify.BundleChain;
import io.osmoda.verify.ChainVerification;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence is collected when it is due, by a clock that the test lets go on. */
class EvidenceScheduleTest {
  @TempDir Path temp = Path.of("");
  private final SettableTime time = new SettableTime(Instant.parse("2026-01-15T10:00:00Z"));
  private final List<Duration> delays = new ArrayList<>();
  private final List<Runnable> rings = new ArrayList<>();
  private Ledger ledger;
  private LedgerIndex index;
  private EvidenceSchedule schedule;

  @BeforeEach
  void open() throws IOException {
    ledger =
        Ledger.create(
            temp.resolve("ledger"), DaemonFixture.ORIGIN, LedgerOptions.defaults().withTime(time));
    index = LedgerIndex.open(ledger.reader());
    configure("evidence: {every: month, out: " + out() + "}\n");
    schedule =
        new EvidenceSchedule(
            new AuditDesk(ledger, new EntrySearch(index), time),
            time,
            (after, what) -> {
              delays.add(after);
              rings.add(what);
            });
  }

  @AfterEach
  void close() throws IOException {
    schedule.stop();
    schedule.awaitStop();
    index.close();
    ledger.close();
  }

  private Path out() {
    return temp.resolve("evidence");
  }

  private void configure(String yaml) throws IOException {
    Files.writeString(DaemonFixture.keys(temp.resolve("ledger")).resolve("osmoda.yaml"), yaml);
  }

  private void call() throws IOException {
    ledger.appendDurably(EntryDraft.builder("api", "agent:a", "tool_call").build());
  }

  private void ring() {
    rings.removeLast().run();
  }

  private List<String> files() throws IOException {
    if (!Files.isDirectory(out())) {
      return List.of();
    }
    try (Stream<Path> listed = Files.list(out())) {
      return listed.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsDueIsCollectedAtTheStartAndEachPeriodWhenItIsOver() throws Exception {
    call();
    time.passTo(Instant.parse("2026-03-31T23:50:00Z"));
    call();
    schedule.start();
    assertThat(delays).containsExactly(Duration.ZERO);
    ring();
    assertThat(files()).containsExactly("2026-01-01_2026-02-01.zip", "2026-02-01_2026-03-01.zip");
    assertThat(delays.getLast()).isEqualTo(Duration.ofMinutes(10)); // until midnight
    time.passTo(Instant.parse("2026-04-01T00:00:00Z"));
    ring();
    assertThat(files()).contains("2026-03-01_2026-04-01.zip").hasSize(3);
    assertThat(delays.getLast()).isEqualTo(EvidenceSchedule.LOOK);
    ChainVerification chain =
        BundleChain.verify(
            out(),
            VerifyOptions.defaults().withTrust(TrustPolicy.load(ledger.trustFile()), "test"));
    assertThat(chain.outcome()).isEqualTo(ChainVerification.Outcome.INTACT);
  }

  @Test
  void whatFailsIsToldAndTriedAgain() throws Exception {
    time.passTo(Instant.parse("2026-02-01T00:00:00Z"));
    Files.writeString(out(), "in the way");
    schedule.start();
    ring();
    JsonObject told = schedule.tell();
    assertThat(told.get("due")).isEqualTo(JsonNumber.of(1));
    assertThat(told.get("failure")).isInstanceOf(JsonObject.class);
    assertThat(delays.getLast()).isEqualTo(EvidenceSchedule.LOOK);
    Metrics.Exposition text = new Metrics().exposition();
    schedule.addTo(text);
    assertThat(text.toString())
        .contains("osmoda_evidence_failures_total 1\n")
        .contains("osmoda_evidence_failing 1\n");
    Files.delete(out());
    ring();
    assertThat(files()).hasSize(1);
    assertThat(schedule.tell().get("failure")).isEqualTo(JsonNull.NULL);
  }

  @Test
  void aWrongConfigurationIsToldAndItsMendingIsSeen() throws Exception {
    time.passTo(Instant.parse("2026-02-01T00:00:00Z"));
    configure("evidence: {every: fortnight, out: /srv/evidence}\n");
    schedule.start();
    ring();
    assertThat(files()).isEmpty();
    configure("evidence: {every: month, out: " + out() + "}\n");
    assertThat(String.valueOf(schedule.tell())).contains("week or month, not");
    ring();
    assertThat(files()).hasSize(1);
  }

  @Test
  void eachLookPutsAChangeOfTheFileOnRecordOnce() throws Exception {
    schedule.start();
    ring();
    configure("review: {every: 7d}\n");
    ring();
    ring();
    List<String> told = new ArrayList<>();
    try (EntryCursor cursor = ledger.reader().read(0, ledger.reader().size())) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (entry.action().equals("config_change")) {
          told.add(String.valueOf(entry.reason()));
        }
      }
    }
    assertThat(told)
        .containsExactly(
            "evidence.every: set to month; evidence.out: set",
            "evidence.every: not set any more, was month; evidence.out: not set any more;"
                + " review.every: set to 7d");
  }

  @Test
  void whereNothingIsConfiguredNothingIsCollectedAndItLooksAgain() throws Exception {
    configure("review: {every: 7d}\n");
    time.passTo(Instant.parse("2026-05-01T00:00:00Z"));
    schedule.start();
    ring();
    assertThat(files()).isEmpty();
    assertThat(delays.getLast()).isEqualTo(EvidenceSchedule.LOOK);
  }

  @Test
  void afterTheStopNothingIsCollected() throws Exception {
    time.passTo(Instant.parse("2026-02-01T00:00:00Z"));
    schedule.start();
    schedule.stop();
    ring();
    assertThat(files()).isEmpty();
    assertThat(rings).isEmpty();
  }
}
