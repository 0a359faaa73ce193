package io.osmoda.bench;

import java.nio.file.Path;
import java.time.Duration;

/** One way of storing entries durably, put side by side with the others. */
interface Contender {
  /** A few words, for the table. */
  String name();

  /** How it is set up, for whoever doubts the figure. */
  String how();

  /**
   * Appends for about a time, in a folder of its own that is empty; an entry counts when it is on
   * stable storage.
   */
  Pace run(Path folder, Duration time) throws Exception;
}
