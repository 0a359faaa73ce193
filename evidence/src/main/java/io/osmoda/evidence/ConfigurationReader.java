package io.osmoda.evidence;

import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.query.Moments;
import io.osmoda.query.Spelling;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code osmoda.yaml}, strictly: a misspelt member is an error. For one file. */
final class ConfigurationReader {
  private final StrictYaml yaml;

  private ConfigurationReader(StrictYaml yaml) {
    this.yaml = yaml;
  }

  /**
   * Reads a configuration.
   *
   * @param file its name, for messages
   */
  static Configuration read(String file, String text) throws IOException {
    return read(StrictYaml.parse(file, text));
  }

  /** The same of what was parsed. */
  static Configuration read(StrictYaml yaml) throws IOException {
    return new ConfigurationReader(yaml).read();
  }

  private Configuration read() throws IOException {
    if (yaml.top() == null) {
      return Configuration.NONE; // an empty file, or comments alone
    }
    Map<?, ?> top = yaml.object("", yaml.top(), List.of("review", "evidence", "retention"));
    return new Configuration(
        top.containsKey("review") ? reviewEvery(top.get("review")) : null,
        top.containsKey("evidence") ? evidence(top.get("evidence")) : null,
        top.containsKey("retention") ? retention(top.get("retention")) : null);
  }

  private Duration reviewEvery(@Nullable Object value) throws BadConfigurationException {
    Map<?, ?> review = yaml.object("review", value, List.of("every"));
    String every = yaml.text("review", review, "every");
    try {
      return Moments.span(every);
    } catch (DateTimeException e) {
      throw yaml.wrong("review.every", e.getMessage() + "; use one of " + Moments.SPAN_FORMS);
    }
  }

  private Configuration.EvidencePlan evidence(@Nullable Object value) throws IOException {
    String at = "evidence";
    Map<?, ?> plan =
        yaml.object(at, value, List.of("every", "from", "framework", "out", "payloads"));
    Path out = Path.of(yaml.text(at, plan, "out"));
    if (!out.isAbsolute()) {
      throw yaml.wrong("evidence.out", "must be an absolute path, not \"" + out + '"');
    }
    String framework = yaml.textIfPresent(at, plan, "framework");
    if (framework != null && !Frameworks.BUILT_IN.contains(framework)) {
      throw yaml.wrong(
          "evidence.framework",
          "unknown framework %s; valid values are %s"
              .formatted(framework, String.join(", ", Frameworks.BUILT_IN)));
    }
    return new Configuration.EvidencePlan(
        CalendarPeriod.valueOf(
            word(at, plan, "every", List.of("week", "month"), null)
                .toUpperCase(java.util.Locale.ROOT)),
        from(at, plan),
        framework,
        out,
        word(at, plan, "payloads", List.of("withheld", "full"), "withheld").equals("withheld"));
  }

  private @Nullable Instant from(String at, Map<?, ?> plan) throws BadConfigurationException {
    String from = yaml.textIfPresent(at, plan, "from");
    try {
      return from == null ? null : LocalDate.parse(from).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      throw yaml.wrong(at + ".from", "must be a date such as 2026-09-01, not \"" + from + '"');
    }
  }

  private String word(
      String at, Map<?, ?> map, String name, List<String> words, @Nullable String otherwise)
      throws BadConfigurationException {
    String word = otherwise == null || map.containsKey(name) ? yaml.text(at, map, name) : otherwise;
    if (!words.contains(word)) {
      String near = Spelling.nearest(word, words);
      throw yaml.wrong(
          StrictYaml.place(at, name),
          "must be %s, not \"%s\"%s"
              .formatted(
                  String.join(" or ", words),
                  word,
                  near == null ? "" : "; did you mean " + near + "?"));
    }
    return word;
  }

  private RetentionRule retention(@Nullable Object value) throws IOException {
    String at = "retention";
    Map<?, ?> given = yaml.object(at, value, List.of("preset", "keep"));
    String id = yaml.textIfPresent(at, given, "preset");
    String keep = yaml.textIfPresent(at, given, "keep");
    RetentionPreset preset = null;
    if (id != null) {
      try {
        preset = RetentionPreset.get(id);
      } catch (RequestRefusedException e) {
        throw yaml.wrong("retention.preset", String.valueOf(e.getMessage()));
      }
    }
    String asked = preset == null ? null : preset.keep();
    String text = keep == null ? asked : keep;
    if (text == null) {
      throw yaml.wrong(
          at,
          preset == null
              ? "set a preset, or how long to keep: 6 years"
              : id + " sets no duration: add one with keep, such as keep: 10 years");
    }
    Period period = period(text);
    if (asked != null && isShorter(period, period(asked))) {
      throw yaml.wrong(
          "retention.keep", "%s is shorter than the %s of %s".formatted(text, asked, id));
    }
    return new RetentionRule(period, text, preset);
  }

  private Period period(String text) throws BadConfigurationException {
    try {
      return RetentionRule.period(text);
    } catch (RequestRefusedException e) {
      throw yaml.wrong("retention.keep", String.valueOf(e.getMessage()));
    }
  }

  /** Whether one ends before the other, whenever both begin. */
  private static boolean isShorter(Period one, Period other) {
    List<LocalDate> starts = new ArrayList<>();
    for (int month = 1; month <= 12; month++) {
      starts.add(LocalDate.of(2027, month, 1)); // the leap day of 2028 on both sides
    }
    return starts.stream().anyMatch(start -> start.plus(one).isBefore(start.plus(other)));
  }
}
