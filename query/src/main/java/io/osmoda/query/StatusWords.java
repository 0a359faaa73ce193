package io.osmoda.query;

import io.osmoda.format.entry.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The words that a status can be: one that none can be finds nothing, and looks like good news. */
final class StatusWords {
  private static final List<String> ALL = Arrays.stream(Status.values()).map(Status::text).toList();

  private StatusWords() {}

  /** What is wrong with a word or pattern that is asked for; null where an entry can have it. */
  static @Nullable String problem(Glob wanted) {
    Glob.Matcher matcher = wanted.matcher();
    return ALL.stream().anyMatch(matcher::matches) ? null : "there is no status " + wanted;
  }

  /** What to write instead. */
  static String hint(String word) {
    String near = Spelling.nearest(word.toLowerCase(Locale.ROOT), ALL);
    return "it is one of "
        + String.join(", ", ALL)
        + (near == null ? "" : "; did you mean " + near + "?");
  }
}
