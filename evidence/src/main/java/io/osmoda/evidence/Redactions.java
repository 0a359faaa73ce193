package io.osmoda.evidence;

import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Redacts as far as the retention rule lets go, or with a reason on record why sooner. */
public final class Redactions {
  private Redactions() {}

  /**
   * Removes the payloads of a range for good; see {@link Ledger#redact}, which refuses what a legal
   * hold covers whatever is said here.
   *
   * @param by the caller's name
   * @param rule how long payloads are kept; null where nothing is configured
   * @param now the time
   * @throws RequestRefusedException if an entry of the range is to be kept still
   */
  public static RedactedRange redact(
      Ledger ledger, RedactionRequest request, String by, @Nullable RetentionRule rule, Instant now)
      throws IOException {
    long last = request.last();
    String sooner = request.sooner();
    JsonObject.Builder told = JsonObject.builder();
    request.payload().members().forEach(told::put);
    told.put("asked_by", by);
    if (rule != null && last < ledger.reader().size()) {
      // Timestamps never decrease, so the last entry's time is the latest.
      Instant end = rule.endOf(ledger.reader().entry(last).instant());
      if (now.isBefore(end)) {
        if (sooner == null) {
          throw new RequestRefusedException(
              ("entry %d is kept until %s: %s; to remove a payload sooner, for example for a"
                   + " legally required erasure, give the reason with --before-retention-ends (over"
                   + " the API before_retention_ends), which is recorded")
                  .formatted(last, end.toString().substring(0, 10), rule));
        }
        told.put(
            "before_retention_ends",
            JsonObject.builder()
                .put("ends", end.toString())
                .put("keep", rule.toString())
                .put("why", sooner)
                .build());
      }
    }
    return ledger.redact(request.first(), last, request.reason(), told.build());
  }
}
