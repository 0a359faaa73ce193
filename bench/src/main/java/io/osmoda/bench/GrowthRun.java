package io.osmoda.bench;

import java.util.ArrayList;
import java.util.List;

/** How each cost grows with the ledger, a power of ten after the other. */
final class GrowthRun implements Run {
  private static final long FIRST = 10_000;
  private static final long WARM_UP_ENTRIES = 200_000;

  @Override
  public String name() {
    return "growth";
  }

  @Override
  public String about() {
    return "append, verify, open and proof as the ledger grows by powers of ten";
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    warmUp(session);
    List<Figure> figures = new ArrayList<>();
    GrownLedger ledger = session.grownLedger();
    Base base = new Base();
    for (long size : sizes(session.options().entries())) {
      String at = "%,d".formatted(size);
      Pace pace = ledger.growTo(size);
      if (pace.entries() > 0) {
        figures.add(base.figure("append up to " + at, "entries/s", Series.of(pace.perSecond()), 0));
      }
      int rounds = size > 1_000_000 ? 1 : session.options().rounds();
      figures.add(base.figure("verify " + at, "entries/s", VerifyRun.perSecond(ledger, rounds), 1));
      figures.add(base.figure("open " + at, "ms", OpenRun.millis(ledger, rounds), 2));
      ProofRun.Times proofs = ProofRun.times(ledger);
      figures.add(base.figure("proof p50 " + at, "us", proofs.p50(), 3));
      figures.add(base.figure("proof p99 " + at, "us", proofs.p99(), 4));
      session.tell("  " + at + " entries measured");
    }
    return new ResultTable(
        name(),
        about(),
        "this size over the smallest one",
        figures,
        List.of("verify with as many threads as cores; pages in memory as the appends left them"));
  }

  /** Has all that is measured compiled, so that the first size does not pay for it. */
  private static void warmUp(Session session) throws Exception {
    GrownLedger ledger =
        new GrownLedger(session.folders().next("warm"), Load.full(session.drafts()));
    ledger.growTo(Math.min(WARM_UP_ENTRIES, session.options().entries()));
    for (int i = 0; i < session.options().rounds(); i++) {
      VerifyRun.perSecond(ledger, 1);
      OpenRun.millis(ledger, 1);
      ProofRun.times(ledger);
    }
    ledger.remove();
  }

  static List<Long> sizes(long largest) {
    List<Long> sizes = new ArrayList<>();
    for (long size = FIRST; size < largest; size *= 10) {
      sizes.add(size);
    }
    sizes.add(largest);
    return sizes;
  }

  /** The figures of the smallest size, each kind in its place. */
  private static final class Base {
    private final double[] first = new double[5];

    Figure figure(String what, String unit, Series series, int kind) {
      if (first[kind] == 0) {
        first[kind] = series.median();
      }
      return Figure.compared(what, unit, series, series.median() / first[kind]);
    }
  }
}
