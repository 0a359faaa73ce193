package io.osmoda.bench;

import io.osmoda.ledger.Ledger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How long a ledger that was closed in order takes to be ready for its first append. */
final class OpenRun implements Run {
  private static final double TARGET_MILLIS = 1_000;

  @Override
  public String name() {
    return "open";
  }

  @Override
  public String about() {
    return "opening the largest ledger for writing";
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    GrownLedger ledger = session.grownLedger();
    ledger.growTo(session.options().entries());
    Series millis = millis(ledger, Math.max(3, session.options().rounds()));
    return new ResultTable(
        name(),
        about(),
        "",
        List.of(
            Figure.plain("open %,d entries".formatted(ledger.entries()), "ms", millis)
                .target("<= 1,000 ms", millis.median() <= TARGET_MILLIS)),
        List.of("after an orderly close, in one running JVM, pages in memory"));
  }

  static Series millis(GrownLedger ledger, int rounds) throws IOException {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      try (Ledger opened = Ledgers.open(ledger.folder())) {
        millis.add((System.nanoTime() - start) / 1e6);
        if (opened.reader().size() < ledger.entries()) {
          throw new IOException("the ledger opened with entries missing");
        }
      }
    }
    return new Series(millis);
  }
}
