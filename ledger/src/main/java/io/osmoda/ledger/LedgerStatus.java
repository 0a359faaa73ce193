package io.osmoda.ledger;

import io.osmoda.format.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * How a ledger's writer stands.
 *
 * @param size durable entries
 * @param anchored entries below the newest checkpoint
 * @param newestTimestamp timestamp of the newest entry
 * @param anchoredTimestamp timestamp of the newest anchored entry
 * @param segments number of segments
 * @param activeSegmentBytes bytes in the segment that takes new lines
 * @param backlogBytes bytes of entries handed over and not yet sealed
 * @param sources what {@code capture_state} would tell now
 * @param clockHeld whether the machine's clock stepped forward and is not followed until confirmed
 * @param clockAheadNanos by how much the machine's clock is ahead of the entries' time
 * @param stoppedBecause why no entries are taken any more, or null
 */
public record LedgerStatus(
    String origin,
    long size,
    long anchored,
    String newestTimestamp,
    String anchoredTimestamp,
    long segments,
    long activeSegmentBytes,
    long backlogBytes,
    JsonObject sources,
    boolean clockHeld,
    long clockAheadNanos,
    @Nullable String stoppedBecause) {}
