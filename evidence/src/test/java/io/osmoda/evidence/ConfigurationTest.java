package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code osmoda.yaml} is read strictly, and retention counts by the calendar. */
class ConfigurationTest {
  private static Configuration read(String yaml) throws IOException {
    return ConfigurationReader.read("osmoda.yaml", yaml);
  }

  @Test
  void whatIsAskedIsRead() throws IOException {
    Configuration read =
        read(
            """
            review: {every: 7d}
            evidence:
              every: week
              from: 2026-09-01
              framework: soc2
              out: /srv/evidence
              payloads: full
            retention: {preset: part11-predicate, keep: 10 years}
            """);
    assertThat(read.reviewEvery()).isEqualTo(Duration.ofDays(7));
    assertThat(read.evidence())
        .isEqualTo(
            new Configuration.EvidencePlan(
                CalendarPeriod.WEEK,
                Instant.parse("2026-09-01T00:00:00Z"),
                "soc2",
                Path.of("/srv/evidence"),
                false));
    RetentionRule rule = java.util.Objects.requireNonNull(read.retention());
    assertThat(rule.keep()).isEqualTo(Period.ofYears(10));
    assertThat(rule).hasToString("10 years (part11-predicate)");
  }

  @Test
  void payloadsStayBehindUnlessTheyAreAskedFor() throws IOException {
    Configuration.EvidencePlan plan = read("evidence: {every: month, out: /e}").evidence();
    assertThat(java.util.Objects.requireNonNull(plan).withheld()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing yet\n"})
  void anEmptyFileAsksForNothing(String yaml) throws IOException {
    assertThat(read(yaml)).isEqualTo(Configuration.NONE);
  }

  @Test
  void noFileAsksForNothingAndAnEndlessOneIsRefused(@TempDir Path temp) throws IOException {
    assertThat(Configuration.load(temp)).isEqualTo(Configuration.NONE);
    Files.writeString(temp.resolve("osmoda.yaml"), "#".repeat(70_000));
    assertThatThrownBy(() -> Configuration.load(temp))
        .isInstanceOf(BadConfigurationException.class)
        .hasMessageContaining("more than");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          reveiw: {every: 7d}                               | did you mean review?
          review: {evry: 7d}                                | review: unknown member evry; did you mean every?
          review: {every: weekly}                           | review.every: not a span of time
          review: {every: 0d}                               | must be positive
          review: 7d                                        | review: must have members: every
          review: {every: 7}                                | must be a string (quote
          evidence: {every: moth, out: /e}                  | did you mean month?
          evidence: {every: day, out: /e}                   | must be week or month
          evidence: {every: month}                          | evidence.out: is missing
          evidence: {every: month, out: e}                  | must be an absolute path
          evidence: {every: month, out: /e, framework: soc} | unknown framework soc
          evidence: {every: month, out: /e, payloads: some} | must be withheld or full
          evidence: {every: month, out: /e, from: monday}   | must be a date such as
          retention: {}                                     | set a preset
          retention: {keep: 6}                              | must be a string
          retention: {keep: 6y}                             | use days, weeks, months or years
          retention: {keep: 0 days}                         | use days, weeks, months or years
          retention: {preset: hipaa}                        | unknown preset hipaa
          retention: {preset: part11-predicate}             | sets no duration
          retention: {preset: pci-12-months, keep: 11 months} | is shorter than the 12 months
          review: {every: 7d, every: 8d}                    | is not valid YAML
          a: &x [1]                                         | unknown member a
          """)
  void whatIsWrongIsToldWithItsPlace(String yaml, String problem) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(BadConfigurationException.class)
        .hasMessageStartingWith("osmoda.yaml")
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource({
    "365 days, pci-12-months", // a day short where a leap day lies between
    "183 days, eu-ai-act-logs-6m",
  })
  void aTimeThatIsShorterInSomeYearsIsShorter(String keep, String preset) {
    assertThatThrownBy(() -> read("retention: {preset: " + preset + ", keep: " + keep + "}"))
        .hasMessageContaining("is shorter");
  }

  @Test
  void whatIsSealedLaterNeverEndsSooner() {
    RetentionRule rule = new RetentionRule(Period.ofMonths(1), "1 month", null);
    Instant end = Instant.MIN;
    Instant sealed = Instant.parse("2027-12-01T00:00:00Z");
    while (sealed.isBefore(Instant.parse("2028-04-01T00:00:00Z"))) {
      Instant next = rule.endOf(sealed);
      assertThat(next).isAfterOrEqualTo(end);
      assertThat(Duration.between(sealed, next)).isGreaterThan(Duration.ofDays(28));
      end = next;
      sealed = sealed.plus(Duration.ofHours(7));
    }
    assertThat(rule.endOf(Instant.parse("2028-01-31T12:00:00Z")))
        .isEqualTo(Instant.parse("2028-03-01T00:00:00Z"));
  }

  @Test
  void everyPresetSaysWhereItStandsAndWhatItDoesNotSay() throws IOException {
    assertThat(RetentionPreset.all()).hasSizeGreaterThanOrEqualTo(4);
    for (RetentionPreset preset : RetentionPreset.all()) {
      assertThat(preset.source()).isNotBlank();
      assertThat(preset.caveat()).isNotBlank();
      assertThat(preset.says() + preset.caveat()).doesNotContainIgnoringCase("compliant");
      if (preset.keep() != null) {
        assertThat(RetentionRule.of(preset).keep().isZero()).isFalse();
      }
    }
  }
}
