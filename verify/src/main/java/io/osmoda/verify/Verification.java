package io.osmoda.verify;

import io.osmoda.format.entry.Finding;
import io.osmoda.format.log.Checkpoint;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of verifying a whole ledger (section 8). Immutable.
 *
 * @param selfConsistent whether nothing was found, whatever trust was there
 * @param entries lines that were read
 * @param anchored entries below the newest checkpoint that verifies under trust
 * @param unanchoredTail entries at or past it
 * @param adopted entries that {@code ledger_recover} names
 * @param redacted entries without their payload
 * @param findings the faults, each kind with its lowest sequence number first
 * @param checkpoint the newest checkpoint that verified under trust, else the newest that parsed
 * @param trust where the trusted keys came from, for a person; "none" where nothing was given
 * @param notChecked what could not be checked, for a person; empty where all was
 */
public record Verification(
    Verdict verdict,
    boolean selfConsistent,
    long entries,
    long anchored,
    long unanchoredTail,
    long adopted,
    long redacted,
    List<Finding> findings,
    @Nullable Checkpoint checkpoint,
    String trust,
    List<String> notChecked,
    Duration duration) {
  public Verification {
    findings = List.copyOf(findings);
    notChecked = List.copyOf(notChecked);
  }
}
