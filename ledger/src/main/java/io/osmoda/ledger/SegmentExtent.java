package io.osmoda.ledger;

/**
 * A segment of a ledger, as who derives something from it wants to know it.
 *
 * @param first sequence number of its first entry
 * @param end sequence number after its last; for the newest segment what can be read now
 * @param isClosed whether no entries are added to it any more
 * @param rewrites changes when a redaction begins and when it ends to rewrite it, as far as the
 *     reader's process does that; odd while it does
 */
public record SegmentExtent(long first, long end, boolean isClosed, long rewrites) {
  /** Whether a redaction is rewriting it. */
  public boolean isBeingRewritten() {
    return rewrites % 2 == 1;
  }
}
