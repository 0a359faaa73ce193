package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.SettableTime;
import io.osmoda.query.Deadline;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.LedgerIndex;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A report counts what stands in the ledger and claims nothing else. */
class ControlReportTest {
  private static JsonObject control(JsonObject report, String id) {
    for (JsonValue framework : array(report.get("frameworks"))) {
      for (JsonValue each : array(((JsonObject) framework).get("controls"))) {
        if (each instanceof JsonObject control && id.equals(control.string("id"))) {
          return control;
        }
      }
    }
    throw new AssertionError("no control " + id);
  }

  private static Iterable<JsonValue> array(@Nullable JsonValue value) {
    if (value instanceof JsonArray array) {
      return array.elements();
    }
    throw new AssertionError("no list: " + value);
  }

  @Test
  void aControlIsSupportedByItsEntriesOrNotEvidenced(@TempDir Path temp) throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 10);
      try (LedgerIndex index = LedgerIndex.open(ledger.reader())) {
        long size = ledger.reader().size();
        ControlReport reports = new ControlReport(Frameworks.builtIn(), new EntrySearch(index));
        JsonObject report = reports.make("soc2", null, null, size, Deadline.none());
        JsonObject refusals = control(report, "CC6.1");
        assertThat(refusals.string("state")).isEqualTo("supports");
        assertThat(refusals.get("entries")).isEqualTo(JsonNumber.of(2)); // the refused results
        assertThat(refusals.toString()).contains("mcp_proxy");
        assertThat(control(report, "CC8.1").get("entries")).isEqualTo(JsonNumber.of(1));
        assertThat(control(report, "CC7.4").string("state")).isEqualTo("not evidenced");

        JsonObject part11 = reports.make("part11", null, null, size, Deadline.none());
        assertThat(control(part11, "11.10(i)").string("state")).isEqualTo("not evidenced");
        assertThat(control(part11, "11.10(i)").string("cannot_show")).contains("training");
        JsonObject early = reports.make("soc2", null, null, 3, Deadline.none());
        assertThat(control(early, "CC8.1").get("entries")).isEqualTo(JsonNumber.of(0));
        assertThatThrownBy(() -> reports.make("soc9", null, null, size, Deadline.none()))
            .hasMessageContaining("unknown framework soc9");
      }
    }
  }

  @Test
  void whenCapturePointsWereOnAndWhatTheyLostIsTold(@TempDir Path temp) throws Exception {
    SettableTime time = new SettableTime(Instant.parse("2026-03-01T00:00:00Z"));
    try (Ledger ledger =
        Ledger.create(
            temp.resolve("ledger"), SampleLedger.ORIGIN, LedgerOptions.defaults().withTime(time))) {
      capture(ledger, CaptureEvent.Kind.START, JsonObject.EMPTY);
      time.passTo(Instant.parse("2026-03-03T00:00:00Z"));
      capture(
          ledger,
          CaptureEvent.Kind.GAP,
          JsonObject.builder().put("lost", 3).put("why", "disk full").build());
      time.passTo(Instant.parse("2026-03-05T00:00:00Z"));
      capture(ledger, CaptureEvent.Kind.STOP, JsonObject.EMPTY);
      time.passTo(Instant.parse("2026-03-09T00:00:00Z"));
      ledger.appendDurably(EntryDraft.builder("api", "agent:a", "tool_call").build());
      try (LedgerIndex index = LedgerIndex.open(ledger.reader())) {
        ControlReport reports = new ControlReport(Frameworks.builtIn(), new EntrySearch(index));
        long size = ledger.reader().size();
        JsonObject all = reports.make("soc2", null, null, size, Deadline.none());
        JsonObject proxy = coverage(all);
        assertThat(proxy.get("share")).isEqualTo(new JsonNumber(0.5));
        assertThat(proxy.get("lost")).isEqualTo(JsonNumber.of(3));
        assertThat(all.toString()).contains("disk full");

        // The start lies before the period, the gap too.
        JsonObject late =
            reports.make(
                "soc2",
                Instant.parse("2026-03-04T00:00:00Z"),
                Instant.parse("2026-03-08T00:00:00Z"),
                size,
                Deadline.none());
        assertThat(coverage(late).get("share")).isEqualTo(new JsonNumber(0.25));
        assertThat(coverage(late).get("gaps")).isEqualTo(JsonNumber.of(0));
        assertThat(array(late.get("gaps"))).isEmpty();
      }
    }
  }

  private static void capture(Ledger ledger, CaptureEvent.Kind kind, JsonObject details) {
    ledger.capture(new CaptureEvent(kind, "mcp_proxy", "agent/server", details)).join();
  }

  private static JsonObject coverage(JsonObject report) {
    return (JsonObject) array(report.get("coverage")).iterator().next();
  }
}
