package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A gap in what a capture point recorded, as its {@code capture_gap} entry tells it. Immutable.
 *
 * @param timestamp when it was sealed
 * @param instance which one of the capture point's
 * @param from when it began, as the capture point says; null where it does not
 * @param to when it ended
 * @param lost entries that were never sealed
 * @param refused messages that were not passed on for want of an entry
 * @param passed messages that were passed on without an entry
 */
record CaptureGap(
    long seq,
    String timestamp,
    String source,
    String instance,
    @Nullable String from,
    @Nullable String to,
    long lost,
    long refused,
    long passed,
    String why) {
  static CaptureGap of(Entry entry) {
    JsonObject stated = entry.payload();
    JsonObject payload = stated == null ? JsonObject.EMPTY : stated;
    return new CaptureGap(
        entry.seq(),
        entry.timestamp(),
        orElse(payload.string("source"), "unknown"),
        orElse(entry.target(), ""),
        payload.string("from"),
        payload.string("to"),
        count(payload, "lost"),
        count(payload, "refused"),
        count(payload, "passed_unrecorded"),
        orElse(payload.string("why"), ""));
  }

  private static String orElse(@Nullable String text, String otherwise) {
    return text == null ? otherwise : text;
  }

  /** A number that a payload states; 0 where it states none. */
  static long count(JsonObject payload, String member) {
    return payload.get(member) instanceof JsonNumber(var many) ? (long) many : 0;
  }
}
