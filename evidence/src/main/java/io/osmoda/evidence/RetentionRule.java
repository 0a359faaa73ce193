package io.osmoda.evidence;

import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long payloads are kept. Entries and proofs always stay. Immutable.
 *
 * @param keep by the calendar, in UTC
 * @param text the same as it was written
 * @param preset what it rests on; null where it is the owner's own
 */
public record RetentionRule(Period keep, String text, @Nullable RetentionPreset preset) {
  private static final Pattern KEEP = Pattern.compile("([1-9][0-9]{0,4}) ?(day|week|month|year)s?");

  /**
   * As long as a preset says.
   *
   * @throws RequestRefusedException if it says no time
   */
  public static RetentionRule of(RetentionPreset preset) {
    String keep = preset.keep();
    if (keep == null) {
      throw new RequestRefusedException(
          preset.id() + " sets no duration: add one in osmoda.yaml, such as keep: 10 years");
    }
    return new RetentionRule(period(keep), keep, preset);
  }

  /** A time as people write it, such as {@code 6 years}. */
  static Period period(String text) {
    Matcher form = KEEP.matcher(text);
    if (!form.matches()) {
      throw new RequestRefusedException(
          "use days, weeks, months or years, such as 6 years, not " + text);
    }
    int count = Integer.parseInt(form.group(1));
    return switch (form.group(2)) {
      case "day" -> Period.ofDays(count);
      case "week" -> Period.ofWeeks(count);
      case "month" -> Period.ofMonths(count);
      default -> Period.ofYears(count);
    };
  }

  /**
   * When an entry that was sealed then may be redacted: at the end of that day. So what is sealed
   * later never ends sooner, though months are not all as long.
   */
  public Instant endOf(Instant sealed) {
    return sealed
        .atZone(ZoneOffset.UTC)
        .toLocalDate()
        .plus(keep)
        .plusDays(1)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant();
  }

  /** For programs. */
  public JsonObject toJson() {
    JsonObject.Builder json = JsonObject.builder().put("keep", text);
    if (preset != null) {
      json.put("preset", preset.toJson());
    }
    return json.build();
  }

  /** For people: {@code 6 years (hipaa-documentation-6y)}. */
  @Override
  public String toString() {
    return preset == null ? text : text + " (" + preset.id() + ")";
  }
}
