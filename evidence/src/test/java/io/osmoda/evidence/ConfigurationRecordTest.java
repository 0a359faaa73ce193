package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Digests;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.LedgerIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each change of {@code osmoda.yaml} is one entry, over restarts too. */
class ConfigurationRecordTest {
  @TempDir private Path temp;
  private Ledger ledger;
  private LedgerIndex index;
  private ConfigurationRecord record;

  @BeforeEach
  void create() throws IOException {
    ledger = Ledger.create(temp.resolve("ledger"), SampleLedger.ORIGIN, LedgerOptions.defaults());
    begin();
  }

  @AfterEach
  void close() throws IOException {
    index.close();
    ledger.close();
  }

  private void begin() throws IOException {
    index = LedgerIndex.open(ledger.reader());
    record = new ConfigurationRecord(ledger, new EntrySearch(index), keyFolder());
  }

  private void restart() throws IOException {
    close();
    ledger = Ledger.open(temp.resolve("ledger"), LedgerOptions.defaults());
    begin();
  }

  private Path keyFolder() {
    return Objects.requireNonNull(ledger.trustFile().getParent());
  }

  private Path file() {
    return keyFolder().resolve("osmoda.yaml");
  }

  private void configure(String yaml) throws IOException {
    Files.writeString(file(), yaml);
  }

  private static String sha256(String text) {
    return Digests.of(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private List<Entry> changes() throws IOException {
    List<Entry> found = new ArrayList<>();
    try (EntryCursor cursor = ledger.reader().read(0, ledger.reader().size())) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (entry.action().equals("config_change")) {
          found.add(entry);
        }
      }
    }
    return found;
  }

  private Entry last() throws IOException {
    return changes().getLast();
  }

  private static JsonObject payload(Entry entry) {
    return Objects.requireNonNull(entry.payload());
  }

  @Test
  void theFirstSightAndEachChangeAreToldFromWhatToWhat() throws IOException {
    String first = "review: {every: 7d}\nevidence: {every: month, out: /home/ana/evidence}\n";
    configure(first);
    assertThat(record.look().reviewEvery()).hasDays(7);
    Entry seen = last();
    assertThat(seen.source()).isEqualTo("configuration");
    assertThat(seen.actor()).isEqualTo("system:osmoda");
    assertThat(seen.target()).isEqualTo("osmoda.yaml");
    assertThat(seen.reason())
        .isEqualTo("evidence.every: set to month; evidence.out: set; review.every: set to 7d")
        .doesNotContain("ana");
    assertThat(payload(seen).string("sha256_before")).isNull();
    assertThat(payload(seen).string("sha256_after")).isEqualTo(sha256(first));
    assertThat(String.valueOf(seen.payloadText()))
        .contains("evidence.out: set to /home/ana/evidence")
        .contains("\"settings\":{\"evidence.every\":\"month\"")
        .contains(String.valueOf(Files.getLastModifiedTime(file()).toInstant()));

    String second = "review: {every: 30d}\nretention: {keep: 6 years}\n";
    configure(second);
    record.look();
    assertThat(last().reason())
        .isEqualTo(
            "evidence.every: not set any more, was month; evidence.out: not set any more;"
                + " retention.keep: set to 6 years; review.every: changed from 7d to 30d");
    assertThat(payload(last()).string("sha256_before")).isEqualTo(sha256(first));
    assertThat(payload(last()).string("sha256_after")).isEqualTo(sha256(second));
    assertThat(changes()).hasSize(2);
  }

  @Test
  void aRestartSealsNothingTwiceAndSeesWhatChangedMeanwhile() throws IOException {
    configure("review: {every: 7d}\n");
    record.look();
    record.look();
    restart();
    record.look();
    assertThat(changes()).hasSize(1);
    close();
    configure("review: {every: 8d}\n");
    ledger = Ledger.open(temp.resolve("ledger"), LedgerOptions.defaults());
    begin();
    record.look();
    assertThat(changes()).hasSize(2);
    assertThat(last().reason()).isEqualTo("review.every: changed from 7d to 8d");
  }

  @Test
  void aFileThatIsGoneIsAChangeAndOneThatNeverWasIsNone() throws IOException {
    record.look();
    assertThat(changes()).isEmpty();
    configure("review: {every: 7d}\n");
    record.look();
    Files.delete(file());
    restart();
    assertThat(record.look()).isEqualTo(Configuration.NONE);
    assertThat(last().reason())
        .isEqualTo("the file is gone; review.every: not set any more, was 7d");
    assertThat(payload(last()).string("sha256_after")).isNull();
    restart();
    record.look();
    assertThat(changes()).hasSize(2);
    configure("review: {every: 7d}\n");
    record.look();
    assertThat(last().reason()).isEqualTo("review.every: set to 7d");
    assertThat(changes()).hasSize(3);
  }

  @Test
  void aChangeOfCommentsAloneSaysThatNoSettingChanged() throws IOException {
    configure("review: {every: 7d}\n");
    record.look();
    configure("# as decided\nreview: {every: 7d}\n");
    record.look();
    assertThat(last().reason()).startsWith("no setting changed");
  }

  @Test
  void aWrongFileIsRefusedAndSealsNothing() throws IOException {
    configure("review: {every: 7d}\n");
    record.look();
    configure("review: {evry: 9d}\n");
    assertThatThrownBy(() -> record.look()).isInstanceOf(BadConfigurationException.class);
    assertThat(changes()).hasSize(1);
    configure("review: {every: 9d}\n");
    record.look();
    assertThat(last().reason()).isEqualTo("review.every: changed from 7d to 9d");
  }

  @Test
  void whereTheNewestEntryIsRedactedOneMoreSaysHowItStands() throws IOException {
    configure("review: {every: 7d}\n");
    record.look();
    long seq = last().seq();
    ledger.redact(seq, seq, "asked", JsonObject.EMPTY);
    restart();
    record.look();
    record.look();
    restart();
    record.look();
    assertThat(changes()).hasSize(2);
    assertThat(last().reason()).contains("is redacted").contains("review.every: set to 7d");
  }

  @Test
  void whatOthersReportOfAFileOfThatNameIsNoRecordOfIt() throws IOException {
    configure("review: {every: 7d}\n");
    ledger.appendDurably(
        EntryDraft.builder("api", "system:osmoda", "config_change")
            .target("osmoda.yaml")
            .payload(
                JsonObject.builder()
                    .put("settings", JsonObject.builder().put("review.every", "7d").build())
                    .put("sha256_after", sha256("review: {every: 7d}\n"))
                    .build())
            .build());
    record.look();
    assertThat(last().source()).isEqualTo("configuration");
  }
}
