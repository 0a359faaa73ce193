package io.osmoda.query;

import java.io.IOException;

/**
 * A partition of the index cannot be read; it is derived, so whoever meets this does without it.
 */
final class IndexDamagedException extends IOException {
  private static final long serialVersionUID = 1;

  private final long first;

  /**
   * Tells of a partition.
   *
   * @param first the sequence number of its first entry
   */
  IndexDamagedException(long first, Exception cause) {
    super("the index of the segment that begins with entry " + first + " is damaged", cause);
    this.first = first;
  }

  long first() {
    return first;
  }
}
