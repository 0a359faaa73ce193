package io.osmoda.query;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Guesses what somebody meant to write. */
public final class Spelling {
  /** Most slips of the pen that a word may be away. */
  private static final int NEAR = 2;

  private Spelling() {}

  /** The candidate that was probably meant; null where none is near. */
  public static @Nullable String nearest(String word, Collection<String> candidates) {
    String nearest = null;
    int best = NEAR + 1;
    for (String candidate : candidates) {
      int distance = distance(word, candidate);
      if (word.length() > 2 && candidate.startsWith(word)) {
        distance = 0;
      }
      if (distance < best && distance < candidate.length()) {
        best = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** Levenshtein's distance, with a swap of neighbours as one step. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
