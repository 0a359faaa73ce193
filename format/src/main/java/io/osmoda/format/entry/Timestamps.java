package io.osmoda.format.entry;

import io.osmoda.format.json.Shown;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Timestamps as entries write them: {@code YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ}, UTC (section 1). Fixed
 * width, so that their order as text is their order in time.
 */
public final class Timestamps {
  public static final int LENGTH = 30;

  private static final long NANOS = 1_000_000_000L;

  private Timestamps() {}

  /** The text of an instant; {@link DraftRefusedException} outside the years 0000 to 9999. */
  public static String format(Instant instant) {
    LocalDateTime t = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    if (t.getYear() < 0 || t.getYear() > 9999) {
      throw new DraftRefusedException("occurred_at", "year must be 0000 to 9999: " + t.getYear());
    }
    byte[] text = new byte[LENGTH];
    write(t, text, 0);
    return new String(text, StandardCharsets.US_ASCII);
  }

  /** Writes the 30 bytes of an instant given in nanoseconds since 1970. */
  public static void write(long epochNanos, byte[] target, int at) {
    write(
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(epochNanos, NANOS),
            (int) Math.floorMod(epochNanos, NANOS),
            ZoneOffset.UTC),
        target,
        at);
  }

  private static void write(LocalDateTime t, byte[] target, int at) {
    digits(t.getYear(), 4, target, at);
    target[at + 4] = '-';
    digits(t.getMonthValue(), 2, target, at + 5);
    target[at + 7] = '-';
    digits(t.getDayOfMonth(), 2, target, at + 8);
    target[at + 10] = 'T';
    digits(t.getHour(), 2, target, at + 11);
    target[at + 13] = ':';
    digits(t.getMinute(), 2, target, at + 14);
    target[at + 16] = ':';
    digits(t.getSecond(), 2, target, at + 17);
    target[at + 19] = '.';
    digits(t.getNano(), 9, target, at + 20);
    target[at + 29] = 'Z';
  }

  static void digits(int value, int count, byte[] target, int at) {
    int rest = value;
    for (int i = at + count - 1; i >= at; i--) {
      target[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  /** The instant of a timestamp's text, which must have the exact form. */
  public static Instant parse(String text) {
    if (text.length() != LENGTH
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':'
        || text.charAt(19) != '.'
        || text.charAt(29) != 'Z') {
      throw new IllegalArgumentException(
          "not a timestamp YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ: " + Shown.quoted(text));
    }
    try {
      return LocalDateTime.of(
              number(text, 0, 4),
              number(text, 5, 2),
              number(text, 8, 2),
              number(text, 11, 2),
              number(text, 14, 2),
              number(text, 17, 2),
              number(text, 20, 9))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a real time: " + text + ": " + e.getMessage(), e);
    }
  }

  private static int number(String text, int at, int count) {
    int value = 0;
    for (int i = at; i < at + count; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw new IllegalArgumentException("not a digit at " + i + ": " + text);
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }

  /**
   * Nanoseconds since 1970.
   *
   * @throws ArithmeticException outside 1677 to 2262
   */
  public static long epochNanos(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), NANOS), (long) instant.getNano());
  }

  /** The UTC day of an instant given in nanoseconds, counted from 1970. */
  public static long epochDay(long epochNanos) {
    return Math.floorDiv(epochNanos, NANOS * 86_400);
  }
}
