package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final AtomicLong nanos = new AtomicLong();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Progress progress(boolean terminal) {
    return new Progress(
        new PrintStream(err, true, StandardCharsets.UTF_8),
        terminal,
        "verifying",
        Progress.Unit.ENTRIES,
        nanos::get);
  }

  private String shown() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void staysSilentForTwoSeconds() {
    try (Progress progress = progress(true)) {
      nanos.set(Progress.QUIET_NANOS - 1);
      progress.at(1, 2);
    }
    assertThat(shown()).isEmpty();
  }

  @Test
  void showsPartRateAndRestThenCleansUp() {
    try (Progress progress = progress(true)) {
      nanos.set(4_000_000_000L);
      progress.at(1_000, 4_000);
      assertThat(shown()).contains("verifying", " 25 %", "1,000 of 4,000", "250/s", "12 s left");
    }
    assertThat(shown()).endsWith("\r\u001b[K");
  }

  @Test
  void isSilentWhereThereIsNoTerminal() {
    try (Progress progress = progress(false)) {
      nanos.set(60_000_000_000L);
      progress.at(1, 2);
    }
    assertThat(shown()).isEmpty();
  }

  @Test
  void redrawsAtMostTenTimesASecond() {
    try (Progress progress = progress(true)) {
      for (int i = 0; i < 1_000; i++) {
        nanos.set(Progress.QUIET_NANOS + i * 1_000_000L);
        progress.at(i, 1_000);
      }
    }
    assertThat(shown().split("verifying", -1)).hasSize(11);
  }
}
