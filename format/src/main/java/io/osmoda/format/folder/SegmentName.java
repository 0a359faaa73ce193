package io.osmoda.format.folder;

import io.osmoda.format.json.JsonNumber;
import java.util.OptionalLong;

/** Names of segments and checkpoints: a number in 20 decimal digits (section 2). */
public final class SegmentName {
  static final String SUFFIX = ".ndjson";

  private static final int DIGITS = 20;

  private SegmentName() {}

  public static String of(long firstSeq) {
    return digits(firstSeq) + SUFFIX;
  }

  public static String digits(long number) {
    return "%020d".formatted(number);
  }

  /** The first sequence number that a segment's name tells; empty where it is no such name. */
  public static OptionalLong parse(String name) {
    return name.endsWith(SUFFIX)
        ? parseDigits(name.substring(0, name.length() - SUFFIX.length()))
        : OptionalLong.empty();
  }

  public static OptionalLong parseDigits(String name) {
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
