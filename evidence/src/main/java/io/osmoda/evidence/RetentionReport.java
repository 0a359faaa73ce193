package io.osmoda.evidence;

import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.Hold;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What of a ledger is kept until when, and what is held. */
public final class RetentionReport {
  private RetentionReport() {}

  /**
   * Looks at a ledger.
   *
   * @param rule how long payloads are kept; null where nothing is configured
   * @param now the time
   * @return for programs and people; {@code past} counts the entries whose time is over, {@code
   *     oldest_ends} is when that of the oldest ends
   */
  public static JsonObject of(Ledger ledger, @Nullable RetentionRule rule, Instant now)
      throws IOException {
    LedgerReader reader = ledger.reader();
    long size = reader.size();
    Instant oldest = reader.entry(0).instant();
    JsonObject.Builder json =
        JsonObject.builder()
            .put("entries", size)
            .put("oldest", reader.entry(0).timestamp())
            .put(
                "holds",
                new JsonArray(ledger.holds().stream().<JsonValue>map(Hold::toJson).toList()))
            .put("redactions", ledger.redactions().size());
    if (rule != null) {
      json.put("rule", rule.toJson())
          .put("oldest_ends", rule.endOf(oldest).toString())
          .put("past", past(reader, rule, size, now));
    }
    return json.build();
  }

  /** How many entries have their time behind them: those below a number, since time goes on. */
  static long past(LedgerReader reader, RetentionRule rule, long size, Instant now)
      throws IOException {
    long low = 0;
    long high = size;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (now.isBefore(rule.endOf(reader.entry(middle).instant()))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
