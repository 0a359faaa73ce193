package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.SettableTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which capture points were on, told by ledgers whose times are known. */
class CaptureCoverageTest {
  private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");

  @TempDir Path temp;

  private final SettableTime time = new SettableTime(START);

  private Ledger create() throws IOException {
    return Ledger.create(
        temp.resolve("ledger"), SampleLedger.ORIGIN, LedgerOptions.defaults().withTime(time));
  }

  private void capture(Ledger ledger, CaptureEvent.Kind kind, String instance) {
    ledger.capture(new CaptureEvent(kind, "mcp_proxy", instance, JsonObject.EMPTY)).join();
  }

  private void act(Ledger ledger) throws IOException {
    ledger.appendDurably(EntryDraft.builder("mcp_proxy", "agent:a", "tool_call").build());
  }

  /** The coverage of the period, told by the entries from a number on. */
  private static CaptureCoverage look(Ledger ledger, long first, Instant from, Instant to)
      throws IOException {
    CaptureCoverage coverage = new CaptureCoverage(new ReportPeriod(from, to, true));
    ValueCounts sources = new ValueCounts();
    for (long seq = first; seq < ledger.reader().size(); seq++) {
      Entry entry = ledger.reader().entry(seq);
      boolean isInside = !entry.instant().isBefore(from) && entry.instant().isBefore(to);
      coverage.add(entry, isInside);
      if (isInside) {
        sources.add(entry.source(), true);
      }
    }
    coverage.finish(sources.rows());
    return coverage;
  }

  private static List<TimeSpans.Span> on(CaptureCoverage coverage) {
    CaptureCoverage.Source source = coverage.sources().get("mcp_proxy");
    return source == null ? List.of() : source.on().list();
  }

  private TimeSpans.Span span(long fromHours, long toHours) {
    return new TimeSpans.Span(
        START.plus(Duration.ofHours(fromHours)), START.plus(Duration.ofHours(toHours)));
  }

  @Test
  void instancesOfOneSourceCoverTogether() throws Exception {
    try (Ledger ledger = create()) {
      time.pass(Duration.ofHours(1));
      capture(ledger, CaptureEvent.Kind.START, "a");
      time.pass(Duration.ofHours(1));
      capture(ledger, CaptureEvent.Kind.START, "b");
      time.pass(Duration.ofHours(1));
      capture(ledger, CaptureEvent.Kind.STOP, "a");
      time.pass(Duration.ofHours(1));
      capture(ledger, CaptureEvent.Kind.STOP, "b");
      time.pass(Duration.ofHours(1));
      capture(ledger, CaptureEvent.Kind.START, "a");
      CaptureCoverage coverage = look(ledger, 0, START, START.plus(Duration.ofHours(7)));
      assertThat(on(coverage)).containsExactly(span(1, 4), span(5, 7));
    }
  }

  @Test
  void aLaterRangeLearnsFromStateAndStopWhatWasOnBefore() throws Exception {
    try (Ledger ledger = create()) {
      capture(ledger, CaptureEvent.Kind.START, "a");
      capture(ledger, CaptureEvent.Kind.START, "b");
      time.pass(Duration.ofHours(3));
      act(ledger);
      long first = ledger.reader().size() - 1;
      time.pass(Duration.ofHours(2));
      capture(ledger, CaptureEvent.Kind.STOP, "a"); // its start lies before the range
      Instant from = START.plus(Duration.ofHours(4));
      assertThat(on(look(ledger, first, from, START.plus(Duration.ofHours(8)))))
          .containsExactly(span(4, 5));
      time.pass(Duration.ofHours(19)); // the next day's state names b
      act(ledger);
      assertThat(on(look(ledger, first, from, START.plus(Duration.ofHours(30)))))
          .containsExactly(span(4, 30));
    }
  }

  @Test
  void aWriterThatDiesEndsWhatWasOnAtItsLastEntry() throws Exception {
    Path copy = temp.resolve("copy");
    try (Ledger ledger = create()) {
      capture(ledger, CaptureEvent.Kind.START, "a");
      time.pass(Duration.ofHours(2));
      act(ledger);
      ledger.checkpoint();
      copy(temp.resolve("ledger"), copy); // as the disk is when the process is killed now
      copy(temp.resolve("ledger.keys"), temp.resolve("copy.keys"));
    }
    time.pass(Duration.ofHours(5));
    try (Ledger ledger = Ledger.open(copy, LedgerOptions.defaults().withTime(time))) {
      ledger.sealStateAtStart();
      CaptureCoverage coverage = look(ledger, 0, START, START.plus(Duration.ofHours(10)));
      assertThat(on(coverage)).containsExactly(span(0, 2));
      CaptureCoverage.Source source = coverage.sources().get("mcp_proxy");
      assertThat(source).isNotNull();
      assertThat(source.silentEnds()).isOne();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        String name = each.getFileName().toString();
        if (!name.equals("lock") && !name.equals("lock.json")) {
          Files.copy(each, to.resolve(from.relativize(each)));
        }
      }
    }
  }

  @Test
  void aWholeDayWithoutAnyEntryIsSilenceAndAnEntryADayIsNone() throws Exception {
    try (Ledger ledger = create()) {
      capture(ledger, CaptureEvent.Kind.START, "a");
      for (int day = 0; day < 3; day++) {
        time.pass(Duration.ofHours(24));
        act(ledger);
      }
      assertThat(look(ledger, 0, START, START.plus(Duration.ofDays(9))).silent().list()).isEmpty();
      time.pass(Duration.ofHours(60));
      act(ledger);
      assertThat(look(ledger, 0, START, START.plus(Duration.ofDays(9))).silent().list())
          .containsExactly(span(72, 132));
    }
  }

  @Test
  void aGapIsShownWhereItSaysAndWhereItSaysNothingAtItsEntry() throws Exception {
    try (Ledger ledger = create()) {
      time.pass(Duration.ofHours(3));
      for (String from : List.of("2026-03-02T09:00:00Z", "no time", "2027-01-01T00:00:00Z")) {
        ledger
            .capture(
                new CaptureEvent(
                    CaptureEvent.Kind.GAP,
                    "mcp_proxy",
                    "a",
                    JsonObject.builder()
                        .put("from", from)
                        .put("to", "2026-03-02T10:00:00Z")
                        .put("lost", 2)
                        .build()))
            .join();
      }
      CaptureCoverage.Source source =
          look(ledger, 0, START, START.plus(Duration.ofHours(8))).sources().get("mcp_proxy");
      assertThat(source).isNotNull();
      assertThat(source.gapCount()).isEqualTo(3);
      assertThat(source.lost()).isEqualTo(6);
      assertThat(source.gaps().list().getFirst().from()).isEqualTo(span(1, 2).from());
      assertThat(source.gaps().list().getFirst().to().minusNanos(1)).isEqualTo(span(1, 2).to());
      assertThat(source.gaps().list())
          .allSatisfy(gap -> assertThat(gap.to()).isBefore(time.instant()));
    }
  }
}
