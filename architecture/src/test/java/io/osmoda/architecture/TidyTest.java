package io.osmoda.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds what no source file may contain. Each rule shows an offender, so that it is known to see
 * one.
 */
final class TidyTest {

  /**
   * What must not occur.
   *
   * @param why what is wrong with it and what to do instead
   * @param where the files it is looked for in
   * @param what matched in each line
   * @param offender a line that it must find
   */
  record Rule(String why, Predicate<Path> where, Pattern what, String offender) {

    boolean findsIn(String line) {
      return what.matcher(line).find();
    }

    @Override
    public String toString() {
      return why;
    }
  }

  private static final Predicate<Path> JAVA = named(".+\\.java");
  private static final Predicate<Path> WRITTEN =
      named(".+\\.(java|xml|md|sh|yaml|yml|json|js|mjs|ts|properties|config)|osmoda|run");
  private static final Predicate<Path> PLAIN_ENGLISH =
      named(".+\\.md")
          .and(named("(ledger-format|CONTRIBUTING|CHANGELOG)\\.md").negate())
          .or(JAVA.and(file -> file.toString().contains("src/main/")));
  // This file names what the rules look for.
  private static final Predicate<Path> NOT_THIS = named("TidyTest\\.java").negate();

  static List<Rule> rules() {
    return List.of(
        new Rule(
            "unfinished work is finished or told in an issue, not left as a mark",
            WRITTEN.and(NOT_THIS),
            Pattern.compile("\\b(TODO|FIXME)\\b"),
            "// TODO: later"),
        new Rule(
            "a path of one developer's machine means nothing on another",
            WRITTEN.and(NOT_THIS),
            Pattern.compile("(?<![\\w./])/(work/(wt|main|shared)|root|Users/\\w)\\b"),
            "cd /root/osmoda"),
        new Rule(
            "the user's settings choose the package registry, not the repository",
            WRITTEN.and(NOT_THIS).and(named("maven-wrapper\\.properties").negate()),
            Pattern.compile("repo1?\\.maven\\.(apache\\.)?org|registry\\.npmjs|pypi\\.org"),
            "https://repo.maven.apache.org/maven2"),
        new Rule("indent with spaces", WRITTEN.and(NOT_THIS), Pattern.compile("\t"), "\tint x;"),
        new Rule(
            "wait for a condition: a sleep is too short on a busy machine and too long on all"
                + " others",
            JAVA.and(NOT_THIS).and(file -> file.toString().contains("src/test/")),
            Pattern.compile("\\bThread\\.(sleep|onSpinWait)\\("),
            "Thread.sleep(100);"),
        new Rule(
            "name a class after its role",
            JAVA.and(NOT_THIS),
            Pattern.compile(
                "\\b(class|interface|record|enum) \\w*(Utils?|Helpers?|Impl|Manager)\\b"),
            "final class FileUtil {"),
        plain("rebuild, redo or start over", "(^|[^-a-zA-Z])anew\\b", "makes the index anew"),
        plain("if there is none", "\\bwhere there is (none|one)\\b", "null where there is none"),
        plain("shows, reports or is about", "\\b(tells?|told) of\\b", "it tells of gaps"),
        plain("about itself, by itself", "\\bof itself\\b", "what it says of itself"),
        plain("at the start", "\\bat the beginning\\b", "at the beginning of a line"),
        plain("is recorded", "\\b[Pp]uts? on record\\b", "the read is put on record"),
        plain("expected X, found Y", "\\b(is|are) wanted\\b", "a number is wanted, not x"),
        plain("after that", "\\bfrom then on\\b", "only entries from then on"),
        plain("offline, from the files alone", "\\bwith files alone\\b", "check with files alone"),
        plain("repeatable", "given several times", "may be given several times"),
        plain("at most N", "[Ss]how so many\\b", "Show so many"),
        plain("kept elsewhere", "\\bheld elsewhere\\b", "a checkpoint held elsewhere"),
        plain("permanently", "\\bfor ever\\b", "stays there for ever"),
        plain("fix", "\\b[Mm]end (it|the)\\b", "mend the file first"));
  }

  /**
   * A phrase that reads as translated, in code that ships and in the documents for people. The
   * ledger format's page is a specification that its readers quote, and CONTRIBUTING.md lists the
   * phrases.
   */
  private static Rule plain(String say, String phrase, String offender) {
    return new Rule("say: " + say, PLAIN_ENGLISH.and(NOT_THIS), Pattern.compile(phrase), offender);
  }

  /** A suppression must give its reason: in a comment in its line or right above it. */
  private static final Pattern SUPPRESSION = Pattern.compile("^\\s*@SuppressWarnings\\(.*\\)\\s*$");

  private static final Pattern COMMENT = Pattern.compile("^\\s*(//|/?\\*)");

  @ParameterizedTest
  @MethodSource("rules")
  void noSourceBreaksTheRule(Rule rule) {
    assertThat(rule.findsIn(rule.offender())).as("the rule sees its offender").isTrue();
    var files = SourceTree.files().stream().filter(rule.where()).toList();
    assertThat(files).as("files that the rule is for").isNotEmpty();

    var breaches = new ArrayList<String>();
    for (var file : files) {
      var lines = SourceTree.read(file).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (rule.findsIn(lines.get(i))) {
          breaches.add(at(file, i, lines.get(i)));
        }
      }
    }
    assertThat(breaches).as(rule.why()).isEmpty();
  }

  @Test
  void eachSuppressedWarningHasItsReasonBesideIt() {
    var breaches = new ArrayList<String>();
    for (var file : SourceTree.files().stream().filter(JAVA.and(NOT_THIS)).toList()) {
      var lines = SourceTree.read(file).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (lacksReason(i == 0 ? "" : lines.get(i - 1), lines.get(i))) {
          breaches.add(at(file, i, lines.get(i)));
        }
      }
    }
    assertThat(breaches).isEmpty();
    assertThat(lacksReason("", "  @SuppressWarnings(\"x\")")).isTrue();
    assertThat(lacksReason("  // because", "  @SuppressWarnings(\"x\")")).isFalse();
  }

  private static boolean lacksReason(String before, String line) {
    return SUPPRESSION.matcher(line).matches() && !COMMENT.matcher(before).find();
  }

  private static Predicate<Path> named(String regex) {
    var pattern = Pattern.compile(regex);
    return file -> pattern.matcher(file.getFileName().toString()).matches();
  }

  private static String at(Path file, int index, String line) {
    return "%s:%d: %s".formatted(file, index + 1, line.strip());
  }
}
