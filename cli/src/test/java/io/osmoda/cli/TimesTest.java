package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "now, 2026-03-10T12:00:00Z",
    "90s, 2026-03-10T11:58:30Z",
    "15m, 2026-03-10T11:45:00Z",
    "1h, 2026-03-10T11:00:00Z",
    "2d, 2026-03-08T12:00:00Z",
    "1w, 2026-03-03T12:00:00Z",
    "2026-03-01, 2026-03-01T00:00:00Z",
    "2026-03-01T14:23, 2026-03-01T14:23:00Z",
    "2026-03-01 14:23, 2026-03-01T14:23:00Z",
    "2026-03-01T14:23:07.847291Z, 2026-03-01T14:23:07.847291Z",
    "2026-03-01T14:23:07z, 2026-03-01T14:23:07Z",
    "2026-03-01T14:23:07+01:00, 2026-03-01T13:23:07Z",
    "2026-03-01T14:23:07+0100, 2026-03-01T13:23:07Z",
    "2026-03-01T14:23+01, 2026-03-01T13:23:00Z",
    "08:30, 2026-03-10T08:30:00Z",
    "today, 2026-03-10T00:00:00Z",
    "yesterday, 2026-03-09T00:00:00Z",
    "2026-03-01 14:23, 2026-03-01T14:23:00Z",
  })
  void parsesWhatPeopleWrite(String text, Instant expected) {
    assertThat(Times.parse("--from", text, NOW, ZoneOffset.UTC)).isEqualTo(expected);
  }

  @Test
  void aTimeWithoutOffsetCountsInTheZone() {
    assertThat(Times.parse("--from", "2026-03-01T14:23", NOW, ZoneId.of("Europe/Vienna")))
        .isEqualTo(Instant.parse("2026-03-01T13:23:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soonish",
        "1y",
        "-0h",
        "PT",
        "2026-13-01",
        "2026-02-30",
        "25:00",
        "99999999999h"
      })
  void refusesOtherTextAndNamesTheForms(String text) {
    assertThatThrownBy(() -> Times.parse("--from", text, NOW, ZoneOffset.UTC))
        .isInstanceOfSatisfying(
            CliException.class, e -> assertThat(e.details()).contains(Times.FORMS))
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void showsMillisecondsAndTheOffset() {
    Instant instant = Instant.parse("2026-03-01T14:23:07.847291123Z");

    assertThat(Times.show(instant, ZoneOffset.UTC)).isEqualTo("2026-03-01 14:23:07.847Z");
    assertThat(Times.show(instant, ZoneId.of("Europe/Vienna")))
        .isEqualTo("2026-03-01 15:23:07.847+01:00");
  }

  @ParameterizedTest
  @CsvSource({"PT0.25S, 250 ms", "PT12S, 12 s", "PT90S, 1 min 30 s", "PT25H, 1 d 1 h"})
  void spansAreBrief(Duration span, String expected) {
    assertThat(Times.brief(span)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 ns",
    "999, 999 ns",
    "1000, 1 µs",
    "999999, 999 µs",
    "1000000, 1.0 ms",
    "9999999, 9.9 ms",
    "10000000, 10 ms",
    "999999999, 999 ms",
    "1000000000, 1.00 s",
    "59999999999, 59.99 s",
    "60000000000, 1 min 0 s",
  })
  void aDurationIsShownInTheUnitThatFits(long nanos, String shown) {
    assertThat(Times.took(nanos)).isEqualTo(shown);
  }

  @Test
  void anHourThatTheClocksShowedTwiceOrNeverIsRefused() {
    ZoneId vienna = ZoneId.of("Europe/Vienna");
    Instant now = Instant.parse("2026-11-01T00:00:00Z");

    assertThatThrownBy(() -> Times.parse("--from", "2026-10-25T02:30", now, vienna))
        .hasMessageContaining("was twice in Europe/Vienna")
        .hasMessageContaining("2026-10-25T02:30+02:00 for the first")
        .hasMessageContaining("2026-10-25T02:30+01:00 for the second");
    assertThatThrownBy(() -> Times.parse("--from", "2026-03-29T02:30", now, vienna))
        .hasMessageContaining("never was in Europe/Vienna");
    assertThat(Times.parse("--from", "2026-10-25T02:30+01:00", now, vienna))
        .isEqualTo(Instant.parse("2026-10-25T01:30:00Z"));
    assertThat(Times.parse("--from", "2026-Q4", now, ZoneOffset.UTC))
        .isEqualTo(Instant.parse("2026-10-01T00:00:00Z"));
  }
}
