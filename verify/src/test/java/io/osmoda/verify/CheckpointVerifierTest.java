package io.osmoda.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.Finding;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.CompactRange;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.NaiveTree;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.SignedNote;
import io.osmoda.format.log.TestLog;
import io.osmoda.format.log.TestSigner;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.format.log.VerifierKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointVerifierTest {
  private static final VerifierKey.Type COSIGNATURE = VerifierKey.Type.ED25519_COSIGNATURE;
  private static final VerifierKey.Type ML_DSA = VerifierKey.Type.ML_DSA_44;

  private static final TestSigner LOG = TestLog.signer(TestLog.ORIGIN, 1);
  private static final TestSigner OTHER = TestLog.signer(TestLog.ORIGIN, 2);
  private static final Checkpoint CHECKPOINT = new Checkpoint(TestLog.ORIGIN, 7, Hash.ZERO);
  private static final SignedCheckpoint SIGNED = LOG.sign(CHECKPOINT);
  private static final String LOGS =
      "log " + LOG.vkeys().get(0) + "\nlog " + LOG.vkeys().get(1) + "\n";
  private static final TrustPolicy POLICY = TestLog.policy(LOGS + "quorum none\n");
  private static final TrustPolicy WITNESSED =
      TestLog.policy(
          LOGS
              + ("witness old " + TestLog.verifier("w/old", COSIGNATURE, 5) + "\n")
              + ("witness new " + TestLog.verifier("w/new", ML_DSA, 6) + "\n")
              + "group both all old new\nquorum both\n");

  private static CheckpointVerifier.Outcome verify(TrustPolicy policy, SignedCheckpoint signed) {
    return new CheckpointVerifier(policy).verify(signed);
  }

  private static List<FindingKind> kinds(TrustPolicy policy, SignedCheckpoint signed) {
    return verify(policy, signed).findings().stream().map(Finding::kind).toList();
  }

  private static SignedCheckpoint note(SignedNote.SignatureLine... lines) throws Exception {
    return SignedCheckpoint.parse(new SignedNote(CHECKPOINT.text(), List.of(lines)).toBytes());
  }

  private static List<SignedNote.SignatureLine> lines(SignedCheckpoint signed) throws Exception {
    return SignedNote.parse(signed.note()).signatures();
  }

  private static SignedNote.SignatureLine broken(SignedNote.SignatureLine line) {
    byte[] signature = line.signature().clone();
    signature[signature.length - 1] ^= 1;
    return new SignedNote.SignatureLine(line.name(), line.keyId(), signature);
  }

  @Test
  void theVectorsAreSignedUnderTheirPolicyAndHaveTheirRoots() throws Exception {
    TrustPolicy policy = TrustPolicy.parse(TestLog.vector("trust.policy"));
    List<byte[]> hashes = TestLog.entryHashes("ledger-300/segments/00000000000000000000.ndjson");
    NaiveTree naive = new NaiveTree(hashes);
    for (int size : new int[] {1, 150, 300}) {
      SignedCheckpoint signed =
          SignedCheckpoint.parse(TestLog.vector("ledger-300/checkpoints/%020d".formatted(size)));
      CheckpointVerifier.Outcome outcome = verify(policy, signed);
      assertThat(outcome.isSigned()).isTrue();
      assertThat(outcome.quorumMet()).isTrue();
      assertThat(outcome.findings()).isEmpty();
      assertThat(outcome.notChecked()).isNull();
      assertThat(signed.checkpoint().size()).isEqualTo(size);
      assertThat(signed.checkpoint().root()).isEqualTo(naive.root(0, size));
      CompactRange range = new CompactRange();
      hashes.subList(0, size).forEach(hash -> range.append(Hash.of(hash)));
      assertThat(range.root()).isEqualTo(signed.checkpoint().root());
    }
    assertThat(naive.root(0, 300).base64())
        .isEqualTo("PqUvahNeZEp28D4Mvh/0WDo2pBkmOYL7IDb49QXQsKQ=");
    assertThat(
            new NaiveTree(TestLog.entryHashes("ledger-5/segments/00000000000000000000.ndjson"))
                .root(0, 5)
                .base64())
        .isEqualTo("LKfQ77MYa7YafYLPBszmWECdzwkNFtZk4s7sPYfr0Yk=");
  }

  @Test
  void bothKeysMustHaveSigned() throws Exception {
    assertThat(verify(POLICY, SIGNED).isSigned()).isTrue();
    for (SignedNote.SignatureLine line : lines(SIGNED)) {
      assertThat(verify(POLICY, note(line)).isSigned()).isFalse();
      assertThat(kinds(POLICY, note(line))).containsExactly(FindingKind.UNKNOWN_KEY);
    }
    assertThat(kinds(POLICY, OTHER.sign(CHECKPOINT)))
        .containsExactly(FindingKind.UNKNOWN_KEY, FindingKind.UNKNOWN_KEY);
  }

  @Test
  void linesStandInAnyOrderAndThoseByUnknownKeysAreIgnored() throws Exception {
    List<SignedNote.SignatureLine> ours = lines(SIGNED);
    List<SignedNote.SignatureLine> theirs = lines(OTHER.sign(CHECKPOINT));
    SignedNote.SignatureLine sameId =
        new SignedNote.SignatureLine("b.example", ours.get(0).keyId(), new byte[] {1});
    SignedNote.SignatureLine sameName =
        new SignedNote.SignatureLine(TestLog.ORIGIN, ours.get(0).keyId() + 1, new byte[] {1});
    assertThat(
            kinds(
                POLICY,
                note(
                    broken(theirs.get(0)),
                    sameId,
                    ours.get(1),
                    theirs.get(1),
                    sameName,
                    ours.get(0))))
        .isEmpty();
  }

  @Test
  void everyLineByADemandedKeyMustVerify() throws Exception {
    List<SignedNote.SignatureLine> ours = lines(SIGNED);
    for (SignedNote.SignatureLine line : ours) {
      assertThat(kinds(POLICY, TestLog.with(SIGNED, broken(line))))
          .containsExactly(FindingKind.BAD_SIGNATURE);
      SignedNote.SignatureLine empty =
          new SignedNote.SignatureLine(line.name(), line.keyId(), new byte[] {0});
      assertThat(kinds(POLICY, TestLog.with(SIGNED, empty)))
          .containsExactly(FindingKind.BAD_SIGNATURE);
      assertThat(kinds(POLICY, TestLog.with(SIGNED, line))).isEmpty();
    }
    assertThat(kinds(POLICY, note(broken(ours.get(0)), ours.get(1))))
        .containsExactly(FindingKind.BAD_SIGNATURE);
  }

  @Test
  void aLogsPostQuantumSignatureStatesNoTime() throws Exception {
    SignedNote.SignatureLine timed = TestLog.cosign(TestLog.ORIGIN, ML_DSA, 1, 1, CHECKPOINT);
    SignedNote.SignatureLine timeless = TestLog.cosign(TestLog.ORIGIN, ML_DSA, 1, 0, CHECKPOINT);
    SignedNote.SignatureLine classical = lines(SIGNED).getFirst();
    assertThat(kinds(POLICY, note(classical, timeless))).isEmpty();
    assertThat(kinds(POLICY, note(classical, timed))).containsExactly(FindingKind.BAD_SIGNATURE);
  }

  @Test
  void aCheckpointOfAnotherLogIsToldApart() {
    SignedCheckpoint foreign =
        TestLog.signer("b.example", 1).sign(new Checkpoint("b.example", 7, Hash.ZERO));
    assertThat(kinds(POLICY, foreign))
        .containsExactly(FindingKind.BAD_ORIGIN, FindingKind.UNKNOWN_KEY, FindingKind.UNKNOWN_KEY);
  }

  @Test
  void witnessesOfBothKindsMakeAQuorum() {
    SignedNote.SignatureLine old =
        TestLog.cosign("w/old", COSIGNATURE, 5, 1_800_000_000, CHECKPOINT);
    SignedNote.SignatureLine fresh = TestLog.cosign("w/new", ML_DSA, 6, Long.MAX_VALUE, CHECKPOINT);
    CheckpointVerifier.Outcome both = verify(WITNESSED, TestLog.with(SIGNED, old, fresh));
    assertThat(both.quorumMet()).isTrue();
    assertThat(both.notChecked()).isNull();
    assertThat(both.findings()).isEmpty();

    CheckpointVerifier.Outcome one = verify(WITNESSED, TestLog.with(SIGNED, fresh));
    assertThat(one.isSigned()).isTrue();
    assertThat(one.quorumMet()).isFalse();
    assertThat(one.findings()).isEmpty();
    assertThat(one.notChecked()).contains("both");
  }

  @Test
  void aWitnesssBrokenOrMisplacedLineIsBad() {
    Checkpoint other = new Checkpoint(TestLog.ORIGIN, 8, Hash.ZERO);
    SignedNote.SignatureLine negative =
        TestLog.cosign("w/new", ML_DSA, 6, Long.MIN_VALUE, CHECKPOINT);
    for (SignedNote.SignatureLine line :
        List.of(
            broken(TestLog.cosign("w/old", COSIGNATURE, 5, 9, CHECKPOINT)),
            broken(TestLog.cosign("w/new", ML_DSA, 6, 9, CHECKPOINT)),
            TestLog.cosign("w/old", COSIGNATURE, 5, 9, other),
            TestLog.cosign("w/new", ML_DSA, 6, 9, other),
            negative)) {
      CheckpointVerifier.Outcome outcome = verify(WITNESSED, TestLog.with(SIGNED, line));
      assertThat(outcome.isSigned()).isFalse();
      assertThat(outcome.quorumMet()).isFalse();
      assertThat(outcome.findings())
          .extracting(Finding::kind)
          .containsExactly(FindingKind.BAD_SIGNATURE);
    }
  }

  @Test
  void aWitnessesTimeIsSigned() {
    SignedNote.SignatureLine line = TestLog.cosign("w/new", ML_DSA, 6, 9, CHECKPOINT);
    byte[] later = line.signature().clone();
    later[7]++;
    SignedNote.SignatureLine moved = new SignedNote.SignatureLine(line.name(), line.keyId(), later);
    assertThat(kinds(WITNESSED, TestLog.with(SIGNED, moved)))
        .containsExactly(FindingKind.BAD_SIGNATURE);
  }
}
