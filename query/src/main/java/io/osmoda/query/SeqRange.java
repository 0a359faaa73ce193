package io.osmoda.query;

/** Entries from {@code first} on, {@code end} exclusive. */
public record SeqRange(long first, long end) {
  /** All entries below a size. */
  public static SeqRange below(long size) {
    return new SeqRange(0, size);
  }

  /** What both have; empty where they have nothing in common. */
  public SeqRange intersect(SeqRange other) {
    long low = Math.max(first, other.first);
    return new SeqRange(low, Math.max(low, Math.min(end, other.end)));
  }
}
