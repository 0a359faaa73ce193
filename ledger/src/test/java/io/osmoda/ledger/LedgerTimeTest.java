package io.osmoda.ledger;

import static io.osmoda.ledger.SettableTime.DAY;
import static io.osmoda.ledger.SettableTime.HOUR;
import static io.osmoda.ledger.SettableTime.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTimeTest {
  @TempDir private Path temp;

  private final SettableTime time = new SettableTime();
  private final LedgerOptions options = LedgerOptions.defaults().withTime(time);

  private Ledger create() throws IOException {
    return Ledger.create(temp.resolve("ledger"), "time.example/one", options);
  }

  private static Entry append(Ledger ledger) throws IOException {
    Receipt receipt =
        ledger.appendDurably(EntryDraft.builder("api", "agent:tester", "tool_call").build());
    return ledger.reader().entry(receipt.seq());
  }

  private static List<Entry> ofAction(Ledger ledger, String action) throws IOException {
    List<Entry> found = new ArrayList<>();
    try (EntryCursor cursor = ledger.reader().read(0, Long.MAX_VALUE)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (entry.action().equals(action)) {
          found.add(entry);
        }
      }
    }
    return found;
  }

  @Test
  void aClockSetBackAnHourRepeatsTheLastTimestampAndIsOnRecord() throws IOException {
    try (Ledger ledger = create()) {
      Entry before = append(ledger);
      time.step(-HOUR);
      time.pass(SECOND);
      Entry after = append(ledger);
      assertThat(after.timestamp()).isEqualTo(before.timestamp());
      List<Entry> steps = ofAction(ledger, "clock_step");
      assertThat(steps).extracting(Entry::target).containsExactly("-3600");
      time.pass(2 * HOUR);
      assertThat(append(ledger).timestamp()).isGreaterThan(before.timestamp());
      assertThat(ofAction(ledger, "clock_step")).hasSize(1);
    }
  }

  @Test
  void aClockSetForwardByYearsIsNotFollowedUntilAnOperatorConfirms() throws IOException {
    try (Ledger ledger = create()) {
      append(ledger);
      time.step(3 * 365 * DAY);
      time.pass(SECOND);
      assertThat(append(ledger).timestamp()).isEqualTo("2026-03-01T14:23:01.000000000Z");
      assertThat(ledger.status().clockHeld()).isTrue();
      time.pass(SECOND);
      assertThat(append(ledger).timestamp()).isEqualTo("2026-03-01T14:23:02.000000000Z");
      ledger.confirmClock("user:operator");
      assertThat(append(ledger).timestamp()).startsWith("2029-02-28");
      assertThat(ledger.status().clockHeld()).isFalse();
      List<Entry> steps = ofAction(ledger, "clock_step");
      assertThat(steps)
          .extracting(Entry::target)
          .containsExactly("+" + 3 * 365 * DAY / SECOND, "+" + 3 * 365 * DAY / SECOND);
      assertThat(steps).extracting(Entry::status).containsExactly("pending", "ok");
    }
  }

  @Test
  void aClockThatIsSetRightAgainIsFollowedWithoutConfirmation() throws IOException {
    try (Ledger ledger = create()) {
      time.step(DAY);
      append(ledger);
      assertThat(ledger.status().clockHeld()).isTrue();
      time.step(-DAY);
      time.pass(SECOND);
      Entry entry = append(ledger);
      assertThat(entry.timestamp()).isEqualTo("2026-03-01T14:23:01.000000000Z");
      assertThat(ledger.status().clockHeld()).isFalse();
    }
  }

  @Test
  void aStartAMonthLaterIsNotFollowedAndAWeekLaterIs() throws IOException {
    create().close();
    time.pass(7 * DAY);
    try (Ledger ledger = Ledger.open(temp.resolve("ledger"), options)) {
      assertThat(append(ledger).timestamp()).startsWith("2026-03-08T14:23:00");
    }
    time.pass(31 * DAY);
    try (Ledger ledger = Ledger.open(temp.resolve("ledger"), options)) {
      assertThat(append(ledger).timestamp()).startsWith("2026-03-08T14:23:00");
      assertThat(ledger.status().clockHeld()).isTrue();
    }
  }

  @Test
  void eachDayWithEntriesBeginsWithTheStateOfItsSources() throws IOException {
    try (Ledger ledger = create()) {
      ledger.capture(start()).join();
      ledger.appendDurably(EntryDraft.builder("mcp_proxy", "agent:tester", "tool_call").build());
      time.pass(DAY);
      append(ledger);
      append(ledger);
      List<Entry> states = ofAction(ledger, "capture_state");
      assertThat(states).hasSize(1);
      assertThat(states.getFirst().payloadText())
          .isEqualTo(
              "{\"sources\":[{\"events\":1,\"instance\":\"files\",\"lost\":0,\"mode\":\"deny\","
                  + "\"since\":\"2026-03-01T14:23:00.000000000Z\",\"source\":\"mcp_proxy\"}]}");
    }
    try (LedgerReader reader = LedgerReader.open(temp.resolve("ledger"))) {
      Entry last = reader.entry(reader.size() - 1);
      assertThat(last.action()).isEqualTo("capture_stop");
      assertThat(last.target()).isEqualTo("files");
    }
  }

  @Test
  void aDayWithoutOtherEntriesHasTheStateOfItsSources() throws IOException {
    try (Ledger ledger = create()) {
      ledger.capture(start()).join();
      ledger.sealStateOfNewDay();
      assertThat(ofAction(ledger, "capture_state")).isEmpty();

      time.pass(DAY);
      ledger.sealStateOfNewDay();
      ledger.sealStateOfNewDay();
      time.pass(DAY);
      ledger.sealStateOfNewDay();

      assertThat(ofAction(ledger, "capture_state"))
          .extracting(state -> state.timestamp().substring(0, 10))
          .containsExactly("2026-03-02", "2026-03-03");
      append(ledger);
      assertThat(ofAction(ledger, "capture_state"))
          .hasSize(2)
          .last()
          .satisfies(state -> assertThat(state.payloadText()).contains("\"instance\":\"files\""));
    }
  }

  private static CaptureEvent start() {
    return new CaptureEvent(
        CaptureEvent.Kind.START,
        "mcp_proxy",
        "files",
        JsonObject.builder().put("mode", "deny").build());
  }

  @Test
  void aStartOnANewDayTellsTheStateOnce() throws IOException {
    create().close();
    time.pass(DAY);
    try (Ledger ledger = Ledger.open(temp.resolve("ledger"), options)) {
      ledger.sealStateAtStart();
      ledger.sealStateAtStart();
      append(ledger);
      assertThat(ofAction(ledger, "capture_state")).hasSize(1);
    }
  }

  @Test
  void aStartAfterAWriterThatEndedWithoutAWordTellsThatNothingIsOn() throws IOException {
    Path copy = temp.resolve("copy");
    try (Ledger ledger = create()) {
      ledger.capture(start()).join();
      ledger.checkpoint();
      LedgerTest.copyTree(temp.resolve("ledger"), copy); // as a writer leaves it that is killed
      LedgerTest.copyTree(temp.resolve("ledger.keys"), temp.resolve("copy.keys"));
    }
    try (Ledger ledger = Ledger.open(copy, options)) {
      ledger.sealStateAtStart();
      assertThat(ofAction(ledger, "capture_state"))
          .singleElement()
          .satisfies(state -> assertThat(state.payloadText()).isEqualTo("{\"sources\":[]}"));
    }
    try (Ledger ledger = Ledger.open(copy, options)) {
      assertThat(ofAction(ledger, "capture_state")).hasSize(1);
    }
  }
}
