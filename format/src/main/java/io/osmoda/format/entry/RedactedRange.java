package io.osmoda.format.entry;

import io.osmoda.format.json.Digits;
import java.util.Optional;

/**
 * Entries whose payloads a {@code ledger_redact} names (section 5).
 *
 * @param announcedBy the sequence number of that entry, or -1 where it is not sealed yet
 * @param first first sequence number
 * @param last last sequence number, inclusive
 */
public record RedactedRange(long announcedBy, long first, long last) {
  public RedactedRange {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("not a range of entries: " + first + " to " + last);
    }
  }

  /** The target as an entry writes it: {@code #17} or {@code #17-42}. */
  public String target() {
    return target(first, last);
  }

  public static String target(long first, long last) {
    return first == last ? "#" + first : "#" + first + "-" + last;
  }

  /** Whether it names that entry. */
  public boolean contains(long seq) {
    return first <= seq && seq <= last;
  }

  /** Parses a target; empty where it is none or does not lie below the entry that announces it. */
  public static Optional<RedactedRange> parse(String target, long announcedBy) {
    if (!target.startsWith("#")) {
      return Optional.empty();
    }
    int dash = target.indexOf('-');
    String from = target.substring(1, dash < 0 ? target.length() : dash);
    String to = dash < 0 ? from : target.substring(dash + 1);
    if (!Digits.isDecimal(from) || !Digits.isDecimal(to)) {
      return Optional.empty();
    }
    long first = Long.parseLong(from);
    long last = Long.parseLong(to);
    return first <= last && last < announcedBy
        ? Optional.of(new RedactedRange(announcedBy, first, last))
        : Optional.empty();
  }
}
