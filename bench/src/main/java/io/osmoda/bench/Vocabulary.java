package io.osmoda.bench;

import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Words, and other things of which few are frequent and many are rare: the thing of rank r comes
 * about as often as 1/r, as Zipf found of words. Immutable and thread-safe.
 */
final class Vocabulary {
  private static final String[] ONSETS = {
    "b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "br", "cl", "st", "tr", "pr"
  };
  private static final String[] VOWELS = {"a", "e", "i", "o", "u", "ai", "ea", "io", "ü", "é"};
  private static final int PLAIN_VOWELS = 8;
  private static final String[] CODAS = {"", "", "", "n", "r", "s", "l", "t", "ck", "nd"};

  /** One word in so many has a letter beyond ASCII. */
  private static final int ACCENTED_EVERY = 40;

  private final String[] words;

  Vocabulary(int size, long seed) {
    Random random = new Random(seed);
    this.words = new String[size];
    for (int i = 0; i < size; i++) {
      words[i] = word(random, i);
    }
  }

  private static String word(Random random, int rank) {
    StringBuilder word = new StringBuilder();
    // Frequent words are short.
    int syllables = 1 + (rank > 60 ? 1 : 0) + random.nextInt(2);
    for (int i = 0; i < syllables; i++) {
      boolean isAccented = random.nextInt(ACCENTED_EVERY) == 0;
      word.append(ONSETS[random.nextInt(ONSETS.length)])
          .append(VOWELS[random.nextInt(isAccented ? VOWELS.length : PLAIN_VOWELS)])
          .append(CODAS[random.nextInt(CODAS.length)]);
    }
    return word.toString();
  }

  /** A word, frequent ones more often. */
  String word(RandomGenerator random) {
    return words[rank(random, words.length)];
  }

  /** The word of a rank. */
  String word(int rank) {
    return words[rank];
  }

  int size() {
    return words.length;
  }

  /** A rank below a bound, each about as often as 1/(rank + 1). */
  static int rank(RandomGenerator random, int bound) {
    return (int) Math.exp(random.nextDouble() * Math.log(bound + 1.0)) - 1;
  }
}
