package io.osmoda.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Recorder;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the proxy hands over by itself: what is counted, what is told, who waits. */
@Timeout(60)
final class RecordingTest {
  private static final Instant NOW = Instant.parse("2026-03-01T14:23:00Z");
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final int QUARTER = 16 << 20; // bytes, of the window

  private final MemoryRecorder ledger = new MemoryRecorder();

  private Recording recording(Recorder to, FailureMode mode, Duration patience) {
    return new Recording(
        to,
        "agent:a",
        "session",
        "instance",
        mode,
        Clock.fixed(NOW, ZoneOffset.UTC),
        SHORT,
        patience);
  }

  private Recording recording(FailureMode mode, Duration patience) {
    return recording(ledger, mode, patience);
  }

  private static EntryDraft call(Recording recording) {
    return recording.draft("tool_call", Status.PENDING, draft -> draft.tool("t"));
  }

  private static void assertCounts(MemoryRecorder.Entry gap, long lost, long refused, long passed) {
    assertThat(gap.value("lost")).isEqualTo(JsonNumber.of(lost));
    assertThat(gap.value("refused")).isEqualTo(JsonNumber.of(refused));
    assertThat(gap.value("passed_unrecorded")).isEqualTo(JsonNumber.of(passed));
  }

  @Test
  void whatIsSealedIsCounted() {
    Recording recording = recording(FailureMode.DENY, LONG);
    assertThat(recording.append(call(recording), 10).join().seq()).isZero();
    recording.flush(LONG);
    assertThat(recording.counts()).isEqualTo(new Recording.Counts(1, 0, 0, 0));
    assertThat(ledger.entries()).hasSize(1); // and no gap
  }

  @Test
  void membersThatNoEntryMayHaveLeaveTheActionAndTheReason() {
    Recording recording = recording(FailureMode.DENY, LONG);
    EntryDraft draft =
        recording.draft("tool_call", Status.PENDING, members -> members.tool("\u0000"));
    recording.append(draft, 10).join();
    MemoryRecorder.Entry entry = ledger.of("tool_call").getFirst();
    assertThat(entry.tool()).isNull();
    assertThat(entry.text("unrecordable")).contains("tool");
  }

  @Test
  void aDraftThatTheLedgerRefusesIsToldByItsDigest() {
    Recording recording = recording(FailureMode.DENY, LONG);
    ledger.refuse(draft -> draft.tool() != null);
    EntryDraft draft = call(recording);
    recording.append(draft, 10).join();
    MemoryRecorder.Entry entry = ledger.of("tool_call").getFirst();
    assertThat(entry.tool()).isNull();
    assertThat(entry.status()).isEqualTo(Status.PENDING);
    assertThat(entry.text("unrecordable")).contains("refused by the test");
    assertThat(entry.text("sha256"))
        .isEqualTo(PayloadText.sha256(draft.payload(), 0, draft.payload().length));
    assertThat(recording.counts()).isEqualTo(new Recording.Counts(1, 0, 0, 0));
  }

  @Test
  void aDraftRefusedEvenThenIsLostAndToldInAGap() {
    Recording recording = recording(FailureMode.DENY, LONG);
    ledger.refuse(draft -> true);
    assertThatThrownBy(recording.append(call(recording), 10)::join)
        .hasStackTraceContaining("refused by the test");
    assertCounts(ledger.await("capture_gap", 1).getFirst(), 1, 0, 0);
    assertThat(recording.counts()).isEqualTo(new Recording.Counts(0, 1, 0, 0));
  }

  @Test
  void whatTheLedgerDidNotTakeIsToldOnceItTakesEntriesAgain() throws Exception {
    Recording recording = recording(FailureMode.DENY, LONG);
    ledger.fail(new IOException("disk full"));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(recording.append(call(recording), 10)::join)
          .hasStackTraceContaining("disk full");
    }
    recording.countRefused(2, new IOException("denied"));
    recording.countPassed(4, new IOException("passed on"));
    ledger.awaitFailed("capture_gap", 2); // it keeps trying
    ledger.fail(null);
    MemoryRecorder.Entry gap = ledger.await("capture_gap", 1).getFirst();
    assertCounts(gap, 3, 2, 4);
    assertThat(gap.text("session")).isEqualTo("session");
    assertThat(gap.text("on_failure")).isEqualTo("deny");
    assertThat(gap.text("from")).isEqualTo(NOW.toString());
    assertThat(gap.text("why")).isEqualTo("passed on");
    recording.flush(LONG);
    assertThat(ledger.of("capture_gap")).hasSize(1); // nothing is told twice
    assertThat(recording.counts()).isEqualTo(new Recording.Counts(0, 3, 2, 4));
  }

  @Test
  void aRecorderThatThrowsLosesTheEntryAndNothingElse() {
    List<CaptureEvent> told = new ArrayList<>();
    Recorder throwing =
        new Recorder() {
          @Override
          public CompletableFuture<Receipt> append(EntryDraft draft) {
            throw new IllegalStateException("a fault of its own");
          }

          @Override
          public Receipt appendDurably(EntryDraft draft) {
            throw new AssertionError("nobody waits");
          }

          @Override
          public CompletableFuture<Receipt> capture(CaptureEvent event) {
            told.add(event);
            return CompletableFuture.completedFuture(
                new Receipt(7, io.osmoda.format.log.Hash.ZERO));
          }

          @Override
          public void close() {}
        };
    Recording recording = recording(throwing, FailureMode.DENY, LONG);
    assertThatThrownBy(recording.append(call(recording), 10)::join)
        .hasStackTraceContaining("a fault of its own");
    recording.flush(LONG);
    assertThat(told).extracting(CaptureEvent::kind).containsExactly(CaptureEvent.Kind.GAP);
    assertThat(recording.counts()).isEqualTo(new Recording.Counts(0, 1, 0, 0));
  }

  private List<CompletableFuture<Receipt>> filled(Recording recording) {
    ledger.hold();
    List<CompletableFuture<Receipt>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(recording.append(call(recording), QUARTER));
    }
    assertThat(waiting).allSatisfy(receipt -> assertThat(receipt).isNotDone());
    return waiting;
  }

  @Test
  void aFullWindowGoesUnrecordedAtOnceWhereCallsAreAllowed() {
    Recording recording = recording(FailureMode.ALLOW, LONG);
    List<CompletableFuture<Receipt>> waiting = filled(recording);
    assertThatThrownBy(recording.append(call(recording), 1)::join)
        .hasStackTraceContaining("the ledger is behind");
    assertThat(recording.counts().lost()).isEqualTo(1);
    ledger.release();
    assertThat(waiting).allSatisfy(receipt -> assertThat(receipt).isCompleted());
    assertThat(recording.append(call(recording), QUARTER)).isCompleted();
  }

  @Test
  void aFullWindowMakesTheCallWaitWhereCallsAreDenied() throws Exception {
    Recording recording = recording(FailureMode.DENY, LONG);
    filled(recording);
    CompletableFuture<Receipt> late = new CompletableFuture<>();
    Thread caller =
        Thread.ofPlatform().start(() -> late.complete(recording.append(call(recording), 1).join()));
    await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);
    assertThat(late).isNotDone();
    ledger.release();
    caller.join();
    assertThat(late.join().seq()).isEqualTo(4);
    assertThat(recording.counts()).isEqualTo(new Recording.Counts(5, 0, 0, 0));
  }

  @Test
  void aWindowThatStaysFullIsALossInTheEnd() {
    Recording recording = recording(FailureMode.DENY, SHORT);
    filled(recording);
    assertThatThrownBy(recording.append(call(recording), 1)::join)
        .hasStackTraceContaining("the ledger is behind");
    assertThat(recording.counts().lost()).isEqualTo(1);
    ledger.release();
  }

  @Test
  void aMessageLargerThanTheWindowStillPasses() {
    Recording recording = recording(FailureMode.DENY, SHORT);
    assertThat(recording.append(call(recording), Integer.MAX_VALUE)).isCompleted();
    assertThat(recording.append(call(recording), Integer.MAX_VALUE)).isCompleted();
  }

  @Test
  void whatHasNoReceiptAtTheEndIsLostAndToldInTheLastGap() {
    Recording recording = recording(FailureMode.DENY, LONG);
    ledger.hold();
    CompletableFuture<Receipt> open = recording.append(call(recording), 10);
    recording.flush(SHORT);
    assertThat(open).isNotDone();
    MemoryRecorder.Entry gap = ledger.of("capture_gap").getFirst();
    assertCounts(gap, 1, 0, 0);
    assertThat(gap.text("why")).isEqualTo("no receipt before the end");
    assertThat(recording.counts().lost()).isEqualTo(1);
  }

  @Test
  void aRunThatBeganWithoutTheLedgerIsToldLateAndBeforeItsGap() {
    Recording recording = recording(FailureMode.ALLOW, LONG);
    ledger.fail(new IOException("not up yet"));
    JsonObject details = JsonObject.builder().put("command", "server").build();
    assertThat(recording.capture(CaptureEvent.Kind.START, details)).isCompletedExceptionally();
    ledger.fail(null);
    ledger.await("capture_gap", 1);
    assertThat(ledger.entries())
        .extracting(MemoryRecorder.Entry::action)
        .containsExactly("capture_start", "capture_gap");
    MemoryRecorder.Entry start = ledger.of("capture_start").getFirst();
    assertThat(start.text("command")).isEqualTo("server");
    assertThat(start.json()).contains("\"late\":true");
  }

  @Test
  void aFailureIsToldInOneShortLine() {
    assertThat(Recording.describe(new IOException("two\nlines " + "x".repeat(2_000))))
        .startsWith("two\ufffdlines x")
        .hasSize(298); // chars, of 300 bytes
    assertThat(Recording.describe(new IOException())).isEqualTo("IOException");
  }
}
