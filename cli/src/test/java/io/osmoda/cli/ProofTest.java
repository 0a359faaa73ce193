package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proofs as an auditor checks them: with files alone, away from the ledger. */
class ProofTest {
  @TempDir Path temp;
  private TempLedger ledger = new TempLedger(Path.of(""));
  private Path proof = Path.of("");
  private Path entry = Path.of("");
  private Path trust = Path.of("");

  @BeforeEach
  void prove() throws IOException {
    ledger = TempLedger.create(temp).fill(20);
    proof = temp.resolve("der Beweis");
    entry = temp.resolve("entry.json");
    trust = temp.resolve("auditor.policy");
    ledger.out("prove", "7", "-o", proof.toString());
    Files.writeString(entry, ledger.out("show", "7", "--json"));
    Files.copy(ledger.trustFile(), trust);
  }

  private CommandLineRun check(String... arguments) {
    Stream<String> all = Stream.concat(Stream.of("verify-proof"), Stream.of(arguments));
    return CommandLineRun.of(all.toArray(String[]::new));
  }

  private CommandLineRun check(Path proofFile, Path entryFile) {
    return check(
        proofFile.toString(), "--entry", entryFile.toString(), "--trust", trust.toString());
  }

  @Test
  void anEntryIsProvenByItsLineOrItsHash() throws IOException {
    CommandLineRun byLine = check(proof, entry);
    assertThat(byLine.code()).as(byLine.err()).isZero();
    assertThat(byLine.out()).startsWith("PROVEN: entry 7").contains(TempLedger.ORIGIN);

    String line = Files.readString(entry);
    String hash = line.replaceAll("(?s).*\"entry_hash\":\"([0-9a-f]{64})\".*", "$1");
    CommandLineRun byHash =
        check(proof.toString(), "--entry-hash", hash, "--trust", trust.toString(), "--json");
    assertThat(byHash.code()).as(byHash.err()).isZero();
    assertThat(byHash.out())
        .contains("\"verdict\":\"intact\"", "\"seq\":7", "\"findings\":[]", hash);
  }

  @Test
  void aLineThatWasOnlyLaidOutAnewStillCounts() throws IOException {
    Files.writeString(entry, Files.readString(entry).replace(",\"", " ,\n  \""));

    assertThat(check(proof, entry).code()).isZero();
  }

  @Test
  void theProofOutlivesTheRedactionOfItsEntry() throws IOException {
    ledger.out("redact", "7", "--reason", "r", "--yes");
    Files.writeString(entry, ledger.out("show", "7", "--json"));

    assertThat(Files.readString(entry)).doesNotContain("\"payload\":");
    assertThat(check(proof, entry).code()).isZero();
  }

  @Test
  void aChangedEntryProofOrKeyIsNotProven() throws IOException {
    Path changed = temp.resolve("changed.json");
    Files.writeString(changed, Files.readString(entry).replace("tool-7", "tool-8"));
    assertThat(check(proof, changed))
        .satisfies(run -> assertThat(run.code()).isEqualTo(1))
        .satisfies(run -> assertThat(run.out()).startsWith("NOT PROVEN").contains("bad_hash"));

    Path forged = temp.resolve("forged");
    Files.writeString(forged, Files.readString(proof).replace("index 7", "index 8"));
    assertThat(
            check(
                forged.toString(),
                "--entry-hash",
                Files.readString(entry)
                    .replaceAll("(?s).*\"entry_hash\":\"([0-9a-f]{64})\".*", "$1"),
                "--trust",
                trust.toString()))
        .satisfies(run -> assertThat(run.code()).isEqualTo(1))
        .satisfies(run -> assertThat(run.out()).contains("bad_proof"));

    TempLedger other = TempLedger.create(Files.createDirectory(temp.resolve("other")));
    assertThat(
            check(
                proof.toString(),
                "--entry",
                entry.toString(),
                "--trust",
                other.trustFile().toString()))
        .satisfies(run -> assertThat(run.code()).isEqualTo(1))
        .satisfies(run -> assertThat(run.out()).startsWith("NOT PROVEN"));
  }

  @Test
  void withoutTrustNothingVouchesForTheCheckpoint() {
    CommandLineRun run =
        check(
            proof.toString(),
            "--entry",
            entry.toString(),
            "--keys",
            temp.resolve("none").toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).startsWith("UNVERIFIABLE").contains("not checked");
  }

  @Test
  void wrongUseIsExplained() throws IOException {
    Path junk = temp.resolve("junk");
    Files.writeString(junk, "hello");

    assertThat(check(proof.toString()).err()).contains("--entry");
    assertThat(check(proof.toString(), "--entry-hash", "xyz").err()).contains("64 hex digits");
    assertThat(check(proof, junk).err()).contains("is not an entry").contains("show SEQ --json");
    assertThat(check(junk, entry).out()).contains("NOT PROVEN").contains("bad_proof");
    Files.writeString(junk, ledger.out("show", "8", "--json"));
    assertThat(check(proof, junk).err())
        .contains("the proof is for entry 7, but the line is entry 8");
    assertThat(ledger.run("prove", "99").err()).contains("there is no entry 99");
    assertThat(ledger.run("prove").err()).contains("SEQ");
  }

  @Test
  void publishesTilesAndRefusesAnotherLedgersFolder() throws IOException {
    Path site = temp.resolve("site");
    assertThat(ledger.out("publish", site.toString())).contains("entries of " + TempLedger.ORIGIN);
    assertThat(Files.readString(site.resolve("checkpoint"))).startsWith(TempLedger.ORIGIN + "\n");
    assertThat(site.resolve("tile/0")).isDirectory();
    assertThat(ledger.out("publish", site.toString())).contains("written");

    Path otherFolder = Files.createDirectory(temp.resolve("other"));
    CommandLineRun run = TempLedger.create(otherFolder).run("publish", site.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(site.toString());
  }
}
