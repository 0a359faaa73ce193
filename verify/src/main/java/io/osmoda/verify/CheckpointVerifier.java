package io.osmoda.verify;

import io.osmoda.format.entry.Finding;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.SignedNote;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.format.log.VerifierKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks checkpoints' signatures against a trust policy (section 8, C2SP signed-note): lines by
 * keys that it does not name are ignored, every line by a key that it names must verify, and every
 * log key that it names must have signed. Immutable and thread-safe.
 */
final class CheckpointVerifier {
  /** What a note says of one key. */
  enum KeyState {
    /** It has a line, and each of its lines verifies. */
    VERIFIED,
    /** It has no line. */
    MISSING,
    /** It has a line that does not verify. */
    BAD
  }

  record KeyOutcome(VerifierKey key, KeyState state) {}

  /**
   * What a note says under a policy.
   *
   * @param logs the policy's log keys, all demanded
   * @param witnesses the policy's witnesses
   * @param quorumMet whether the witnesses that verified are enough
   * @param quorumName what the policy asks for, null where it asks for no witness
   */
  record Outcome(
      Checkpoint checkpoint,
      List<KeyOutcome> logs,
      List<KeyOutcome> witnesses,
      boolean quorumMet,
      @Nullable String quorumName) {
    /** Whether every log key signed and no line by a known key is bad: what anchors entries. */
    boolean isSigned() {
      return logs.stream().allMatch(log -> log.state() == KeyState.VERIFIED)
          && witnesses.stream().noneMatch(witness -> witness.state() == KeyState.BAD);
    }

    /** The faults; an unmet quorum is none. */
    List<Finding> findings() {
      List<Finding> findings = new ArrayList<>();
      if (logs.stream().noneMatch(log -> log.key().name().equals(checkpoint.origin()))) {
        findings.add(
            new Finding(
                FindingKind.BAD_ORIGIN,
                null,
                "the checkpoint is of " + checkpoint.origin() + ", which no trusted key is for"));
      }
      for (KeyOutcome log : logs) {
        switch (log.state()) {
          case VERIFIED -> {}
          case MISSING ->
              findings.add(
                  new Finding(
                      FindingKind.UNKNOWN_KEY,
                      null,
                      at() + "has no signature by the trusted key " + shown(log.key())));
          case BAD -> findings.add(badSignature(log.key()));
        }
      }
      for (KeyOutcome witness : witnesses) {
        if (witness.state() == KeyState.BAD) {
          findings.add(badSignature(witness.key()));
        }
      }
      return findings;
    }

    /** What could not be checked, for a person; null where there is nothing to say. */
    @Nullable String notChecked() {
      return quorumMet ? null : at() + "lacks the cosignatures that quorum " + quorumName + " asks";
    }

    private Finding badSignature(VerifierKey key) {
      return new Finding(
          FindingKind.BAD_SIGNATURE,
          null,
          at() + "has a signature by " + shown(key) + " that does not verify");
    }

    private String at() {
      return "the checkpoint of size " + checkpoint.size() + " ";
    }

    private static String shown(VerifierKey key) {
      return key.name() + " (" + key.type().algorithm() + ")";
    }
  }

  private final TrustPolicy policy;

  CheckpointVerifier(TrustPolicy policy) {
    this.policy = policy;
  }

  Outcome verify(SignedCheckpoint signed) {
    SignedNote note;
    try {
      note = SignedNote.parse(signed.note());
    } catch (BadNoteException e) {
      throw new IllegalArgumentException("not made by SignedCheckpoint.parse", e);
    }
    Checkpoint checkpoint = signed.checkpoint();
    List<KeyOutcome> logs = verify(policy.logs(), note, checkpoint);
    List<KeyOutcome> witnesses = new ArrayList<>();
    Set<VerifierKey> cosigners = new HashSet<>();
    for (VerifierKey key : policy.witnesses()) {
      KeyOutcome outcome = verify(key, note, checkpoint, false);
      witnesses.add(outcome);
      if (outcome.state() == KeyState.VERIFIED) {
        cosigners.add(key);
      }
    }
    return new Outcome(
        checkpoint, logs, witnesses, policy.isQuorum(cosigners), policy.quorumName());
  }

  /** What a note says of a log's keys, without a policy: for the keys that a rotation names. */
  static List<KeyOutcome> verify(List<VerifierKey> logs, SignedNote note, Checkpoint checkpoint) {
    return logs.stream().map(key -> verify(key, note, checkpoint, true)).toList();
  }

  private static KeyOutcome verify(
      VerifierKey key, SignedNote note, Checkpoint checkpoint, boolean log) {
    KeyState state = KeyState.MISSING;
    for (SignedNote.SignatureLine line : note.signatures()) {
      if (!key.isNamedBy(line)) {
        continue;
      }
      boolean timeless = !log || key.timestamp(line) == 0; // a log states no time, section 3
      if (!timeless || !key.verifies(line, checkpoint)) {
        return new KeyOutcome(key, KeyState.BAD);
      }
      state = KeyState.VERIFIED;
    }
    return new KeyOutcome(key, state);
  }
}
