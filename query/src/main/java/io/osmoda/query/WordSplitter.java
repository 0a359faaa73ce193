package io.osmoda.query;

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

  private final char[] buffer = new char[MAX_LENGTH];

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
