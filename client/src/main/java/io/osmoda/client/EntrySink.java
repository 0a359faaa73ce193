package io.osmoda.client;

import io.osmoda.format.entry.Entry;
import java.io.IOException;

/** Takes entries; false ends the reading. */
public interface EntrySink {
  /** Takes the next entry. */
  boolean accept(Entry entry) throws IOException;

  /** While following: all that was there at the start is handed out; false ends the reading. */
  default boolean caughtUp() {
    return true;
  }
}
