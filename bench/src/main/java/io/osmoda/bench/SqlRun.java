package io.osmoda.bench;

import io.osmoda.bench.Question.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The index beside databases that people would use to find entries. */
final class SqlRun implements Run {
  private static final int QUESTIONS = 200;
  private static final int LEAST_QUESTIONS = 3;
  private static final int SCANS = 3;
  private static final long SEED = 12;

  /** A database is asked fewer questions of a kind where they take longer than that together. */
  private static final long MOST_NANOS = 5_000_000_000L;

  @Override
  public String name() {
    return "sql";
  }

  @Override
  public String about() {
    return "the same questions to the index, to SQLite's table and to DuckDB over the segments";
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    long entries = Math.min(IndexRun.COMPARED_ENTRIES, session.options().entries());
    FleetLedger ledger = session.fleetLedger(entries);
    ledger.completeIndex();
    session.sqliteTable(ledger);
    List<Figure> figures = new ArrayList<>();
    try (IndexAnswers index = new IndexAnswers(ledger.folder());
        SqliteTable table = new SqliteTable(session.sqliteTable(ledger).folder());
        DuckScan scan = new DuckScan(ledger.folder())) {
      Questions maker = new Questions(index.ledger(), SEED);
      for (Kind kind : Kind.values()) {
        List<Question> questions = maker.some(kind, QUESTIONS);
        Asked ofTable = ask(questions, index, "SQLite", table);
        Asked ofScan = ask(questions.subList(0, SCANS), index, "DuckDB", scan);
        figures.add(Figure.plain(kind.text() + ": index", "ms", new Series(ofTable.index)));
        figures.add(ofTable.figure("  SQLite"));
        figures.add(ofScan.figure("  DuckDB"));
        session.tell(
            "  %s: index %s ms, SQLite %s ms, DuckDB %s ms"
                .formatted(
                    kind.text(),
                    ResultTable.number(new Series(ofTable.index).median()),
                    ResultTable.number(new Series(ofTable.other).median()),
                    ResultTable.number(new Series(ofScan.other).median())));
      }
    }
    return new ResultTable(
        name(),
        about() + ", %,d entries".formatted(entries),
        "how many times as long as the index takes, question by question, the median",
        figures,
        List.of(
            "up to %d different questions of a kind to SQLite, %d to DuckDB, each asked once before"
                    .formatted(QUESTIONS, SCANS)
                + " it counts; all give the same answers, or the run fails",
            "the entries that the index names were read from their segments and re-hashed; the"
                + " databases take theirs as they are",
            SqliteTable.HOW,
            DuckScan.HOW));
  }

  /** Milliseconds of the questions that both were asked, in their order. */
  private static final class Asked {
    final List<Double> index = new ArrayList<>();
    final List<Double> other = new ArrayList<>();

    Figure figure(String what) {
      Series series = new Series(other);
      return Figure.compared(what, "ms", series, series.over(new Series(index)).median());
    }
  }

  private static Asked ask(List<Question> questions, Answers index, String otherName, Answers other)
      throws Exception {
    Asked asked = new Asked();
    long spent = 0;
    for (Question question : questions) {
      if (spent > MOST_NANOS && asked.other.size() >= LEAST_QUESTIONS) {
        break;
      }
      long begin = System.nanoTime();
      List<String> expected = index.to(question);
      List<String> got = other.to(question);
      if (!got.equals(expected)) {
        throw new IOException(
            "%s was asked for %s and says %s, the index says %s"
                .formatted(otherName, question, got, expected));
      }
      long start = System.nanoTime();
      index.to(question);
      long between = System.nanoTime();
      other.to(question);
      long end = System.nanoTime();
      asked.index.add((between - start) / 1e6);
      asked.other.add((end - between) / 1e6);
      spent += end - begin;
    }
    return asked;
  }
}
