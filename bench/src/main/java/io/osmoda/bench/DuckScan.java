package io.osmoda.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** DuckDB over the segments as they are: each question reads all of them. */
final class DuckScan extends SqlAnswers {
  static final String HOW =
      "DuckDB: read_json over the segments with the columns told, as many threads as cores, 2 GB;"
          + " words by a regular expression";

  private static final int MAX_LINE = 1_048_576;
  private static final String MEMORY = "2GB";

  private final String table;

  DuckScan(Path ledger) throws SQLException {
    super(connect());
    String files = ledger.resolve("segments").resolve("*.ndjson").toString().replace("'", "''");
    this.table =
        "read_json('"
            + files
            + "', format = 'newline_delimited', maximum_object_size = "
            + MAX_LINE
            + ", columns = {seq: 'BIGINT', timestamp: 'VARCHAR', actor: 'VARCHAR',"
            + " action: 'VARCHAR', tool: 'VARCHAR', target: 'VARCHAR', status: 'VARCHAR',"
            + " source: 'VARCHAR', session: 'VARCHAR', reason: 'VARCHAR', payload: 'JSON'})";
  }

  private static Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:duckdb:");
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET threads = " + Runtime.getRuntime().availableProcessors());
      statement.execute("SET memory_limit = '" + MEMORY + "'");
    }
    return connection;
  }

  @Override
  String table(Question question) {
    return table;
  }

  @Override
  void words(List<String> words, List<String> conditions, List<Object> values) {
    for (String word : words) {
      conditions.add(
          "regexp_matches(lower(concat_ws(' ', actor, action, tool, target, session, reason,"
              + " payload)), ?)");
      values.add("(^|[^\\p{L}\\p{N}])" + word + "([^\\p{L}\\p{N}]|$)");
    }
  }
}
