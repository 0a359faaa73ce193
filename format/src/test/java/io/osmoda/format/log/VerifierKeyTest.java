package io.osmoda.format.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierKeyTest {
  private static final String PUBLISHED =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  private static List<String> vectorKeys() throws Exception {
    return new String(TestLog.vector("trust.policy"), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("log "))
        .map(line -> line.substring("log ".length()))
        .toList();
  }

  @Test
  void theVectorsKeysFollowFromTheirSeeds() throws Exception {
    assertThat(TestLog.verifier("vectors.example/one", VerifierKey.Type.ED25519, 1).toString())
        .isEqualTo(vectorKeys().get(0));
    assertThat(TestLog.verifier("vectors.example/one", VerifierKey.Type.ML_DSA_44, 2).toString())
        .isEqualTo(vectorKeys().get(1));
  }

  @Test
  void parsedKeysAreWrittenAsTheyWere() throws Exception {
    for (String vkey : vectorKeys()) {
      assertThat(VerifierKey.parse(vkey)).hasToString(vkey).isEqualTo(VerifierKey.parse(vkey));
    }
    assertThat(VerifierKey.parse(PUBLISHED)).hasToString(PUBLISHED);
    assertThat(VerifierKey.parse(PUBLISHED).id()).isEqualTo(0x530d903a);
  }

  @Test
  void theKeyIdDependsOnNameKindAndKey() throws Exception {
    VerifierKey log = TestLog.verifier("a", VerifierKey.Type.ED25519, 1);
    VerifierKey witness = TestLog.verifier("a", VerifierKey.Type.ED25519_COSIGNATURE, 1);
    assertThat(log.id()).isNotEqualTo(witness.id());
    assertThat(log.sameKey(witness)).isTrue();
    assertThat(log).isNotEqualTo(witness);
    assertThat(log.id()).isNotEqualTo(TestLog.verifier("b", VerifierKey.Type.ED25519, 1).id());
    assertThat(log.id()).isNotEqualTo(TestLog.verifier("a", VerifierKey.Type.ED25519, 2).id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+30d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAA==",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+/+kyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AQ==",
        "example .com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      })
  void refusesWhatIsNoKeyOrHasAnotherId(String vkey) {
    assertThatThrownBy(() -> VerifierKey.parse(vkey)).isInstanceOf(BadKeyException.class);
  }

  @Test
  void refusesAnEd25519KeyThatIsNoPoint() {
    byte[] noPoint = new byte[32];
    noPoint[0] = 2;
    assertThatThrownBy(() -> VerifierKey.of("a", VerifierKey.Type.ED25519, noPoint))
        .isInstanceOf(BadKeyException.class);
  }

  @Test
  void bothSignaturesOfEveryVectorCheckpointVerifyAndBreakWithAnyChange() throws Exception {
    List<String> vkeys = vectorKeys();
    for (String file :
        List.of(
            "ledger-300/checkpoints/00000000000000000001",
            "ledger-300/checkpoints/00000000000000000150",
            "ledger-300/checkpoints/00000000000000000300",
            "bundle-actor/checkpoint")) {
      SignedNote note = SignedNote.parse(TestLog.vector(file));
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      assertThat(note.signatures()).hasSize(2);
      for (String vkey : vkeys) {
        VerifierKey key = VerifierKey.parse(vkey);
        SignedNote.SignatureLine line =
            note.signatures().stream().filter(key::isNamedBy).findFirst().orElseThrow();
        assertThat(key.verifies(line, checkpoint)).as("%s in %s", key.type(), file).isTrue();
        assertThat(
                key.verifies(
                    line,
                    new Checkpoint(checkpoint.origin(), checkpoint.size() + 1, checkpoint.root())))
            .isFalse();
        assertThat(key.verifies(line, new Checkpoint(checkpoint.origin(), 1, Hash.ZERO))).isFalse();
        byte[] blob = line.signature();
        for (int at : new int[] {0, 7, 8, blob.length / 2, blob.length - 1}) {
          byte[] changed = blob.clone();
          changed[at] ^= 1;
          assertThat(
                  key.verifies(
                      new SignedNote.SignatureLine(line.name(), line.keyId(), changed), checkpoint))
              .as("%s, byte %d changed", key.type(), at)
              .isFalse();
        }
        byte[] shorter = Arrays.copyOf(blob, blob.length - 1);
        assertThat(
                key.verifies(
                    new SignedNote.SignatureLine(line.name(), line.keyId(), shorter), checkpoint))
            .isFalse();
      }
    }
  }

  @Test
  void oddSignaturesAreJudgedByOneRule() throws Exception {
    Checkpoint checkpoint = new Checkpoint("odd.example/one", 7, Hash.ZERO);
    for (Map.Entry<String, OddEd25519.Signed> odd : OddEd25519.of(checkpoint.text()).entrySet()) {
      OddEd25519.Signed signed = odd.getValue();
      VerifierKey key = VerifierKey.parse(OddEd25519.vkey(checkpoint.origin(), signed.key()));
      SignedNote note =
          SignedNote.parse(OddEd25519.note(checkpoint.text(), checkpoint.origin(), signed));
      assertThat(key.verifies(note.signatures().getFirst(), checkpoint))
          .as(odd.getKey())
          .isEqualTo(signed.isGood());
    }
  }

  @Test
  void keysOfSmallOrderAndOtherSpellingsAreRefused() {
    OddEd25519.badKeys()
        .forEach(
            (what, key) ->
                assertThatThrownBy(() -> VerifierKey.parse(OddEd25519.vkey("odd.example", key)))
                    .as(what)
                    .isInstanceOf(BadKeyException.class));
  }
}
