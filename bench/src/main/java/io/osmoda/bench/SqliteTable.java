package io.osmoda.bench;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The entries in SQLite: one table, an index on time and on each member with time, one on tool with
 * the payload's {@code duration_ns}, and full text (FTS5) of what a search by text looks at.
 */
final class SqliteTable extends SqlAnswers {
  static final String HOW =
      "SQLite: WAL, 256 MB page cache; indexes on time, on each member with time and on tool with"
          + " duration_ns, made after the rows; FTS5 without content, columnsize and detail;"
          + " ANALYZE";

  private static final List<String> MEMBERS =
      List.of("actor", "action", "tool", "target", "status", "source", "session", "trace_id");
  private static final String FILE = "entries.db";
  private static final int ROWS_PER_TRANSACTION = 100_000;
  private static final int CACHE_KIBIBYTES = 262_144;

  /** A table that was made. */
  record Made(Path folder, Pace pace, long bytes) {}

  /** Opens the table that {@link #make} made. */
  SqliteTable(Path folder) throws SQLException {
    super(connect(folder));
  }

  private static Connection connect(Path folder) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(FILE));
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=NORMAL");
      statement.execute("PRAGMA cache_size=-" + CACHE_KIBIBYTES);
    }
    return connection;
  }

  /** Makes the table from a ledger. */
  static Made make(Path folder, FleetLedger ledger) throws IOException, SQLException {
    Files.createDirectories(folder);
    long start = System.nanoTime();
    long rows;
    try (Connection connection = connect(folder);
        LedgerReader reader = LedgerReader.open(ledger.folder())) {
      connection.setAutoCommit(false);
      rows = insert(connection, reader);
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE INDEX by_time ON entries (timestamp)");
        for (String member : MEMBERS) {
          statement.execute(
              "CREATE INDEX by_%s ON entries (%s, timestamp)".formatted(member, member));
        }
        statement.execute(
            "CREATE INDEX by_duration ON entries"
                + " (tool, CAST(json_extract(payload, '$.duration_ns') AS DOUBLE))");
        statement.execute("ANALYZE");
      }
      connection.commit();
    }
    long nanos = System.nanoTime() - start; // closing takes in the write-ahead log
    return new Made(folder, new Pace(rows, nanos), Files.size(folder.resolve(FILE)));
  }

  private static long insert(Connection connection, LedgerReader reader)
      throws IOException, SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE entries (seq INTEGER PRIMARY KEY, timestamp TEXT NOT NULL,"
              + MEMBERS.stream().map(each -> each + " TEXT, ").collect(Collectors.joining())
              + "reason TEXT, payload TEXT)");
      statement.execute(
          "CREATE VIRTUAL TABLE words USING fts5 (text, content='', columnsize=0, detail=none,"
              + " tokenize=\"unicode61 remove_diacritics 0\")");
    }
    long rows = 0;
    try (PreparedStatement row =
            connection.prepareStatement(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        PreparedStatement words =
            connection.prepareStatement("INSERT INTO words (rowid, text) VALUES (?, ?)");
        EntryCursor cursor = reader.read(0, Long.MAX_VALUE)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        TraceContext trace = entry.trace();
        row.setLong(1, entry.seq());
        row.setString(2, entry.timestamp());
        row.setString(3, entry.actor());
        row.setString(4, entry.action());
        row.setString(5, entry.tool());
        row.setString(6, entry.target());
        row.setString(7, entry.status());
        row.setString(8, entry.source());
        row.setString(9, entry.session());
        row.setString(10, trace == null ? null : trace.traceId());
        row.setString(11, entry.reason());
        row.setString(12, entry.payloadText());
        row.executeUpdate();
        words.setLong(1, entry.seq());
        words.setString(2, text(entry));
        words.executeUpdate();
        if (++rows % ROWS_PER_TRANSACTION == 0) {
          connection.commit();
        }
      }
    }
    return rows;
  }

  /** What a search by text looks at. */
  private static String text(Entry entry) {
    return Stream.<@Nullable String>of(
            entry.actor(),
            entry.action(),
            entry.tool(),
            entry.target(),
            entry.session(),
            entry.reason(),
            entry.payloadText())
        .filter(each -> each != null)
        .collect(Collectors.joining(" "));
  }

  @Override
  String table(Question question) {
    return question.words().isEmpty()
        ? "entries"
        : "(SELECT rowid AS seq FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT "
            + Question.PAGE
            + ") JOIN entries USING (seq)";
  }

  /** The condition stands in the table, which takes the newest first. */
  @Override
  void words(List<String> words, List<String> conditions, List<Object> values) {
    values.add(words.stream().map(word -> '"' + word + '"').collect(Collectors.joining(" AND ")));
  }
}
