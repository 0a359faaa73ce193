package io.osmoda.verify;

import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.log.Hash;

/**
 * What a verifier must know of the entries before a line to judge it: the number due, the hash to
 * link to, the time not to go back behind. Mutable, not thread-safe.
 */
final class ChainTip {
  /** The number that the next entry should have. */
  long due;

  /** Lines since the last entry that had no readable number: each may have been one. */
  long holes;

  /** Whether each entry so far stood at the place that its number says. */
  boolean numbered = true;

  /** Whether {@link #entryHash} is that of the line before. */
  boolean linked = true;

  /** Whether {@link #timestamp} is that of an entry before. */
  boolean timed;

  /** What the line before gives as its entry hash; before entry 0 zeros. */
  final byte[] entryHash = new byte[Hash.LENGTH];

  final byte[] timestamp = new byte[EntryLine.TIMESTAMP_LENGTH];

  void set(ChainTip other) {
    due = other.due;
    holes = other.holes;
    numbered = other.numbered;
    linked = other.linked;
    timed = other.timed;
    System.arraycopy(other.entryHash, 0, entryHash, 0, entryHash.length);
    System.arraycopy(other.timestamp, 0, timestamp, 0, timestamp.length);
  }
}
