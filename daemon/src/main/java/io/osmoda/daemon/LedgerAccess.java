package io.osmoda.daemon;

import io.osmoda.client.DaemonClient;
import io.osmoda.client.DaemonSocket;
import io.osmoda.client.UnixHttp;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.KeyFolderException;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerLockedException;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReadOnlyException;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Finds how a ledger is at hand: through the daemon that holds it, if there is one, else in this
 * process, and where its folder cannot be written to, for reading only. Thread-safe.
 */
public final class LedgerAccess {
  /** How long another short command may hold the ledger before this one gives up. */
  private static final Duration LOCK_WAIT = Duration.ofSeconds(5);

  private static final long POLL_MILLIS = 20;

  private LedgerAccess() {}

  /**
   * Opens a ledger for a short command.
   *
   * @param folder the ledger's folder
   * @param options how it is opened where no daemon holds it
   * @throws IOException if there is no such ledger, or it cannot even be read; says why
   */
  public static LedgerSession open(Path folder, LedgerOptions options) throws IOException {
    return open(folder, options, System.getenv());
  }

  static LedgerSession open(Path folder, LedgerOptions options, Map<String, String> environment)
      throws IOException {
    long deadline = System.nanoTime() + LOCK_WAIT.toNanos();
    while (true) {
      UnixHttp connection = DaemonSocket.connect(folder, environment);
      if (connection != null) {
        return new DaemonSession(new DaemonClient(connection));
      }
      try {
        return new EmbeddedSession(folder, Ledger.open(folder, options));
      } catch (LedgerLockedException e) {
        // a daemon that starts or stops, or another short command: both pass
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        pause();
      } catch (LedgerReadOnlyException | KeyFolderException | AccessDeniedException e) {
        return new ReadOnlySession(LedgerReader.open(folder), e);
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while another process had the ledger open", e);
    }
  }

  /** Asks the daemon that holds a ledger to stop in order; false where none does. */
  public static boolean stopDaemon(Path folder) throws IOException {
    return stopDaemon(folder, System.getenv());
  }

  static boolean stopDaemon(Path folder, Map<String, String> environment) throws IOException {
    UnixHttp connection = DaemonSocket.connect(folder, environment);
    if (connection == null) {
      return false;
    }
    try (DaemonClient daemon = new DaemonClient(connection)) {
      daemon.post("/api/v1/shutdown", JsonObject.EMPTY);
      return true;
    }
  }
}
