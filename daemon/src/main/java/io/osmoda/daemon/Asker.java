package io.osmoda.daemon;

import io.osmoda.query.Deadline;
import java.io.IOException;

/**
 * Who asks a {@link ReadDesk} a question, and what they may have of it: a caller of the API, or the
 * command that holds the ledger itself. For one question.
 */
interface Asker {
  /** The command of this process, which waits as long as an answer takes. */
  Asker COMMAND =
      new Asker() {
        @Override
        public String name() {
          return "uid:" + System.getProperty("user.name", "?");
        }

        @Override
        public String via() {
          return "embedded";
        }

        @Override
        public Place place() {
          return () -> {};
        }

        @Override
        public void recorded() {
          // nobody counts
        }

        @Override
        public Deadline deadline() {
          return Deadline.none();
        }
      };

  /** The name that the read is recorded under. */
  String name();

  /** The way that the question came: {@code socket}, {@code http} or {@code embedded}. */
  String via();

  /**
   * Waits for a place among those whose searches are under way.
   *
   * @throws NoPlaceException if there is none in time
   */
  Place place() throws IOException;

  /** The question is on record now. */
  void recorded();

  /** How long the search may take, from now on. */
  Deadline deadline();

  /** A place among those who search, until it is closed. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /** Too many searches are under way. */
  final class NoPlaceException extends IOException {
    private static final long serialVersionUID = 1L;

    NoPlaceException() {
      super("too many queries are in progress");
    }
  }
}
