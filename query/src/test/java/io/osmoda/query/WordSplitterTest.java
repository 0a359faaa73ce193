package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.text.Normalizer;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordSplitterTest {
  @Test
  void wordsAreRunsOfLettersAndDigitsInLowerCase() {
    assertThat(WordSplitter.words("GET /etc/Passwd?x=1"))
        .containsExactly("get", "etc", "passwd", "x", "1");
    assertThat(WordSplitter.words("Größe ÉTÉ straße")).containsExactly("grösse", "été", "strasse");
    assertThat(WordSplitter.words("--- …")).isEmpty();
    assertThat(WordSplitter.words("")).isEmpty();
  }

  @Test
  void anIdeographIsAWord() {
    assertThat(WordSplitter.words("不行ok𠀀")).containsExactly("不", "行", "ok", "𠀀");
  }

  @Test
  void aLongRunIsSeveralWords() {
    assertThat(WordSplitter.words("a".repeat(WordSplitter.MAX_LENGTH + 2)))
        .containsExactly("a".repeat(WordSplitter.MAX_LENGTH), "aa");
    assertThat(WordSplitter.words("a".repeat(WordSplitter.MAX_LENGTH - 1) + "\uD801\uDC28"))
        .containsExactly("a".repeat(WordSplitter.MAX_LENGTH - 1), "\uD801\uDC28");
    assertThat(WordSplitter.words("a".repeat(WordSplitter.MAX_LENGTH)))
        .containsExactly("a".repeat(WordSplitter.MAX_LENGTH));
  }

  /** Each line is one text as people read it, written in several ways. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "caf\u00e9|cafe\u0301|CAF\u00c9|CAFE\u0301",
        "\u03bf\u03b4\u03cc\u03c2|\u039f\u0394\u038c\u03a3|\u03bf\u03b4\u03cc\u03c3",
        "Stra\u00dfe|STRASSE|STRA\u1e9eE|strasse",
        "\uff26\uff35\uff2c\uff2c|full|FULL",
        "\ufb01le|file|FILE",
        "\uff76\uff9e|\u30ac",
        "\u1100\u1161|\uac00",
        "co\u00adop|coop",
      })
  void wordsCompareAsPeopleReadThem(String spellings) {
    String[] ways = spellings.split("\\|", -1);
    for (String way : ways) {
      assertThat(WordSplitter.words(way)).as(way).isEqualTo(WordSplitter.words(ways[0])).hasSize(1);
    }
  }

  @Test
  void marksBelongToTheirLetter() {
    assertThat(WordSplitter.words("हिन्दी में")).containsExactly("हिन्दी", "में");
  }

  @Test
  void everyCharacterIsWrittenOneWayInAllItsForms() {
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      if (Character.getType(point) == Character.SURROGATE) {
        continue;
      }
      String text = Character.toString(point);
      String folded = Folding.fold(text);
      boolean isOneWay =
          Folding.fold(folded).equals(folded)
              && Folding.fold(text.toUpperCase(Locale.ROOT)).equals(folded);
      for (Normalizer.Form form : Normalizer.Form.values()) {
        isOneWay &= Folding.fold(Normalizer.normalize(text, form)).equals(folded);
      }
      if (!isOneWay) {
        fail("U+%04X is written in several ways".formatted(point));
      }
    }
  }
}
