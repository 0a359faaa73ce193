package io.osmoda.format.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.log.Hash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CauseReferenceTest {
  private static final String HEX = "0123456789abcdef".repeat(4);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#0@",
        "#17@",
        "#9007199254740991@",
        "audit.example.com/prod-01#5@",
        "0#0@",
        "host:8443/a_b-c.d#12@"
      })
  void textComesBack(String head) {
    CauseReference reference = CauseReference.parse(head + HEX);
    assertThat(reference).hasToString(head + HEX);
    assertThat(reference.entryHash().hex()).isEqualTo(HEX);
    assertThat(CauseReference.parse(reference.toString())).isEqualTo(reference);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "@",
        "#",
        "17@",
        "#@",
        "#17",
        "##17@",
        "#17@@",
        "#017@",
        "#00@",
        "#-1@",
        "#+1@",
        "# 1@",
        "#1 @",
        "#1.0@",
        "#1e3@",
        "#٣@",
        "#9007199254740992@",
        "#9999999999999999@",
        "#99999999999999999999@",
        "Upper#1@",
        "-a#1@",
        "a b#1@",
        "ä#1@",
        "a\n#1@",
        "\ud800#1@"
      })
  void otherTextIsRefused(String head) {
    assertThatThrownBy(() -> CauseReference.parse(head + HEX))
        .isInstanceOfSatisfying(
            DraftRefusedException.class,
            e -> {
              assertThat(e.member()).isEqualTo("caused_by");
              assertThatCode(() -> CanonicalJson.write(new JsonString(e.reason())))
                  .doesNotThrowAnyException();
            });
  }

  @Test
  void hashesHaveSixtyFourLowerCaseDigits() {
    for (String hash :
        new String[] {
          "", HEX.substring(1), HEX + "0", HEX.replace('a', 'A'), HEX.replace('f', 'g'), HEX + "\n"
        }) {
      assertThatThrownBy(() -> CauseReference.parse("#1@" + hash))
          .isInstanceOf(DraftRefusedException.class)
          .hasMessageContaining("ORIGIN#SEQ@ENTRY_HASH");
    }
  }

  @Test
  void originsHaveAtMost255Characters() {
    String longest = "a".repeat(255);
    assertThat(CauseReference.parse(longest + "#1@" + HEX).origin()).isEqualTo(longest);
    assertThatThrownBy(() -> CauseReference.parse("a" + longest + "#1@" + HEX))
        .isInstanceOf(DraftRefusedException.class);
  }

  @Test
  void sequenceNumbersStayWithinTheFormat() {
    Hash hash = Hash.fromHex(HEX);
    assertThatThrownBy(() -> new CauseReference("", -1, hash))
        .isInstanceOf(DraftRefusedException.class);
    assertThatThrownBy(() -> new CauseReference("", 1L << 53, hash))
        .isInstanceOf(DraftRefusedException.class);
  }

  @Test
  void aReceiptMakesALocalReference() {
    CauseReference reference = CauseReference.local(new Receipt(4, Hash.fromHex(HEX)));
    assertThat(reference).hasToString("#4@" + HEX);
  }

  @Test
  void messagesAreShortAndPrintable() {
    String hostile = "\u001b[31m\ud800" + "😀".repeat(200);
    assertThatThrownBy(() -> CauseReference.parse(hostile))
        .hasMessage(
            "caused_by: must read ORIGIN#SEQ@ENTRY_HASH: \"\\u001b[31m\\ud800"
                + "😀".repeat(74)
                + "…\"");
  }
}
