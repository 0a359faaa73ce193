package io.osmoda.ledger;

import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.entry.LedgerException;
import java.nio.file.Path;

/**
 * After a start more bytes would have to be cut off the last segment than a crash leaves behind:
 * somebody must look at them and consent. Its cause is the fault at which the cut would begin.
 */
public final class LargeCutException extends LedgerException {
  private static final long serialVersionUID = 1L;

  LargeCutException(LedgerDamagedException fault, Path segment, long bytes) {
    super(
        "%s; %d bytes would have to be cut off %s, more than a crash leaves behind"
            .formatted(fault.getMessage(), bytes, segment),
        fault);
  }
}
