package io.osmoda.ledger;

import java.io.IOException;

/**
 * The tree files do not hold what the checkpoint says they must. They are derived: the remedy is to
 * rebuild them from the segments.
 */
final class TreeDamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  TreeDamagedException(String message) {
    super(message);
  }
}
