package io.osmoda.evidence;

import io.osmoda.verify.BundleFilter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a report says times, numbers and filters: in UTC, the same in every locale. */
final class ReportWords {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String MIDNIGHT = "T00:00:00.000000000Z";

  private ReportWords() {}

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String entries(long count) {
    return count == 1 ? "1 entry" : number(count) + " entries";
  }

  /** A timestamp to the second. */
  static String time(@Nullable String timestamp) {
    return timestamp == null ? "–" : shortTime(timestamp) + " UTC";
  }

  /** The same where the column says that it is UTC. */
  static String shortTime(String timestamp) {
    return SECONDS.format(Instant.parse(timestamp));
  }

  /** A time that somebody stated, to the second; what it is not, as it is. */
  static @Nullable String orNull(@Nullable String stated) {
    try {
      return stated == null ? null : time(Instant.parse(stated).toString());
    } catch (DateTimeException e) {
      return stated; // a claim of somebody outside, shown as such
    }
  }

  /** From one time to another, as days where they are such. */
  static String span(String from, String to) {
    return from.endsWith(MIDNIGHT) && to.endsWith(MIDNIGHT)
        ? day(from) + " to " + day(to)
        : time(from) + " to " + time(to);
  }

  private static String day(String timestamp) {
    return timestamp.substring(0, timestamp.indexOf('T'));
  }

  /** A moment on the axis of a chart. */
  static String tick(Instant moment, ReportPeriod period) {
    Duration length = Duration.between(period.from(), period.to());
    if (length.compareTo(Duration.ofMinutes(5)) < 0) {
      return SECONDS.format(moment);
    }
    return length.compareTo(Duration.ofDays(4)) < 0 ? MINUTES.format(moment) : DAY.format(moment);
  }

  /** A span of time of whole seconds. */
  static String duration(Duration span) {
    long seconds = span.toSeconds();
    if (seconds % 86_400 == 0) {
      return plural(seconds / 86_400, "day");
    }
    if (seconds % 3_600 == 0) {
      return plural(seconds / 3_600, "hour");
    }
    return seconds % 60 == 0 ? plural(seconds / 60, "minute") : plural(seconds, "second");
  }

  private static String plural(long count, String unit) {
    return count == 1 ? "one " + unit : number(count) + " " + unit + "s";
  }

  /** A share from 0 to 1; neither all nor nothing is said of what is not. */
  static String percent(double share) {
    if (share <= 0) {
      return "0 %";
    }
    if (share >= 1) {
      return "100 %";
    }
    double percent = Math.floor(share * 1_000) / 10;
    return percent == 0 ? "< 0.1 %" : String.format(Locale.ROOT, "%.1f %%", percent);
  }

  /** A filter, as people would say it. */
  static String filter(BundleFilter filter) {
    return filter.items().isEmpty()
        ? "none: every entry of the period matches"
        : filter.items().entrySet().stream()
            .map(member -> member.getKey() + " " + items(member.getValue()))
            .collect(Collectors.joining("; and "));
  }

  private static String items(List<String> items) {
    List<String> parts = new ArrayList<>();
    List<String> whole = items.stream().filter(item -> !item.endsWith("*")).toList();
    if (!whole.isEmpty()) {
      parts.add((whole.size() == 1 ? "is " : "is one of ") + String.join(", ", whole));
    }
    for (String item : items) {
      if (item.endsWith("*")) {
        parts.add(
            item.equals("*")
                ? "is there at all"
                : "begins with " + item.substring(0, item.length() - 1));
      }
    }
    return String.join(" or ", parts);
  }
}
