package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordSplitterTest {
  @Test
  void wordsAreRunsOfLettersAndDigitsInLowerCase() {
    assertThat(WordSplitter.words("GET /etc/Passwd?x=1"))
        .containsExactly("get", "etc", "passwd", "x", "1");
    assertThat(WordSplitter.words("Größe ÉTÉ straße")).containsExactly("größe", "été", "straße");
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
    assertThat(WordSplitter.words("a".repeat(WordSplitter.MAX_LENGTH - 1) + "\uD835\uDC9C"))
        .containsExactly("a".repeat(WordSplitter.MAX_LENGTH - 1), "\uD835\uDC9C");
    assertThat(WordSplitter.words("a".repeat(WordSplitter.MAX_LENGTH)))
        .containsExactly("a".repeat(WordSplitter.MAX_LENGTH));
  }
}
