package io.osmoda.bench;

import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;

/** Making the proof that one entry stands in the signed tree. */
final class ProofRun implements Run {
  private static final double TARGET_MICROS = 1_000;
  private static final int PROOFS = 2_000;
  private static final int WARM_UP = 200;

  @Override
  public String name() {
    return "proof";
  }

  @Override
  public String about() {
    return "an inclusion proof for a random entry of the largest ledger";
  }

  /** Microseconds for one proof. */
  record Times(Series p50, Series p99, Series max) {}

  @Override
  public ResultTable run(Session session) throws Exception {
    GrownLedger ledger = session.grownLedger();
    ledger.growTo(session.options().entries());
    Times times = times(ledger);
    String of = "%,d entries".formatted(ledger.entries());
    return new ResultTable(
        name(),
        about(),
        "",
        List.of(
            Figure.plain("p50, " + of, "us", times.p50())
                .target("<= 1,000 us", times.p50().median() <= TARGET_MICROS),
            Figure.plain("p99, " + of, "us", times.p99()),
            Figure.plain("longest, " + of, "us", times.max())),
        List.of(
            "%,d random entries by a reader that stays open; each proof holds the newest checkpoint"
                .formatted(PROOFS)));
  }

  static Times times(GrownLedger ledger) throws IOException {
    Histogram nanos = new Histogram(3);
    Random random = new Random(ledger.entries());
    try (LedgerReader reader = LedgerReader.open(ledger.folder())) {
      for (int i = -WARM_UP; i < PROOFS; i++) {
        long seq = random.nextLong(ledger.entries());
        long start = System.nanoTime();
        reader.prove(seq);
        if (i >= 0) {
          nanos.recordValue(System.nanoTime() - start);
        }
      }
    }
    return new Times(
        Series.of(nanos.getValueAtPercentile(50) / 1e3),
        Series.of(nanos.getValueAtPercentile(99) / 1e3),
        Series.of(nanos.getMaxValue() / 1e3));
  }
}
