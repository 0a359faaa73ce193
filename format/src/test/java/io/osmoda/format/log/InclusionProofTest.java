package io.osmoda.format.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InclusionProofTest {
  private static final String SIGNATURE = "\n— a.example/log AAAAAQI=\n";

  @Test
  void extraDataIsKeptAndMeansNothing() throws Exception {
    byte[] file =
        ProofText.toBytes(
            List.of("c2sp.org/tlog-proof@v1", "extra AQI=", "index 0"),
            List.of(),
            unsigned(new Checkpoint(TestLog.ORIGIN, 1, MerkleTree.leafHash(Hash.ZERO))));
    InclusionProof proof = InclusionProof.parse(file);
    assertThat(proof.toBytes()).isEqualTo(file);
    assertThat(proof.leadsToRoot(Hash.ZERO)).isTrue();
  }

  private static SignedCheckpoint unsigned(Checkpoint checkpoint) {
    try {
      return SignedCheckpoint.parse(
          (checkpoint.text() + SIGNATURE).getBytes(StandardCharsets.UTF_8));
    } catch (BadNoteException e) {
      throw new AssertionError(e);
    }
  }
}
