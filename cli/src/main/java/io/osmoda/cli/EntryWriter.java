package io.osmoda.cli;

import io.osmoda.format.entry.Entry;

/** Prints entries one after another in some format; close it for the last. Not thread-safe. */
interface EntryWriter extends AutoCloseable {
  void add(Entry entry);

  /** Whether the reader of our output went away. */
  boolean isAbandoned();

  /** Shows what was added so far. */
  void flush();

  @Override
  void close();
}
