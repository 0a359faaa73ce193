package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OsmodaTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "--help", "-h", "help"})
  void helpNamesEveryVerb(String argument) {
    CommandLineRun run = argument.isEmpty() ? CommandLineRun.of() : CommandLineRun.of(argument);

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    for (Verbs.Entry entry : Verbs.ALL) {
      assertThat(run.out()).contains("  " + entry.name() + " ").contains(entry.summary());
    }
    assertThat(run.out().lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
  }

  @Test
  void versionIsOneLine() {
    assertThat(CommandLineRun.of("--version").out()).matches("osmoda \\S+\\R");
  }

  @Test
  void everyVerbHasHelpWithExamples() {
    for (Verbs.Entry entry : Verbs.ALL) {
      List<String> arguments = new ArrayList<>(List.of(entry.name().split(" ", -1)));
      arguments.add("--help");
      CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));

      assertThat(run.code()).as(entry.name()).isZero();
      assertThat(run.out())
          .as(entry.name())
          .contains("Usage: osmoda " + entry.name())
          .contains(entry.summary())
          .contains("--ledger=DIR")
          .containsPattern("Examples\\R  (.* \\| )?osmoda " + entry.name());
    }
  }

  @Test
  void helpBreaksBetweenWords() {
    String help = CommandLineRun.of("query", "--help").out().replaceAll("\\s+", " ");

    assertThat(help)
        .contains("[--limit=N] [--session-of=SEQ] [--sort=KEY] [--text=TEXT] [--to=TIME]")
        .contains("today; yesterday; 2026-03-01")
        .contains("* matches any characters and ? one.");
  }

  @ParameterizedTest
  @CsvSource({
    "canonicalise, canonicalize",
    "canon, canonicalize",
    "verfiy, verify",
    "tial, tail",
    "qery, query",
    "canoincalize, canonicalize",
  })
  void aMistypedVerbGetsASuggestion(String typed, String meant) {
    CommandLineRun run = CommandLineRun.of(typed);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("unknown command '" + typed + "'")
        .contains("Did you mean: osmoda " + meant + "?");
  }

  @Test
  void anUnknownVerbPointsToTheHelp() {
    CommandLineRun run = CommandLineRun.of("zzzzzzzz");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("'zzzzzzzz'").contains("osmoda --help");
  }

  @Test
  void aMistypedOptionGetsASuggestion() {
    CommandLineRun run = CommandLineRun.of("canonicalize", "--leger", "x");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("osmoda: canonicalize: unknown option")
        .contains("'--leger'")
        .contains("did you mean --ledger")
        .contains("osmoda canonicalize --help")
        .doesNotContain("Exception");
  }

  @Test
  void optionsOfEveryVerbMayStandBeforeIt() {
    CommandLineRun run = CommandLineRun.withInput("[1.0]", "--ledger", "x", "canonicalize");

    assertThat(run.out()).isEqualTo("[1]");
    assertThat(run.code()).isZero();
  }
}
