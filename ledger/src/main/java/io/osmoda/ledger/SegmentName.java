package io.osmoda.ledger;

import java.util.OptionalLong;

/** Names of segments and checkpoints: a number in 20 decimal digits (section 2). */
final class SegmentName {
  static final String SUFFIX = ".ndjson";

  private static final int DIGITS = 20;

  private SegmentName() {}

  static String of(long firstSeq) {
    return digits(firstSeq) + SUFFIX;
  }

  static String digits(long number) {
    return "%020d".formatted(number);
  }

  /** The first sequence number that a segment's name tells; empty where it is no such name. */
  static OptionalLong parse(String name) {
    return name.endsWith(SUFFIX)
        ? parseDigits(name.substring(0, name.length() - SUFFIX.length()))
        : OptionalLong.empty();
  }

  static OptionalLong parseDigits(String name) {
    if (name.length() != DIGITS || !name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    try {
      long number = Long.parseLong(name);
      return number <= JsonNumber.MAX_SAFE_INTEGER ? OptionalLong.of(number) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // beyond 2^63
    }
  }
}
