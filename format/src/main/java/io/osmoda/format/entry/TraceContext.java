package io.osmoda.format.entry;

import io.osmoda.format.json.Digits;
import org.jspecify.annotations.Nullable;

/**
 * W3C trace context of an entry (section 1): lower-case hex, 32 digits for the trace, 16 for spans,
 * none all zero.
 */
public record TraceContext(String traceId, String spanId, @Nullable String parentSpanId) {
  public TraceContext {
    check("trace_id", traceId, 32);
    check("span_id", spanId, 16);
    if (parentSpanId != null) {
      check("parent_span_id", parentSpanId, 16);
    }
  }

  private static void check(String member, String value, int digits) {
    if (!Digits.isHex(value, digits) || isZero(value)) {
      throw new DraftRefusedException(
          "trace." + member, "must be " + digits + " lower-case hex digits, not all zero");
    }
  }

  /** A loop, since a stream for each of three ids shows in the cost of an append. */
  private static boolean isZero(String digits) {
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }
}
