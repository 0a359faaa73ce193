package io.osmoda.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.verify.OsmodaVerify;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command of the jar, on ledgers; the evidence module's tests give it bundles. */
class OsmodaVerifyTest {
  @TempDir Path temp;
  Path ledger = Path.of("");
  Path trust = Path.of("");
  Path older = Path.of("");

  /** What a run came to. */
  private record Run(int code, String out, String err) {}

  @BeforeEach
  void seal() throws IOException {
    ledger = temp.resolve("ledger");
    older = temp.resolve("older");
    try (Ledger open = Ledger.create(ledger, "test.example/jar", LedgerOptions.defaults())) {
      trust = Files.copy(open.trustFile(), temp.resolve("trust"));
      open.appendDurably(EntryDraft.builder("api", "user:me", "login").build());
      Files.write(older, open.checkpoint().note());
      for (int i = 0; i < 9; i++) {
        open.appendDurably(EntryDraft.builder("api", "user:me", "login").build());
      }
    }
  }

  private static Run run(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code;
    try (PrintStream told = new PrintStream(out, false, UTF_8);
        PrintStream complained = new PrintStream(err, false, UTF_8)) {
      code =
          OsmodaVerify.run(
              List.of(arguments).stream().map(String::valueOf).toList(), told, complained);
    }
    return new Run(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  private Path damaged() throws IOException {
    Path copy = Files.createDirectory(temp.resolve("damaged"));
    for (String name : List.of("ledger.json", "segments", "checkpoints")) {
      try (var walk = Files.walk(ledger.resolve(name))) {
        for (Path each : walk.toList()) {
          Files.copy(each, copy.resolve(ledger.relativize(each).toString()));
        }
      }
    }
    Path segment = copy.resolve("segments/00000000000000000000.ndjson");
    List<String> lines = Files.readAllLines(segment);
    lines.set(4, lines.get(4).replace("user:me", "user:you"));
    Files.writeString(segment, String.join("\n", lines) + "\n");
    return copy;
  }

  @Test
  void tellsTheVerdictOfALedgerByTextAndExitCode() throws IOException {
    Run intact = run(ledger, "--trust", trust);
    assertThat(intact.code()).isZero();
    assertThat(intact.out())
        .startsWith("INTACT")
        .containsPattern("as of +20[0-9-]+T\\S+, 0 days and 0 hours ago");
    assertThat(intact.err()).isEmpty();
    Run tampered = run("--trust", trust, damaged());
    assertThat(tampered.code()).isEqualTo(1);
    assertThat(tampered.out()).startsWith("TAMPERED").containsPattern("bad_hash +4 ");
    Run untrusted = run(ledger);
    assertThat(untrusted.code()).isEqualTo(2);
    assertThat(untrusted.out()).startsWith("UNVERIFIABLE");
  }

  @Test
  void printsOneObjectALineForPrograms() throws IOException {
    Run run = run("--json", ledger, damaged(), "--trust", trust);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("\"verdict\":\"intact\"", "\"entries\":11"),
            line -> assertThat(line).contains("\"verdict\":\"tampered\"", "\"seq\":4"));
  }

  @Test
  void demandsTheOlderCheckpointThatTheAuditorHolds() throws IOException {
    assertThat(run(ledger, "--trust", trust, "--since", older).code()).isZero();
    Path other = temp.resolve("other");
    Ledger.create(other, "test.example/jar", LedgerOptions.defaults()).close();
    Run rolledBack = run(other, "--since", older);
    assertThat(rolledBack.code()).isEqualTo(1);
    assertThat(rolledBack.out()).contains("rollback");
  }

  @Test
  void theGravestOfSeveralGivesTheExitCode() throws IOException {
    Path damaged = damaged();
    assertThat(run(temp.resolve("none"), damaged, ledger, "--trust", trust).code()).isEqualTo(1);
    Run absent = run(ledger, temp.resolve("none"), "--trust", trust);
    assertThat(absent.code()).isEqualTo(2);
    assertThat(absent.err()).contains("no such file or folder");
    assertThat(absent.out()).contains("INTACT");
  }

  @Test
  void saysWhatIsWrongWithTheCommandLine() throws IOException {
    assertThat(run().err()).contains("name a ledger folder");
    assertThat(run(ledger, "--truts", trust).err()).contains("there is no option --truts");
    assertThat(run(ledger, "--trust").err()).contains("--trust needs a file");
    assertThat(run(ledger, "--trust", temp.resolve("none")).err()).contains("no such file");
    assertThat(run(ledger, "--trust", older).err()).contains("is no trust policy");
    assertThat(run(ledger, "--since", trust).err()).contains("is no checkpoint");
    assertThat(run(ledger, "--since", trust).code()).isEqualTo(2);
    assertThat(run("--help").out()).startsWith("usage:");
    Path text = Files.writeString(temp.resolve("text"), "no zip");
    assertThat(run(text, "--trust", trust)).extracting(Run::code).isEqualTo(2);
    assertThat(run("a\u0007\u001b[31m").err()).doesNotContain("\u001b", "\u0007");
  }
}
