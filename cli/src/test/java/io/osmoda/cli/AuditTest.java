package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of an auditor and a compliance officer: review, sign-off, hold, retention. */
class AuditTest {
  @TempDir Path temp = Path.of("");
  TempLedger ledger = new TempLedger(Path.of(""));

  @BeforeEach
  void fill() throws IOException {
    ledger = TempLedger.create(temp).fill(9);
  }

  private void configure(String yaml) throws IOException {
    Files.writeString(ledger.trustFile().resolveSibling("osmoda.yaml"), yaml);
  }

  private void assertRefused(String why, String... arguments) {
    CommandLineRun run = ledger.run(arguments);
    assertThat(run.code()).as(why).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains(why).doesNotContain("\tat ");
  }

  @Test
  void aReviewCoversWhatCameSinceTheLast() {
    assertThat(ledger.out("review", "--note", "all calls", "--outcome", "nothing-unusual"))
        .contains("Reviewed #0 to #9")
        .contains("10 entries, 0 of them reads")
        .contains("Recorded as entry 10 by user:uid:")
        .contains("checkpoint of 11 entries");
    assertThat(ledger.out("review", "--note", "the rest")).contains("Reviewed #10 to #10");
    assertThat(ledger.out("review", "--list"))
        .contains("#0-9")
        .contains("nothing_unusual")
        .contains("all calls")
        .contains("Not reviewed: #11-12");
    assertThat(ledger.out("verify")).contains("INTACT");
  }

  @Test
  void anOverdueReviewIsShown() throws IOException {
    configure("review: {every: PT0.000001S}\n");
    assertThat(ledger.out("status")).contains("Review overdue since").contains("nothing reviewed");
    ledger.out("review", "--note", "all");
    assertThat(ledger.out("status")).contains("overdue since").contains("last covered up to");
    configure("review:\n  every: 7d\n");
    assertThat(ledger.out("status")).contains("Next review due");
    assertThat(ledger.out("status", "--json")).contains("\"overdue\":false");
    configure("reviews: {every: 7d}\n");
    assertThat(ledger.out("status")).contains("did you mean review?");
    assertRefused("did you mean review?", "review", "--list");
  }

  @Test
  void whatIsHeldIsNotRedacted() {
    assertThat(ledger.out("hold", "set", "--actor", "agent:a1", "--reason", "case 7"))
        .contains("Hold 10 is in force: entries of agent:a1");
    assertRefused("legal hold 10", "redact", "1", "--reason", "asked", "--yes");
    assertThat(ledger.out("hold", "list")).contains("case 7").contains("entries of agent:a1");
    assertThat(ledger.out("redact", "2", "--reason", "asked", "--yes")).contains("removed");
    assertRefused("no hold 11 in force", "hold", "release", "11", "--reason", "done");
    assertThat(ledger.out("hold", "release", "#10", "--reason", "done")).contains("released");
    assertThat(ledger.out("redact", "1", "--reason", "asked", "--yes")).contains("removed");
    assertThat(ledger.out("hold", "list")).contains("No legal hold is in force");
  }

  @Test
  void retentionSaysWhatIsKeptAndRedactionHeedsIt() throws IOException {
    assertThat(ledger.out("retention")).contains("No retention is configured");
    assertThat(ledger.out("retention", "--presets"))
        .contains("hipaa-documentation-6y")
        .contains("interpretation")
        .doesNotContain("ompliant");
    configure("retention: {preset: pci-12-months}\n");
    assertThat(ledger.out("retention"))
        .contains("kept for 12 months")
        .contains("None is old enough");
    assertRefused("is kept until", "redact", "1", "--reason", "asked", "--yes");
    ledger.out(
        "redact", "1", "--reason", "asked", "--yes", "--before-retention-ends", "GDPR Art. 17");
    assertThat(ledger.out("query", "--action", "ledger_redact", "--json")).contains("GDPR Art. 17");
    assertThat(ledger.out("verify")).contains("INTACT");
    assertRefused("sets no duration", "retention", "--preset", "part11-predicate");
    assertRefused("unknown preset x", "retention", "--preset", "x");
  }

  @Test
  void aSignOffIsTiedToAnIntactBundle() throws IOException {
    Path bundle = temp.resolve("bundle");
    ledger.out("export", "--out", bundle.toString());
    CommandLineRun none = ledger.run("sign-off", bundle.toString(), "--check");
    assertThat(none.code()).isEqualTo(ExitCode.FINDINGS);
    assertThat(none.out()).contains("Nobody signed it off");
    assertThat(
            ledger.out(
                "sign-off", bundle.toString(), "--meaning", "reviewed", "--name", "Ana Lima"))
        .contains("Ana Lima (user:uid:")
        .contains("reviewed")
        .contains("Part 11");
    assertThat(ledger.out("sign-off", bundle.toString(), "--check"))
        .contains("Ana Lima")
        .contains("is intact");
    Path entries = bundle.resolve("entries.ndjson");
    Files.writeString(entries, Files.readString(entries).replace("tool-4", "tool-x"));
    assertRefused("bundle is tampered", "sign-off", bundle.toString(), "--meaning", "approved");
    assertThat(ledger.run("sign-off", bundle.toString(), "--check").code())
        .isEqualTo(ExitCode.FINDINGS);
    assertThat(ledger.out("query", "--action", "sign_off", "--count").strip()).isEqualTo("1");
  }

  @Test
  void evidenceIsCollectedAndIsAChain() throws IOException {
    assertThat(ledger.out("schedule")).contains("No evidence is collected automatically");
    Path out = temp.resolve("evidence");
    configure("evidence: {every: month, framework: soc2, out: " + out + "}\n");
    assertThat(ledger.out("schedule"))
        .contains("Every month, soc2, payloads withheld")
        .contains("Next: ");
    assertThat(ledger.out("schedule", "run")).contains("Nothing is due");
    configure("evidence: {every: month, from: 2026-01-01, out: " + out + "}\n");
    assertThat(ledger.out("schedule")).contains("overdue since 2026-02-01");
    assertThat(ledger.out("status")).contains("overdue since 2026-02-01");
    assertThat(ledger.out("schedule", "run")).contains("2026-01-01_2026-02-01.zip");
    assertThat(ledger.out("schedule")).contains("Next: ");
    assertThat(ledger.out("verify-chain", out.toString())).contains("INTACT").contains("one chain");
    assertThat(ledger.out("verify-chain", out.toString(), "--ledger", ledger.folder().toString()))
        .contains("no export on record that follows it");
    try (Stream<Path> listed = Files.list(out)) {
      Path newest = listed.sorted().toList().getLast();
      Path away = Files.move(newest, temp.resolve("away.zip"));
      assertThat(ledger.out("verify-chain", out.toString()))
          .contains("files alone cannot exclude that newer bundles are missing");
      CommandLineRun cut =
          ledger.run("verify-chain", out.toString(), "--ledger", ledger.folder().toString());
      assertThat(cut.code()).isEqualTo(ExitCode.FINDINGS);
      assertThat(cut.out()).contains("is missing: the ledger exported it");
      Files.move(away, newest);
    }
    Files.delete(out.resolve("2026-03-01_2026-04-01.zip"));
    CommandLineRun broken = ledger.run("verify-chain", out.toString());
    assertThat(broken.code()).isEqualTo(ExitCode.FINDINGS);
    assertThat(broken.out()).contains("BROKEN").contains("a gap from 2026-03-01");
    CommandLineRun none = ledger.run("verify-chain", temp.toString());
    assertThat(none.code()).isEqualTo(ExitCode.FAILED);
    assertThat(none.out()).contains("there is no bundle in the folder");
    configure("evidence: {every: month, out: evidence}\n");
    assertRefused("must be an absolute path", "schedule");
  }

  @Test
  void wrongUseIsRefusedWithWhatToDo() {
    assertRefused("needs --note", "review");
    assertRefused("needs a note", "review", "--note", " ");
    assertRefused("is in the future", "review", "--note", "x", "--to", "2999-01-01");
    assertRefused("no entries in that period", "review", "--note", "x", "--period", "2020");
    assertRefused("an outcome must be", "review", "--note", "x", "--outcome", "fine");
    assertRefused("unknown framework soc9", "review", "--note", "x", "--framework", "soc9");
    assertRefused("--list only shows reviews", "review", "--list", "--note", "x");
    assertRefused("no scope for the hold", "hold", "set", "--reason", "x");
    assertRefused("covers everything", "hold", "set", "--all", "--actor", "a", "--reason", "x");
    assertRefused("must read like agent:", "hold", "set", "--actor", "a1", "--reason", "x");
    assertRefused("needs a reason", "hold", "set", "--all", "--reason", " ");
    assertRefused("required option", "hold", "set", "--all");
    assertRefused("needs a subcommand", "hold");
    assertRefused("no such file", "sign-off", temp.resolve("none").toString(), "--meaning", "x");
    assertRefused("needs --meaning", "sign-off", temp.resolve("none").toString());
    assertRefused("osmoda review seals it", "append", "--actor", "user:ana", "--action", "review");
  }
}
