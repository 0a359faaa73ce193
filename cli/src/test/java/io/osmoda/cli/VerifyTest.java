package io.osmoda.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {
  @TempDir Path temp;
  private TempLedger ledger = new TempLedger(Path.of(""));

  @BeforeEach
  void createLedger() throws IOException {
    ledger = TempLedger.create(temp).fill(5);
  }

  private static JsonObject json(CommandLineRun run) throws JsonException {
    assertThat(run.out().lines()).hasSize(1);
    return (JsonObject) CanonicalJson.parse(run.out().strip().getBytes(StandardCharsets.UTF_8));
  }

  private static JsonObject firstFinding(JsonObject json) {
    return (JsonObject) ((JsonArray) requireNonNull(json.get("findings"))).elements().getFirst();
  }

  @Test
  void anIntactLedgerIsSaidToBe() {
    CommandLineRun run = ledger.run("verify");

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("INTACT")
        .contains("entries       6")
        .contains("not anchored  0")
        .contains(ledger.trustFile().toString());
  }

  @Test
  void jsonHasTheMembersThatTheInterfaceFixes() throws JsonException {
    CommandLineRun run = ledger.run("verify", "--json", "--trust", ledger.trustFile().toString());
    JsonObject json = json(run);

    assertThat(run.code()).isZero();
    assertThat(json.members())
        .containsOnlyKeys(
            "verdict",
            "self_consistent",
            "entries",
            "anchored",
            "unanchored_tail",
            "adopted",
            "redacted",
            "findings",
            "checkpoint",
            "trust",
            "not_checked",
            "seconds");
    assertThat(json.string("verdict")).isEqualTo("intact");
    assertThat(json.get("entries")).isEqualTo(JsonNumber.of(6));
    assertThat(((JsonObject) requireNonNull(json.get("checkpoint"))).members())
        .containsOnlyKeys("origin", "size", "root");
  }

  @Test
  void aChangedByteIsFoundWithItsEntry() throws IOException, JsonException {
    Files.writeString(
        ledger.segment(), Files.readString(ledger.segment()).replace("tool-4", "tool-9"));
    CommandLineRun people = ledger.run("verify");
    CommandLineRun program = ledger.run("verify", "--json");

    assertThat(people.code()).isEqualTo(1);
    assertThat(people.out()).startsWith("TAMPERED").containsPattern("bad_hash +4 ");
    assertThat(program.code()).isEqualTo(1);
    assertThat(json(program).string("verdict")).isEqualTo("tampered");
    assertThat(firstFinding(json(program)).string("kind")).isEqualTo("bad_hash");
    assertThat(firstFinding(json(program)).get("seq")).isEqualTo(JsonNumber.of(4));
  }

  @Test
  void withoutTrustItIsUnverifiableAndSaysWhatWasNotChecked() throws IOException, JsonException {
    Files.move(ledger.trustFile().getParent(), temp.resolve("away"));
    CommandLineRun run = ledger.run("verify", "--json");

    assertThat(run.code()).isEqualTo(2);
    assertThat(json(run).string("verdict")).isEqualTo("unverifiable");
    assertThat(json(run).string("trust")).isEqualTo("none");
    assertThat(((JsonArray) requireNonNull(json(run).get("not_checked"))).elements()).isNotEmpty();
    assertThat(ledger.run("verify").out()).startsWith("UNVERIFIABLE").contains("not checked");
  }

  @Test
  void anOlderCopyIsFoundAgainstACheckpointHeldElsewhere() throws IOException {
    Path older = temp.resolve("older");
    Tampering.copy(ledger.folder(), older);
    ledger.fill(1);
    Path held = temp.resolve("held");
    CommandLineRun written = ledger.run("checkpoint", "-o", held.toString());
    assertThat(written.code()).as(written.err()).isZero();

    String trust = ledger.trustFile().toString();
    CommandLineRun alone =
        CommandLineRun.of("verify", "--ledger", older.toString(), "--trust", trust);
    CommandLineRun against =
        CommandLineRun.of(
            "verify", "--ledger", older.toString(), "--trust", trust, "--since", held.toString());

    assertThat(alone.code()).isZero();
    assertThat(against.code()).isEqualTo(1);
    assertThat(against.out()).contains("rollback");
    assertThat(ledger.run("verify", "--since", held.toString()).code()).isZero();
  }

  @Test
  void remembersInAStateFileAndStillFindsWhatChangesLater() throws IOException {
    String state = temp.resolve("state").toString();
    assertThat(ledger.run("verify", "--state", state).code()).isZero();
    assertThat(ledger.run("verify", "--state", state).code()).isZero();
    Files.writeString(
        ledger.segment(), Files.readString(ledger.segment()).replace("tool-4", "tool-9"));

    assertThat(ledger.run("verify", "--state", state).code()).isEqualTo(1);
  }

  @Test
  void wrongFilesAreExplained() throws IOException {
    Path junk = temp.resolve("junk");
    Files.writeString(junk, "hello\n");

    assertThat(ledger.run("verify", "--trust", junk.toString()))
        .satisfies(run -> assertThat(run.code()).isEqualTo(2))
        .satisfies(run -> assertThat(run.err()).contains("is not a trust policy"));
    assertThat(ledger.run("verify", "--since", junk.toString()))
        .satisfies(run -> assertThat(run.code()).isEqualTo(2))
        .satisfies(run -> assertThat(run.err()).contains("is not a checkpoint"));
    assertThat(CommandLineRun.of("verify", "--ledger", temp.resolve("none").toString()))
        .satisfies(run -> assertThat(run.code()).isEqualTo(2))
        .satisfies(run -> assertThat(run.err()).contains("no ledger in"));
  }

  @Test
  void redactionTakesThePayloadAndLeavesTheLedgerIntact() throws IOException {
    CommandLineRun asked = ledger.run("redact", "2", "--reason", "r");
    assertThat(asked.code()).isEqualTo(2);
    assertThat(asked.err()).contains("--yes");
    assertThat(Files.readString(ledger.segment())).contains("Größe 2");

    String out = ledger.out("redact", "2-3", "--reason", "erasure", "--basis", "law", "--yes");
    assertThat(out).contains("2-3").contains("Earlier copies");
    String all = ledger.out("query", "--json");
    assertThat(all).doesNotContain("Größe 2").doesNotContain("Größe 3").contains("Größe 4");
    assertThat(all).contains("\"basis\":\"law\"").contains("\"reason\":\"erasure\"");
    assertThat(ledger.out("show", "2")).contains("removed by redaction");
    assertThat(ledger.run("verify").out()).startsWith("INTACT").contains("2 redacted");
  }

  @Test
  void redactionOfWhatCannotBeIsRefused() {
    assertThat(ledger.run("redact", "0", "--reason", "r", "--yes").err())
        .contains("explains the ledger");
    assertThat(ledger.run("redact", "99", "--reason", "r", "--yes").err())
        .contains("there is no entry 99");
    assertThat(ledger.run("redact", "3-2", "--reason", "r", "--yes").err())
        .contains("ends before it starts");
    assertThat(ledger.run("redact", "2", "--yes").err()).contains("--reason");
  }

  @Test
  void rotatedKeysAreFollowedByWhoTrustsTheOldOnes() throws IOException {
    Path old = temp.resolve("old.policy");
    Files.copy(ledger.trustFile(), old);
    ledger.out("key", "rotate", "--why", "yearly");
    ledger.fill(1);

    assertThat(Files.readAllBytes(ledger.trustFile())).isNotEqualTo(Files.readAllBytes(old));
    assertThat(ledger.run("verify").code()).isZero();
    assertThat(ledger.run("verify", "--trust", old.toString()).code()).isZero();
  }

  @Test
  void keysAreShownWithoutSecrets() throws IOException {
    String out = ledger.out("key", "show");

    assertThat(out)
        .contains(TempLedger.ORIGIN + "+")
        .contains("Ed25519")
        .contains("ML-DSA-44")
        .contains(ledger.trustFile().toString())
        .doesNotContain("PRIVATE");
    assertThat(ledger.out("key", "show", "--trust-file"))
        .isEqualTo(Files.readString(ledger.trustFile()));
  }
}
