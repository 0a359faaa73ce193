package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.SignedNote;
import io.osmoda.format.log.TestLog;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.format.log.VerifierKey;
import io.osmoda.verify.ProofVerification;
import io.osmoda.verify.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFolderTest {
  private static final Checkpoint CHECKPOINT = new Checkpoint(TestLog.ORIGIN, 7, Hash.ZERO);

  @TempDir Path parent;
  private Path folder;

  @BeforeEach
  void nameFolder() {
    folder = parent.resolve("Schlüssel mit Leerzeichen").resolve("keys");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  /** Whether the signer's note verifies under the policy file alone. */
  private static boolean trusted(LogSigner signer, Path policy) throws Exception {
    return isSigned(signer.sign(CHECKPOINT), TrustPolicy.load(policy));
  }

  private static boolean isSigned(SignedCheckpoint signed, TrustPolicy policy) {
    return ProofVerification.of(signed, policy).verdict() == Verdict.INTACT;
  }

  @Test
  void makesKeysThatOnlyTheirOwnerReads() throws Exception {
    KeyFolder.create(folder, TestLog.ORIGIN);
    assertThat(mode(folder)).isEqualTo("rwx------");
    for (String file : List.of("ed25519.pem", "ml-dsa-44.pem", "trust.policy")) {
      assertThat(mode(folder.resolve(file))).isEqualTo("rw-------");
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void whatItSignsVerifiesUnderItsPublicPart() throws Exception {
    KeyFolder made = KeyFolder.create(folder, TestLog.ORIGIN);
    assertThat(trusted(made.signer(), folder.resolve("trust.policy"))).isTrue();
    KeyFolder loaded = KeyFolder.load(folder);
    assertThat(loaded.vkeys()).isEqualTo(made.vkeys()).hasSize(2);
    assertThat(loaded.origin()).isEqualTo(TestLog.ORIGIN);
    assertThat(trusted(loaded.signer(), loaded.policyFile())).isTrue();
    assertThat(TrustPolicy.load(loaded.policyFile()).logKeys()).isEqualTo(loaded.vkeys());
  }

  @Test
  void neverOverwritesKeys() throws Exception {
    KeyFolder made = KeyFolder.create(folder, TestLog.ORIGIN);
    assertThatThrownBy(() -> KeyFolder.create(folder, TestLog.ORIGIN))
        .isInstanceOf(KeyFolderException.class)
        .hasMessageContaining("exists already");
    assertThat(KeyFolder.load(folder).vkeys()).isEqualTo(made.vkeys());
  }

  @Test
  void usesAnEmptyFolderThatIsThereButNotOneOpenToOthers() throws Exception {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
    assertThatThrownBy(() -> KeyFolder.create(folder, TestLog.ORIGIN))
        .isInstanceOf(KeyFolderException.class)
        .hasMessageContaining("chmod");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    assertThat(KeyFolder.create(folder, TestLog.ORIGIN).vkeys()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519.pem", "ml-dsa-44.pem", "trust.policy"})
  void refusesAMissingFile(String file) throws Exception {
    KeyFolder.create(folder, TestLog.ORIGIN);
    Files.delete(folder.resolve(file));
    assertThatThrownBy(() -> KeyFolder.load(folder))
        .isInstanceOf(KeyFolderException.class)
        .hasMessageContaining(file)
        .hasMessageContaining("restore");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519.pem", "ml-dsa-44.pem", "."})
  void refusesWhatIsOpenToOthers(String file) throws Exception {
    KeyFolder.create(folder, TestLog.ORIGIN);
    Path opened = folder.resolve(file).normalize();
    Files.setPosixFilePermissions(opened, PosixFilePermissions.fromString("rwx---r--"));
    assertThatThrownBy(() -> KeyFolder.load(folder))
        .isInstanceOf(KeyFolderException.class)
        .hasMessageContaining("chmod go-rwx " + opened);
  }

  @Test
  void refusesAMissingFolder() {
    assertThatThrownBy(() -> KeyFolder.load(folder)).isInstanceOf(KeyFolderException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519.pem", "ml-dsa-44.pem"})
  void refusesAPrivateKeyThatIsNotThePublicOnes(String file) throws Exception {
    KeyFolder.create(folder, TestLog.ORIGIN);
    Path other = parent.resolve("other");
    KeyFolder.create(other, TestLog.ORIGIN);
    Files.write(folder.resolve(file), Files.readAllBytes(other.resolve(file)));
    assertThatThrownBy(() -> KeyFolder.load(folder))
        .isInstanceOf(KeyFolderException.class)
        .hasMessageContaining("is not that of the public one");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
      })
  void refusesAFileThatIsNoKey(String content) throws Exception {
    KeyFolder.create(folder, TestLog.ORIGIN);
    Files.writeString(folder.resolve("ed25519.pem"), content);
    assertThatThrownBy(() -> KeyFolder.load(folder)).isInstanceOf(KeyFolderException.class);
  }

  @Test
  void refusesAPublicPartThatNamesOtherThanTheTwoKeys() throws Exception {
    KeyFolder made = KeyFolder.create(folder, TestLog.ORIGIN);
    Path policy = folder.resolve("trust.policy");
    String log = "log " + made.vkeys().getFirst() + "\n";
    for (String content :
        List.of("quorum none\n", log + "quorum none\n", log + log + "quorum none\n", "log x\n")) {
      Files.writeString(policy, content);
      assertThatThrownBy(() -> KeyFolder.load(folder))
          .as(content)
          .isInstanceOf(KeyFolderException.class);
    }
  }

  @Test
  void aRotationSignsWithBothAndThenWithTheNewKeysAlone() throws Exception {
    KeyFolder keys = KeyFolder.create(folder, TestLog.ORIGIN);
    byte[] oldPolicy = Files.readAllBytes(keys.policyFile());
    List<String> old = keys.vkeys();
    LogSigner next = keys.beginRotation();
    assertThat(keys.isRotating()).isTrue();
    assertThat(keys.vkeys()).isEqualTo(old);
    assertThat(next.vkeys()).doesNotContainAnyElementsOf(old).hasSize(2);

    SignedCheckpoint both = keys.signer().and(next).sign(CHECKPOINT);
    assertThat(SignedNote.parse(both.note()).signatures()).hasSize(4);
    assertThat(isSigned(both, TrustPolicy.parse(oldPolicy))).isTrue();
    assertThat(isSigned(both, TrustPolicy.ofLogKeys(next.verifierKeys()))).isTrue();

    keys.completeRotation();
    assertThat(keys.isRotating()).isFalse();
    assertThat(keys.vkeys()).isEqualTo(next.vkeys());
    assertThat(KeyFolder.load(folder).vkeys()).isEqualTo(next.vkeys());
    assertThat(KeyFolder.load(folder.resolve("retired/1")).vkeys()).isEqualTo(old);

    keys.beginRotation();
    keys.completeRotation();
    assertThat(KeyFolder.load(folder.resolve("retired/2")).vkeys()).isEqualTo(next.vkeys());
  }

  @Test
  void anInterruptedBeginningIsFoundAgainOrAbandoned() throws Exception {
    KeyFolder keys = KeyFolder.create(folder, TestLog.ORIGIN);
    Files.createDirectory(folder.resolve("next.tmp"));
    Files.writeString(folder.resolve("next.tmp/ed25519.pem"), "half");
    List<String> next = keys.beginRotation().vkeys();
    KeyFolder restarted = KeyFolder.load(folder);
    assertThat(restarted.isRotating()).isTrue();
    assertThat(restarted.beginRotation().vkeys()).isEqualTo(next);
    restarted.abandonRotation();
    assertThat(KeyFolder.load(folder).isRotating()).isFalse();
    assertThat(KeyFolder.load(folder).vkeys()).isEqualTo(keys.vkeys());
  }

  @Test
  void anInterruptedCreationIsBegunAnew() throws Exception {
    KeyFolder.create(folder, TestLog.ORIGIN);
    Files.createDirectory(folder.resolve("next"));
    for (String file : List.of("ed25519.pem", "ml-dsa-44.pem", "trust.policy")) {
      Files.move(folder.resolve(file), folder.resolve("next").resolve(file));
    }
    KeyFolder again = KeyFolder.create(folder, TestLog.ORIGIN);
    assertThat(again.isRotating()).isFalse();
    assertThat(KeyFolder.load(folder).vkeys()).isEqualTo(again.vkeys());
  }

  @Test
  void aRotationCompletesAfterACrashBetweenAnyTwoSteps() throws Exception {
    int steps = 1;
    for (int crash = 0; crash <= steps; crash++) {
      Path each = parent.resolve("crash-" + crash);
      KeyFolder keys = KeyFolder.create(each, TestLog.ORIGIN);
      List<String> old = keys.vkeys();
      List<String> next = keys.beginRotation().vkeys();
      List<KeyFolder.Step> completion = keys.completion();
      steps = completion.size();
      for (KeyFolder.Step step : completion.subList(0, crash)) {
        step.run();
      }

      KeyFolder restarted = KeyFolder.load(each);
      assertThat(restarted.vkeys()).as("crash after step %d", crash).isIn(old, next);
      if (restarted.vkeys().equals(old)) {
        assertThat(restarted.beginRotation().vkeys()).isEqualTo(next);
        restarted.completeRotation();
      }
      assertThat(restarted.vkeys()).isEqualTo(next);
      assertThat(KeyFolder.load(each).vkeys()).isEqualTo(next);
      assertThat(KeyFolder.load(each.resolve("retired/1")).vkeys()).isEqualTo(old);
      try (Stream<Path> files = Files.list(each)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder("ed25519.pem", "ml-dsa-44.pem", "trust.policy", "retired");
      }
      try (Stream<Path> files = Files.list(each.resolve("retired"))) {
        assertThat(files).hasSize(1);
      }
    }
  }

  @Test
  void whatTheOperatorAddedToThePolicyOutlivesARotation() throws Exception {
    KeyFolder keys = KeyFolder.create(folder, TestLog.ORIGIN);
    VerifierKey witness = TestLog.verifier("w.example", VerifierKey.Type.ML_DSA_44, 9);
    Files.writeString(
        keys.policyFile(),
        "# für uns\nlog "
            + keys.vkeys().get(1)
            + "\n log "
            + keys.vkeys().get(0)
            + " https://log.example\nwitness w "
            + witness
            + "\nquorum w\n",
        StandardCharsets.ISO_8859_1);
    KeyFolder restarted = KeyFolder.load(folder);
    assertThat(restarted.vkeys()).as("whatever the lines' order").isEqualTo(keys.vkeys());
    List<String> next = restarted.beginRotation().vkeys();
    restarted.completeRotation();
    TrustPolicy policy = TrustPolicy.load(restarted.policyFile());
    assertThat(policy.logKeys()).isEqualTo(next);
    assertThat(policy.witnesses()).containsExactly(witness);
    assertThat(policy.quorumName()).isEqualTo("w");
  }

  @Test
  void aSignerRefusesAnotherLogsCheckpoint() {
    VerifierKey.Type type = VerifierKey.Type.ED25519;
    LogSigner signer =
        new LogSigner(
            List.of(
                new LogSigner.LogKey(
                    TestLog.verifier(TestLog.ORIGIN, type, 1),
                    TestLog.keyPair(type, 1).getPrivate())));
    assertThatThrownBy(() -> signer.sign(new Checkpoint("b.example", 1, Hash.ZERO)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
