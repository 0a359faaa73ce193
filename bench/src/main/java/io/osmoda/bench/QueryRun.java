package io.osmoda.bench;

import io.osmoda.bench.Question.Kind;
import java.util.ArrayList;
import java.util.List;

/** How long it takes to find entries of the largest ledger. */
final class QueryRun implements Run {
  private static final int QUESTIONS = 200;
  private static final int LEAST_QUESTIONS = 5;
  private static final int OPENS = 5;
  private static final int COLD_OPENS = 3;
  private static final long SEED = 11;

  /** One kind of question ends then, with fewer questions. */
  private static final long MOST_NANOS = 8_000_000_000L;

  @Override
  public String name() {
    return "query";
  }

  @Override
  public String about() {
    return "finding, counting and sorting entries of the largest ledger by its index";
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    FleetLedger ledger = session.fleetLedger(session.options().entries());
    ledger.completeIndex();
    List<Figure> figures = new ArrayList<>();
    List<Double> opens = new ArrayList<>();
    List<Double> coldOpens = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<Question> questions;
      Series warm;
      try (IndexAnswers answers = new IndexAnswers(ledger.folder())) {
        questions = new Questions(answers.ledger(), SEED).some(kind, QUESTIONS);
        millis(answers, questions);
        warm = millis(answers, questions);
      }
      List<Double> first = new ArrayList<>();
      for (Question question : questions.subList(0, OPENS)) {
        first.add(first(ledger, question, opens));
      }
      List<Double> cold = new ArrayList<>();
      if (session.options().cold()) {
        for (Question question : questions.subList(OPENS, OPENS + COLD_OPENS)) {
          PageCache.drop();
          cold.add(first(ledger, question, coldOpens));
        }
      }
      double p99 = warm.percentile(99);
      Figure of99 =
          Figure.plain("  p99 of %,d".formatted(warm.values().size()), "ms", Series.of(p99));
      figures.add(Figure.plain(kind.text(), "ms", warm));
      figures.add(
          kind.limitMillis() == 0
              ? of99
              : of99.target("<= %.0f ms".formatted(kind.limitMillis()), p99 <= kind.limitMillis()));
      figures.add(Figure.plain("  the first after opening", "ms", new Series(first)));
      if (!cold.isEmpty()) {
        figures.add(Figure.plain("  the same from a cold disk", "ms", new Series(cold)));
      }
      session.tell(
          "  %s: p50 %s ms, p99 %s ms"
              .formatted(kind.text(), ResultTable.number(warm.median()), ResultTable.number(p99)));
    }
    figures.add(Figure.plain("opening ledger and index", "ms", new Series(opens)));
    if (!coldOpens.isEmpty()) {
      figures.add(Figure.plain("  the same from a cold disk", "ms", new Series(coldOpens)));
    }
    return new ResultTable(
        name(),
        about() + ", %,d entries".formatted(ledger.entries()),
        "",
        figures,
        List.of(
            "one thread asks %d different questions of a kind, as many as %d s allow; the first"
                    .formatted(QUESTIONS, MOST_NANOS / 1_000_000_000)
                + " pass over them is not counted",
            "each entry that is named was read from its segment, re-hashed and held against the"
                + " question",
            "the first after opening: a reader and an index opened for each, %d times, in a JVM"
                    .formatted(OPENS)
                + " that is warm; pages stand in memory as they happen to",
            "from a cold disk, with --cold: the machine's page cache was dropped before, %d times"
                .formatted(COLD_OPENS),
            "words: half of them as frequent as in written text, half evenly of %,d words"
                .formatted(AgentFleet.WORDS.size())));
  }

  /** Milliseconds of a question to a ledger and an index that are opened for it. */
  private static double first(FleetLedger ledger, Question question, List<Double> opens)
      throws Exception {
    long start = System.nanoTime();
    try (IndexAnswers answers = new IndexAnswers(ledger.folder())) {
      opens.add((System.nanoTime() - start) / 1e6);
      return millis(answers, List.of(question)).median();
    }
  }

  /** Milliseconds of each question, until the time is over. */
  private static Series millis(Answers answers, List<Question> questions) throws Exception {
    List<Double> millis = new ArrayList<>();
    long end = System.nanoTime() + MOST_NANOS;
    for (Question question : questions) {
      long start = System.nanoTime();
      if (start > end && millis.size() >= LEAST_QUESTIONS) {
        break;
      }
      answers.to(question);
      millis.add((System.nanoTime() - start) / 1e6);
    }
    return new Series(millis);
  }
}
