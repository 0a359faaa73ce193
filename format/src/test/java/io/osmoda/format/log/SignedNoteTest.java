package io.osmoda.format.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignedNoteTest {
  private static final String SIGNATURE = "AAAAAQI="; // key ID 1, one byte of signature
  private static final String LINE = "— a.example/k " + SIGNATURE + "\n";

  /** The example of C2SP signed-note. */
  private static final String PUBLISHED_KEY =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  private static final String PUBLISHED_NOTE =
      """
      This is an example message.

      — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
      """;

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void thePublishedExampleVerifies() throws Exception {
    VerifierKey key = VerifierKey.parse(PUBLISHED_KEY);
    SignedNote note = SignedNote.parse(utf8(PUBLISHED_NOTE));
    assertThat(note.text()).isEqualTo("This is an example message.\n");
    assertThat(key.isNamedBy(note.signatures().getFirst())).isTrue();
    assertThat(key.verifies(note.signatures().getFirst(), note.text())).isTrue();
    assertThat(key.verifies(note.signatures().getFirst(), "This is another message.\n")).isFalse();
    assertThat(note.toBytes()).isEqualTo(utf8(PUBLISHED_NOTE));
  }

  @Test
  void theTextEndsAtTheLastEmptyLineAndKeepsItsNewline() throws Exception {
    SignedNote note = SignedNote.parse(utf8("one\n\ntwo\n\n" + LINE + LINE));
    assertThat(note.text()).isEqualTo("one\n\ntwo\n");
    assertThat(note.signatures()).hasSize(2);
    assertThat(note.signatures().getFirst().keyId()).isEqualTo(1);
    assertThat(note.signatures().getFirst().signature()).containsExactly(2);
  }

  @Test
  void sixteenPostQuantumSignaturesAreAccepted() throws Exception {
    byte[] long44 = new byte[2_428];
    List<SignedNote.SignatureLine> lines =
        java.util.stream.IntStream.range(0, 16)
            .mapToObj(i -> new SignedNote.SignatureLine("witness/" + i, i, long44))
            .toList();
    SignedNote note = new SignedNote("text\n", lines);
    assertThat(SignedNote.parse(note.toBytes())).isEqualTo(note);
  }

  @Test
  void endlessSignaturesAreNot() {
    String most = LINE.repeat(SignedNote.MAX_SIGNATURES);
    assertThatThrownBy(() -> SignedNote.parse(utf8("text\n\n" + most + LINE)))
        .isInstanceOf(BadNoteException.class)
        .hasMessageContaining("more than");
  }

  static List<String> malformed() {
    return List.of(
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n" + LINE,
        "text\n\n\n",
        "text\n\n" + LINE.stripTrailing(),
        "text\n\n" + LINE + "\n",
        "text\n\n" + LINE + "more\n",
        "text\r\n\n" + LINE,
        "te\txt\n\n" + LINE,
        "te\0xt\n\n" + LINE,
        "text\n\n- a.example/k " + SIGNATURE + "\n",
        "text\n\n—  a.example/k " + SIGNATURE + "\n",
        "text\n\n—a.example/k " + SIGNATURE + "\n",
        "text\n\n— a.example/k  " + SIGNATURE + "\n",
        "text\n\n— a.example/k\n",
        "text\n\n—  " + SIGNATURE + "\n",
        "text\n\n— a+b " + SIGNATURE + "\n",
        "text\n\n— a\u00a0b " + SIGNATURE + "\n",
        "text\n\n— a\u2003b " + SIGNATURE + "\n",
        "text\n\n— a\u0085b " + SIGNATURE + "\n",
        "text\n\n— a.example/k \n",
        "text\n\n— a.example/k AAAAAQ==\n", // a key ID alone
        "text\n\n— a.example/k AAAAAQI\n", // no padding
        "text\n\n— a.example/k AAAAAQJ=\n", // unused bits set
        "text\n\n— a.example/k AAAA AQI=\n",
        "text\n\n— a.example/k AAAAAQI= \n",
        "text\n\n— a.example/k AAAAAQI-\n",
        "text\n\n— a.example/k _AAAAQI=\n");
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesWhatIsNoNote(String note) {
    assertThatThrownBy(() -> SignedNote.parse(utf8(note))).isInstanceOf(BadNoteException.class);
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[] note = utf8("text\n\n" + LINE);
    note[1] = (byte) 0xc3;
    assertThatThrownBy(() -> SignedNote.parse(note))
        .isInstanceOf(BadNoteException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void aCheckpointIsThreeLines() throws Exception {
    Checkpoint checkpoint = new Checkpoint("a.example/log", 20_852_163, Hash.ZERO);
    assertThat(checkpoint.text())
        .isEqualTo("a.example/log\n20852163\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    assertThat(Checkpoint.parse(checkpoint.text())).isEqualTo(checkpoint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.example\n1\n",
        "a.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "a.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nextension\n",
        "a.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
        "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "A.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a.example\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a.example\n+1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a.example\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a.example\n\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a.example\n9007199254740992\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a.example\n99999999999999999999\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
        "a.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        "a.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
        "a.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
      })
  void refusesWhatIsNoCheckpoint(String text) {
    assertThatThrownBy(() -> Checkpoint.parse(text)).isInstanceOf(BadNoteException.class);
  }
}
