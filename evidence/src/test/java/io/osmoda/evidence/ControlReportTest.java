package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.ledger.JsonArray;
import io.osmoda.ledger.JsonNumber;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.JsonValue;
import io.osmoda.ledger.Ledger;
import io.osmoda.query.Deadline;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.LedgerIndex;
import java.nio.file.Path;
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
            .hasMessageContaining("there is no framework soc9");
      }
    }
  }
}
