package io.osmoda.ledger;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.Receipt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An entry on its way to the disk: the future that its caller holds. */
final class PendingAppend extends CompletableFuture<Receipt> {
  private final PreparedEntry entry;
  private final @Nullable CaptureEvent event;
  private long seq = -1;

  /**
   * @param event what the entry reports about a capture source, or null
   */
  PendingAppend(PreparedEntry entry, @Nullable CaptureEvent event) {
    this.entry = entry;
    this.event = event;
  }

  @Nullable CaptureEvent event() {
    return event;
  }

  PreparedEntry entry() {
    return entry;
  }

  long seq() {
    return seq;
  }

  void sealedAs(long seq) {
    this.seq = seq;
  }
}
