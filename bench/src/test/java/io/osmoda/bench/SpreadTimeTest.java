package io.osmoda.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.ledger.LedgerReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpreadTimeTest {
  @TempDir Path dir;

  @Test
  void aLedgerMadeInAMomentLooksLikeOneOfWeeks() throws Exception {
    Instant before = Instant.now();
    FleetLedger ledger = FleetLedger.create(dir.resolve("ledger"), 3_000);

    try (LedgerReader reader = LedgerReader.open(ledger.folder())) {
      Instant first = reader.entry(0).instant();
      Instant last = reader.entry(reader.size() - 1).instant();
      assertThat(Duration.between(first, last))
          .isBetween(FleetLedger.SPAN.minusDays(2), FleetLedger.SPAN);
      assertThat(last).isBeforeOrEqualTo(Instant.now());
      assertThat(first).isAfterOrEqualTo(before.minus(FleetLedger.SPAN));
      assertThat(reader.size()).as("no clock step was sealed").isLessThan(3_000 + 40);
    }
  }
}
