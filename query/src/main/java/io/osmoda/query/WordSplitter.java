package io.osmoda.query;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits text into the words that a search by text goes by: runs of letters and digits, in lower
 * case, at most {@link #MAX_LENGTH} characters (a longer run is several words); an ideograph is a
 * word by itself. The index and a scan of the ledger both go by this.
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
    int length = 0;
    for (int i = from; i < to; i++) {
      byte b = utf8[i];
      if (b < 0) {
        // Not ASCII: the slow way, from where the present word begins.
        String rest = new String(utf8, i - length, to - i + length, StandardCharsets.UTF_8);
        split(rest, (word, size) -> words.put(word, size).endTerm());
        return;
      }
      byte letter = IN_WORD[b];
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
    int length = 0;
    int i = 0;
    int end = text.length();
    while (i < end) {
      char c = text.charAt(i);
      if (c < 128) {
        i++;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
          buffer[length++] = c;
        } else if (c >= 'A' && c <= 'Z') {
          buffer[length++] = (char) (c + 32);
        } else {
          length = give(length, sink);
          continue;
        }
      } else {
        int point = text.codePointAt(i);
        i += Character.charCount(point);
        if (!Character.isLetterOrDigit(point)) {
          length = give(length, sink);
          continue;
        }
        int lower = Character.toLowerCase(point);
        boolean alone = Character.isIdeographic(point);
        if (alone || length + Character.charCount(lower) > MAX_LENGTH) {
          length = give(length, sink);
        }
        length += Character.toChars(lower, buffer, length);
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
}
