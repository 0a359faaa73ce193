package io.osmoda.verify;

import io.osmoda.format.entry.Finding;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.InclusionProof;
import io.osmoda.format.log.RangeProof;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TrustPolicy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of verifying a proof and the checkpoint that it ends in (section 8). Immutable.
 *
 * @param findings the faults; empty unless tampered
 * @param notChecked what could not be checked, for a person; empty where all was
 */
public record ProofVerification(
    Verdict verdict, List<Finding> findings, List<String> notChecked, Checkpoint checkpoint) {
  public ProofVerification {
    findings = List.copyOf(findings);
    notChecked = List.copyOf(notChecked);
  }

  /**
   * Verifies the proof for an entry, and its checkpoint under a policy (section 8).
   *
   * @param entryHash the entry's recomputed hash
   * @param trust null if there is none: then the verdict is at best {@code unverifiable}
   */
  public static ProofVerification of(
      InclusionProof proof, Hash entryHash, @Nullable TrustPolicy trust) {
    Finding fault =
        proof.leadsToRoot(entryHash)
            ? null
            : new Finding(
                FindingKind.BAD_PROOF,
                proof.index(),
                "the proof does not lead from the entry hash "
                    + entryHash.hex()
                    + " at index "
                    + proof.index()
                    + " to the checkpoint's root");
    return of(fault, proof.checkpoint(), trust);
  }

  /**
   * Verifies the proof for the entries of a range, and its checkpoint under a policy.
   *
   * @param entryHashes as in {@link RangeProof#leadsToRoot(Iterator)}
   * @param trust null if there is none: then the verdict is at best {@code unverifiable}
   */
  public static ProofVerification of(
      RangeProof proof, Iterator<Hash> entryHashes, @Nullable TrustPolicy trust) {
    Finding fault =
        proof.leadsToRoot(entryHashes)
            ? null
            : new Finding(
                FindingKind.BAD_PROOF,
                null,
                "the entries %d to %d do not lead to the checkpoint's root"
                    .formatted(proof.first(), proof.end() - 1));
    return of(fault, proof.checkpoint(), trust);
  }

  /**
   * Verifies a checkpoint's signatures under a policy.
   *
   * @param trust null if there is none: then the verdict is at best {@code unverifiable}
   */
  public static ProofVerification of(SignedCheckpoint signed, @Nullable TrustPolicy trust) {
    return of(null, signed, trust);
  }

  private static ProofVerification of(
      @Nullable Finding proofFault, SignedCheckpoint signed, @Nullable TrustPolicy trust) {
    List<Finding> findings = new ArrayList<>();
    List<String> notChecked = new ArrayList<>();
    if (proofFault != null) {
      findings.add(proofFault);
    }
    if (trust == null) {
      notChecked.add("the checkpoint's signatures: no trust policy was given");
    } else {
      CheckpointVerifier.Outcome outcome = new CheckpointVerifier(trust).verify(signed);
      findings.addAll(outcome.findings());
      String unmet = outcome.notChecked();
      if (unmet != null) {
        notChecked.add(unmet);
      }
    }
    Verdict verdict =
        !findings.isEmpty()
            ? Verdict.TAMPERED
            : notChecked.isEmpty() ? Verdict.INTACT : Verdict.UNVERIFIABLE;
    return new ProofVerification(verdict, findings, notChecked, signed.checkpoint());
  }
}
