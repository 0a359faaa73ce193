package io.osmoda.query;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits text into the words that a search by text goes by: runs of letters and digits with their
 * marks, as {@link Folding} writes them, at most {@link #MAX_LENGTH} characters (a longer run is
 * several words); an ideograph is a word by itself. The index and a scan of the ledger both go by
 * this.
 */
final class WordSplitter {
  /** Longest word, in UTF-16 units. */
  static final int MAX_LENGTH = 48;

  /** Takes words as they are found. */
  interface Sink {
    /** A word stands in {@code buffer[0, length)}, which the next word overwrites. */
    void word(char[] buffer, int length);
  }

  /** What an ASCII character is in a word: a digit, a small letter; 0 where it is in none. */
  private static final byte[] IN_WORD = new byte[128];

  static {
    for (char c = 0; c < IN_WORD.length; c++) {
      IN_WORD[c] = (byte) (Character.isLetterOrDigit(c) ? Character.toLowerCase(c) : 0);
    }
  }

  private final char[] buffer = new char[MAX_LENGTH];
  private final byte[] ascii = new byte[MAX_LENGTH];

  /** Puts each word of a text in UTF-8 into a list of terms. */
  void split(byte[] utf8, int from, int to, TermList words) {
    int any = 0;
    for (int i = from; i < to; i++) {
      any |= utf8[i];
    }
    if (any < 0) {
      String text = new String(utf8, from, to - from, StandardCharsets.UTF_8);
      splitFolded(Folding.fold(text), false, (word, length) -> words.put(word, length).endTerm());
      return;
    }
    int length = 0;
    for (int i = from; i < to; i++) {
      byte letter = IN_WORD[utf8[i]];
      if (letter != 0) {
        ascii[length++] = letter;
      }
      if (length > 0 && (letter == 0 || length == MAX_LENGTH)) {
        words.put(ascii, 0, length).endTerm();
        length = 0;
      }
    }
    if (length > 0) {
      words.put(ascii, 0, length).endTerm();
    }
  }

  /** Hands out each word of the text, in order. */
  void split(String text, Sink sink) {
    splitFolded(Folding.fold(text), false, sink);
  }

  /**
   * @param hasWildcards whether {@code *} and {@code ?} are part of words, as in a pattern
   */
  private void splitFolded(String text, boolean hasWildcards, Sink sink) {
    int length = 0;
    int end = text.length();
    for (int i = 0; i < end; ) {
      char c = text.charAt(i);
      if (c < 128) {
        i++;
        if (IN_WORD[c] != 0 || (hasWildcards && (c == '*' || c == '?'))) {
          buffer[length++] = c;
        } else {
          length = give(length, sink);
          continue;
        }
      } else {
        int point = text.codePointAt(i);
        i += Character.charCount(point);
        if (!Folding.isInWord(point, length > 0)) {
          length = give(length, sink);
          continue;
        }
        boolean alone = Character.isIdeographic(point);
        if (alone || length + Character.charCount(point) > MAX_LENGTH) {
          length = give(length, sink);
        }
        length += Character.toChars(point, buffer, length);
        if (alone) {
          length = give(length, sink);
        }
      }
      if (length == MAX_LENGTH) {
        length = give(length, sink);
      }
    }
    give(length, sink);
  }

  private int give(int length, Sink sink) {
    if (length > 0) {
      sink.word(buffer, length);
    }
    return 0;
  }

  /** The words of a text. */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    new WordSplitter().split(text, (buffer, length) -> words.add(new String(buffer, 0, length)));
    return words;
  }

  /** The words of a pattern, in which {@code *} and {@code ?} stand for letters of a word. */
  static List<String> patternWords(Glob pattern) {
    StringBuilder text = new StringBuilder();
    for (Glob.Part part : pattern.parts()) {
      // What is literal here is no wildcard there.
      text.append(
          part.isWild()
              ? part.text()
              : Folding.fold(part.text()).replace('*', ' ').replace('?', ' '));
    }
    List<String> words = new ArrayList<>();
    new WordSplitter()
        .splitFolded(
            text.toString(), true, (buffer, length) -> words.add(new String(buffer, 0, length)));
    return words;
  }
}
