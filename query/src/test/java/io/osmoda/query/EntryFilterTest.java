package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.RequestRefusedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryFilterTest {
  @Test
  void theQueryStringDescribesTheFilter() {
    EntryFilter filter =
        new EntryFilter(
            Instant.parse("2026-01-02T03:04:05Z"),
            null,
            Map.of("actor", List.of("agent:a b", "user:ü*")),
            "x&y=z",
            new Condition.Equal(Member.TOOL, "a b"));

    assertThat(filter.toQuery())
        .isEqualTo(
            "from=2026-01-02T03%3A04%3A05Z&actor=agent%3Aa+b&actor=user%3A%C3%BC*&text=x%26y%3Dz"
                + "&where=tool%3A%22a+b%22");
    assertThat(EntryFilter.ALL.toQuery()).isEmpty();
  }

  @Test
  void whatCannotBeFilteredByIsRefused() {
    assertThatThrownBy(
            () -> new EntryFilter(null, null, Map.of("colour", List.of("x")), null, null))
        .hasMessageContaining("colour");
    assertThatThrownBy(() -> new EntryFilter(null, null, Map.of("actor", List.of("")), null, null))
        .hasMessageContaining("actor");
    assertThatThrownBy(() -> new EntryFilter(null, null, Map.of(), "...", null))
        .hasMessageContaining("no word to search for");
  }

  @ParameterizedTest
  @CsvSource({
    "eror, did you mean error?",
    "canceled, did you mean cancelled?",
    "dennied, did you mean denied?",
    "pend, did you mean pending?",
    "success, 'ok, error, denied, pending, timeout, cancelled, crashed, unknown'",
    "OK, did you mean ok?",
    "x*, there is no status x*",
  })
  void aStatusThatNoEntryHasIsRefusedWithThoseThatThereAre(String status, String told) {
    assertThatThrownBy(
            () -> new EntryFilter(null, null, Map.of("status", List.of(status)), null, null))
        .isInstanceOf(RequestRefusedException.class)
        .hasMessageContaining("status " + status)
        .hasMessageContaining(told);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ok", "unknown", "c*", "*"})
  void aStatusAndABeginningOfOneAreTaken(String status) {
    assertThat(new EntryFilter(null, null, Map.of("status", List.of(status)), null, null).members())
        .containsEntry("status", List.of(status));
  }
}
