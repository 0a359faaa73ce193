package io.osmoda.ledger;

import io.osmoda.format.entry.DraftRefusedException;

/** A legal hold forbids what was asked, or is not in force so that it cannot be released. */
public final class HoldRefusedException extends DraftRefusedException {
  private static final long serialVersionUID = 1L;

  private final long hold;
  private final boolean inForce;

  HoldRefusedException(String member, String reason, long hold, boolean inForce) {
    super(member, reason);
    this.hold = hold;
    this.inForce = inForce;
  }

  /** The sequence number that names the hold. */
  public long hold() {
    return hold;
  }

  /** Whether there is such a hold. */
  public boolean isInForce() {
    return inForce;
  }
}
