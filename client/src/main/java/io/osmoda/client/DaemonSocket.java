package io.osmoda.client;

import io.osmoda.format.folder.LedgerHolder;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the socket of the daemon that holds a ledger. */
public final class DaemonSocket {
  private DaemonSocket() {}

  /** Where a daemon of the ledger is to listen unless its options say otherwise. */
  public static Path place(Path ledger, Map<String, String> environment) throws IOException {
    String given = environment.get(RuntimeFolder.SOCKET_VARIABLE);
    if (given != null && !given.isEmpty()) {
      return Path.of(given).toAbsolutePath();
    }
    RuntimeFolder folder = RuntimeFolder.of(ledger, environment);
    folder.prepare();
    return folder.socket();
  }

  /**
   * A connection to the daemon that holds the ledger; null where none answers.
   *
   * @throws IOException if {@code OSMODA_SOCKET} leads to the daemon of another ledger
   */
  public static @Nullable UnixHttp connect(Path ledger, Map<String, String> environment)
      throws IOException {
    for (Path socket : candidates(ledger, environment)) {
      UnixHttp connection;
      try {
        connection = UnixHttp.connect(socket);
      } catch (IOException e) {
        continue; // nobody listens there; perhaps at the next place
      }
      try {
        if (isGiven(environment)) {
          checkLedger(connection, ledger, socket);
        }
        return connection;
      } catch (EOFException | SocketException e) {
        // it ended while it was asked: as if nobody listened
      }
    }
    return null;
  }

  private static boolean isGiven(Map<String, String> environment) {
    String given = environment.get(RuntimeFolder.SOCKET_VARIABLE);
    return given != null && !given.isEmpty();
  }

  /** A socket that the environment names may be meant for another ledger than the one at hand. */
  private static void checkLedger(UnixHttp connection, Path ledger, Path socket)
      throws IOException {
    try {
      Path meant = ledger.toRealPath();
      String held = new DaemonClient(connection).ledger();
      if (held != null && !meant.equals(Path.of(held))) {
        throw new IOException(
            RuntimeFolder.SOCKET_VARIABLE
                + " names "
                + socket
                + ", the socket of the ledger in "
                + held
                + ", not of that in "
                + meant
                + ": unset it, or pass the other ledger");
      }
    } catch (NoSuchFileException | AccessDeniedException e) {
      // a folder that we may not see is reached through its daemon alone
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  private static List<Path> candidates(Path ledger, Map<String, String> environment) {
    String given = environment.get(RuntimeFolder.SOCKET_VARIABLE);
    if (given != null && !given.isEmpty()) {
      return List.of(Path.of(given).toAbsolutePath());
    }
    List<Path> candidates = new ArrayList<>();
    Path told = toldByHolder(ledger);
    if (told != null) {
      candidates.add(told);
    }
    try {
      Path usual = RuntimeFolder.of(ledger, environment).socket();
      if (!usual.equals(told)) {
        candidates.add(usual);
      }
    } catch (IOException e) {
      // without a real path there is no usual place
    }
    return candidates;
  }

  /** The socket that the ledger's holder reported; it may be that of an earlier one. */
  private static @Nullable Path toldByHolder(Path ledger) {
    try {
      String socket = LedgerHolder.of(ledger).map(holder -> holder.string("socket")).orElse(null);
      return socket == null ? null : Path.of(socket);
    } catch (IOException | InvalidPathException e) {
      return null; // none that we may read about, or none that tells
    }
  }
}
