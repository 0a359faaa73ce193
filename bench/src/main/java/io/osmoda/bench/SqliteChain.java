package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.log.Digests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/**
 * osModa's own ledger rebuilt: a SQLite table in WAL mode with synchronous=FULL, one row an event,
 * each row's hash over {@code id|ts|type|actor|payload|prev}.
 *
 * <p>One thread writes from events that lie ready: real callers would also have to hand theirs over
 * to it, so this is in its favour.
 */
final class SqliteChain implements Contender {
  // Found by trying: larger values won nothing more.
  private static final int CHECKPOINT_PAGES = 16_384;
  private static final int CACHE_KIBIBYTES = 65_536;
  private static final String FIRST_PREVIOUS = "0".repeat(64);

  private final int rowsPerTransaction;
  private final Event[] events;

  SqliteChain(int rowsPerTransaction, Event[] events) {
    this.rowsPerTransaction = rowsPerTransaction;
    this.events = events;
  }

  @Override
  public String name() {
    return rowsPerTransaction == 1
        ? "SQLite chain, a row a transaction"
        : "SQLite chain, " + rowsPerTransaction + " rows a transaction";
  }

  @Override
  public String how() {
    return name()
        + ": WAL, synchronous=FULL, exclusive locking, prepared insert, 64 MB page cache,"
        + " WAL checkpoint every 64 MB, SHA-256 over id|ts|type|actor|payload|prev";
  }

  @Override
  public Pace run(Path folder, Duration time) throws Exception {
    Files.createDirectories(folder);
    try (Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ledger.db"))) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode=WAL");
        statement.execute("PRAGMA synchronous=FULL");
        statement.execute("PRAGMA locking_mode=EXCLUSIVE");
        statement.execute("PRAGMA cache_size=-" + CACHE_KIBIBYTES);
        statement.execute("PRAGMA wal_autocheckpoint=" + CHECKPOINT_PAGES);
        statement.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, ts TEXT NOT NULL, type TEXT NOT NULL,"
                + " actor TEXT NOT NULL, payload TEXT NOT NULL, prev_hash TEXT NOT NULL,"
                + " hash TEXT NOT NULL)");
      }
      connection.setAutoCommit(false);
      return insert(connection, time);
    }
  }

  private Pace insert(Connection connection, Duration time) throws SQLException {
    MessageDigest digest = Digests.sha256();
    HexFormat hex = HexFormat.of();
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)")) {
      String previous = FIRST_PREVIOUS;
      long id = 0;
      long start = System.nanoTime();
      long end = start + time.toNanos();
      long now = start;
      while (now < end) {
        for (int row = 0; row < rowsPerTransaction; row++) {
          Event event = events[(int) (id % events.length)];
          String payload = event.payload();
          id++;
          String ts = Instant.now().toString();
          String input =
              id
                  + "|"
                  + ts
                  + "|"
                  + event.action()
                  + "|"
                  + event.actor()
                  + "|"
                  + payload
                  + "|"
                  + previous;
          String hash = hex.formatHex(digest.digest(input.getBytes(UTF_8)));
          insert.setLong(1, id);
          insert.setString(2, ts);
          insert.setString(3, event.action());
          insert.setString(4, event.actor());
          insert.setString(5, payload);
          insert.setString(6, previous);
          insert.setString(7, hash);
          insert.executeUpdate();
          previous = hash;
        }
        connection.commit();
        now = System.nanoTime();
      }
      return new Pace(id, now - start);
    }
  }
}
