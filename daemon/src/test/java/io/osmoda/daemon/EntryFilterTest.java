package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.ledger.Entry;
import io.osmoda.ledger.EntryDraft;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntryFilterTest {
  @Test
  void theTimeRangeIsWhatGoingThroughAllEntriesGives(@TempDir Path folder) throws Exception {
    Path ledger = DaemonFixture.createLedger(folder);
    try (Ledger writer = Ledger.open(ledger, LedgerOptions.defaults())) {
      for (int i = 0; i < 40; i++) {
        writer.appendDurably(EntryDraft.builder("api", "agent:x", "tool_call").build());
      }
    }
    List<Entry> entries = DaemonFixture.sealed(ledger);
    try (LedgerReader reader = LedgerReader.open(ledger)) {
      for (int from = 0; from < entries.size(); from += 3) {
        for (int to = from; to < entries.size(); to += 5) {
          EntryFilter filter =
              new EntryFilter(
                  entries.get(from).instant(), entries.get(to).instant(), Map.of(), null);

          EntryFilter.Range range = filter.timeRange(reader, reader.size());

          for (Entry entry : entries) {
            boolean inside = range.first() <= entry.seq() && entry.seq() < range.end();
            assertThat(inside).as("%s in %s", entry, range).isEqualTo(filter.matches(entry));
          }
        }
      }
      EntryFilter later =
          new EntryFilter(entries.getLast().instant().plusNanos(1), null, Map.of(), null);
      assertThat(later.timeRange(reader, reader.size()).first()).isEqualTo(reader.size());
      EntryFilter backwards =
          new EntryFilter(
              entries.getLast().instant(), entries.getFirst().instant(), Map.of(), null);
      EntryFilter.Range none = backwards.timeRange(reader, reader.size());
      assertThat(none.end()).isEqualTo(none.first());
    }
  }

  @Test
  void theQueryStringDescribesTheFilter() {
    EntryFilter filter =
        new EntryFilter(
            Instant.parse("2026-01-02T03:04:05Z"),
            null,
            Map.of("actor", List.of("agent:a b", "user:ü*")),
            "x&y=z");

    assertThat(filter.toQuery())
        .isEqualTo(
            "from=2026-01-02T03%3A04%3A05Z&actor=agent%3Aa+b&actor=user%3A%C3%BC*&text=x%26y%3Dz");
    assertThat(EntryFilter.ALL.toQuery()).isEmpty();
  }

  @Test
  void whatCannotBeFilteredByIsRefused() {
    assertThatThrownBy(() -> new EntryFilter(null, null, Map.of("colour", List.of("x")), null))
        .hasMessageContaining("colour");
    assertThatThrownBy(() -> new EntryFilter(null, null, Map.of("actor", List.of("")), null))
        .hasMessageContaining("actor");
  }
}
