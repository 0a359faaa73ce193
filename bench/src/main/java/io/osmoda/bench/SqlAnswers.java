package io.osmoda.bench;

import io.osmoda.bench.Question.Answer;
import io.osmoda.query.Moments;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Answers by SQL over a table whose columns are the entries' members. */
abstract class SqlAnswers implements Answers {
  private static final String FAILED = "status IN ('error', 'denied', 'timeout', 'crashed')";
  private static final int HOUR = "2026-03-01T14".length();

  private final Connection connection;

  SqlAnswers(Connection connection) {
    this.connection = connection;
  }

  /** What a question is asked of. */
  abstract String table(Question question);

  /** Adds the conditions that an entry has the words, and their parameters. */
  abstract void words(List<String> words, List<String> conditions, List<Object> values);

  @Override
  public final List<String> to(Question question) throws SQLException {
    List<String> conditions = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    if (!question.words().isEmpty()) {
      words(question.words(), conditions, values);
    }
    question
        .members()
        .forEach(
            (member, value) -> {
              conditions.add(member + " = ?");
              values.add(value);
            });
    if (question.from() != null) {
      conditions.add("timestamp >= ?");
      values.add(Moments.stamp(question.from()));
    }
    if (question.to() != null) {
      conditions.add("timestamp < ?");
      values.add(Moments.stamp(question.to()));
    }
    if (question.number() != null) {
      conditions.add(number(question.number().name()) + " >= ?");
      values.add(question.number().bound());
    }
    String sql =
        "SELECT "
            + columns(question)
            + " FROM "
            + table(question)
            + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions))
            + rest(question);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        return lines(rows, question);
      }
    }
  }

  /** A number at the top of the payload. */
  String number(String name) {
    return "CAST(json_extract(payload, '$." + name + "') AS DOUBLE)";
  }

  private static String columns(Question question) {
    String by = String.join(", ", question.kind().by());
    return switch (question.kind().answer()) {
      case NEWEST, SORTED ->
          "seq, timestamp, actor, action, tool, target, status, source, session, reason, payload";
      case COUNT -> "COUNT(*)";
      case FACETS -> by + ", COUNT(*) AS entries";
      case HOURS ->
          "substr(timestamp, 1, "
              + HOUR
              + ") AS hour, COUNT(*), COUNT(*) FILTER (WHERE "
              + FAILED
              + ")";
    };
  }

  private static String rest(Question question) {
    List<String> by = question.kind().by();
    return switch (question.kind().answer()) {
      case NEWEST -> " ORDER BY timestamp DESC, seq DESC LIMIT " + Question.PAGE;
      case SORTED -> " ORDER BY target NULLS LAST, seq LIMIT " + Question.PAGE;
      case COUNT -> "";
      case FACETS ->
          " GROUP BY "
              + String.join(", ", by)
              + " ORDER BY entries DESC, "
              + by.stream().map(each -> each + " NULLS LAST").collect(Collectors.joining(", "))
              + " LIMIT "
              + Question.PAGE;
      case HOURS -> " GROUP BY hour ORDER BY hour";
    };
  }

  private static List<String> lines(ResultSet rows, Question question) throws SQLException {
    Answer answer = question.kind().answer();
    int columns = rows.getMetaData().getColumnCount();
    List<String> lines = new ArrayList<>();
    while (rows.next()) {
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        values.add(rows.getString(i) + "");
      }
      boolean isEntry = answer == Answer.NEWEST || answer == Answer.SORTED;
      lines.add(isEntry ? values.getFirst() : String.join("|", values));
    }
    return lines;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
