package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a legal hold covers is not redacted, whatever a derived file says. */
class LegalHoldTest {
  private static final String ANA = "user:uid:ana";

  @TempDir private Path temp;

  private Path dir() {
    return temp.resolve("ledger");
  }

  /** Entries 1 and 3 are of agent:a, 2 and 4 of agent:b. */
  @BeforeEach
  void fill() throws IOException {
    try (Ledger ledger =
        Ledger.create(dir(), "hold.example/one", LedgerOptions.defaults().withSegmentBytes(1))) {
      for (int i = 1; i <= 4; i++) {
        ledger.appendDurably(
            EntryDraft.builder("api", i % 2 == 1 ? "agent:a" : "agent:b", "tool_call")
                .payload(JsonObject.builder().put("secret", i).build())
                .build());
      }
    }
  }

  private Ledger open() throws IOException {
    return Ledger.open(dir(), LedgerOptions.defaults());
  }

  private static void redact(Ledger ledger, long first, long last) throws IOException {
    ledger.redact(first, last, "asked for", JsonObject.EMPTY);
  }

  @Test
  void whatIsHeldStaysWhateverTheRangeAndTheRestMayGo() throws IOException {
    try (Ledger ledger = open()) {
      Hold hold = ledger.setHold(new HoldScope(null, null, "agent:a"), "case 7", ANA);
      for (long[] range : new long[][] {{1, 1}, {1, 4}, {2, 3}}) {
        assertThatThrownBy(() -> redact(ledger, range[0], range[1]))
            .isInstanceOfSatisfying(
                HoldRefusedException.class,
                refused -> assertThat(refused.hold()).isEqualTo(hold.seq()))
            .hasMessageContaining("under legal hold " + hold.seq())
            .hasMessageContaining("case 7");
      }
      redact(ledger, 2, 2);
      assertThat(ledger.reader().entry(2).isRedacted()).isTrue();
      assertThat(ledger.reader().entry(1).isRedacted()).isFalse();
      assertThat(ledger.redactions()).hasSize(1);
    }
  }

  @Test
  void aHoldOutlivesTheProcessAndNoDerivedFileHidesIt() throws IOException {
    try (Ledger ledger = open()) {
      ledger.setHold(HoldScope.ALL, "case 7", ANA);
    }
    try (var files = Files.walk(dir().resolve("index"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    try (Ledger ledger = open()) {
      assertThatThrownBy(() -> redact(ledger, 1, 1)).hasMessageContaining("legal hold");
    }
  }

  @Test
  void aReleasedHoldHoldsNothingMoreAndTheOthersStay() throws IOException {
    try (Ledger ledger = open()) {
      Hold first = ledger.setHold(HoldScope.ALL, "case 7", ANA);
      Hold second = ledger.setHold(new HoldScope(null, null, "agent:b"), "case 8", ANA);
      Receipt released = ledger.releaseHold(first.seq(), "closed", ANA);
      assertThat(ledger.holds()).containsExactly(second);
      Entry entry = ledger.reader().entry(released.seq());
      assertThat(entry.target()).isEqualTo("#" + first.seq());
      assertThat(entry.causedBy())
          .containsExactly(new CauseReference("", first.seq(), first.entryHash()));
      redact(ledger, 1, 1);
      assertThatThrownBy(() -> redact(ledger, 2, 2)).hasMessageContaining("case 8");
      assertThatThrownBy(() -> ledger.releaseHold(first.seq(), "again", ANA))
          .isInstanceOf(DraftRefusedException.class)
          .hasMessageContaining("no hold " + first.seq());
    }
    try (Ledger ledger = open()) {
      assertThat(ledger.holds()).hasSize(1);
    }
  }

  @Test
  void aHoldOverATimeCoversThatTimeAlone() throws IOException {
    try (Ledger ledger = open()) {
      Instant third = ledger.reader().entry(3).instant();
      ledger.setHold(new HoldScope(third, null, null), "case 9", ANA);
      redact(ledger, 1, 2);
      assertThatThrownBy(() -> redact(ledger, 3, 3)).hasMessageContaining("case 9");
      Receipt later = ledger.appendDurably(EntryDraft.builder("api", "agent:c", "x").build());
      assertThatThrownBy(() -> redact(ledger, later.seq(), later.seq()))
          .hasMessageContaining("case 9");
    }
  }

  /** A hold whose payload is gone holds as before: what it covers stands in its target. */
  @Test
  void aHoldWhosePayloadIsRedactedStillHolds() throws IOException {
    try (Ledger ledger = open()) {
      Hold hold = ledger.setHold(new HoldScope(null, null, "agent:a"), "case 7", ANA);
      redact(ledger, hold.seq(), hold.seq());
    }
    try (Ledger ledger = open()) {
      assertThatThrownBy(() -> redact(ledger, 1, 1)).hasMessageContaining("case 7");
    }
  }

  @Test
  void whereAnEntryIsDamagedNobodyKnowsTheHoldsAndNothingIsRedacted() throws IOException {
    Path segment = dir().resolve("segments/00000000000000000003.ndjson");
    try (Ledger ledger = open()) {
      String line = Files.readString(segment);
      Files.writeString(segment, line.replace("tool_call", "tool_calk"), StandardCharsets.UTF_8);
      assertThatThrownBy(() -> redact(ledger, 1, 1)).isInstanceOf(LedgerDamagedException.class);
      assertThat(ledger.reader().entry(1).isRedacted()).isFalse();
      Files.writeString(segment, line);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "everything", "from:never actor:agent:a", "actor:x", "actor:"})
  void aTargetThatNobodyUnderstandsHoldsEverything(String target) {
    assertThat(HoldScope.ofTarget(target)).isEqualTo(HoldScope.ALL);
  }

  @Test
  void aScopeComesBackFromItsTarget() {
    Instant from = Instant.parse("2026-03-01T00:00:00Z");
    Instant to = Instant.parse("2026-04-01T00:00:00Z");
    for (HoldScope scope :
        List.of(
            HoldScope.ALL,
            new HoldScope(from, null, null),
            new HoldScope(null, to, null),
            new HoldScope(null, null, "agent:a b*"),
            new HoldScope(from, to, "user:from:to:actor:"))) {
      assertThat(HoldScope.ofTarget(scope.target())).as(scope.target()).isEqualTo(scope);
    }
    assertThatThrownBy(() -> new HoldScope(to, from, null)).hasMessageContaining("not before");
    assertThatThrownBy(() -> new HoldScope(null, null, "crewai")).hasMessageContaining("agent:");
  }
}
