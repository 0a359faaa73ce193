package io.osmoda.format.entry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.osmoda.format.json.CanonicalJsonPropertyTest;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.SeededFuzz;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.BadPolicyException;
import io.osmoda.format.log.BadProofException;
import io.osmoda.format.log.InclusionProof;
import io.osmoda.format.log.RangeProof;
import io.osmoda.format.log.SignedNote;
import io.osmoda.format.log.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Coverage-guided fuzzing of the parsers, for as long as one likes; by its name no part of the
 * build, which fuzzes with {@link SeededFuzz}. One parser at a time:
 *
 * <pre>JAZZER_FUZZ=1 ./mvnw -pl ledger -am test -Dtest=ParserFuzz#canonicalJson \
 *     -Dsurefire.failIfNoSpecifiedTests=false</pre>
 */
final class ParserFuzz {
  private static final String DURATION = "10m";
  private static final Path VECTORS = Path.of("src/test/resources/vectors");

  static List<byte[]> json() throws IOException {
    return CanonicalJsonPropertyTest.corpus();
  }

  @MethodSource("json")
  @FuzzTest(maxDuration = DURATION)
  void canonicalJson(byte[] input) {
    CanonicalJsonPropertyTest.check(input);
  }

  static List<byte[]> lines() throws IOException {
    return EntryLineFuzzTest.corpus();
  }

  @MethodSource("lines")
  @FuzzTest(maxDuration = DURATION)
  void entryLine(byte[] input) throws JsonException {
    new EntryLineFuzzTest().compare(input);
  }

  static List<byte[]> notes() throws IOException {
    return List.of(
        Files.readAllBytes(VECTORS.resolve("ledger-300/checkpoints/00000000000000000150")),
        Files.readAllBytes(VECTORS.resolve("bundle-actor/checkpoint")));
  }

  @MethodSource("notes")
  @FuzzTest(maxDuration = DURATION)
  void signedNote(byte[] input) {
    try {
      assertThat(SignedNote.parse(input).toBytes()).isEqualTo(input);
    } catch (BadNoteException refused) {
      assertThat(refused).message().isNotBlank();
    }
  }

  static List<byte[]> proofs() throws IOException {
    return List.of(
        Files.readAllBytes(VECTORS.resolve("bundle-actor/proofs/34.tlog-proof")),
        Files.readAllBytes(VECTORS.resolve("bundle-actor/range.proof")));
  }

  @MethodSource("proofs")
  @FuzzTest(maxDuration = DURATION)
  void proof(byte[] input) {
    try {
      assertThat(InclusionProof.parse(input).toBytes()).isEqualTo(input);
    } catch (BadProofException refused) {
      assertThat(refused).message().isNotBlank();
    }
    try {
      assertThat(RangeProof.parse(input).toBytes()).isEqualTo(input);
    } catch (BadProofException refused) {
      assertThat(refused).message().isNotBlank();
    }
  }

  static List<byte[]> policies() throws IOException {
    return List.of(
        Files.readAllBytes(VECTORS.resolve("trust.policy")),
        "# x\nlog a+00000000+AA==\nwitness a b\ngroup g 1 a\nquorum g\n".getBytes(UTF_8));
  }

  @MethodSource("policies")
  @FuzzTest(maxDuration = DURATION)
  void trustPolicy(byte[] input) {
    try {
      assertThat(TrustPolicy.parse(input)).isNotNull();
    } catch (BadPolicyException refused) {
      assertThat(refused).message().isNotBlank();
    }
  }
}
