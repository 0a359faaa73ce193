package io.osmoda.ledger;

import java.util.ArrayList;
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

  static ProofVerification of(
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
