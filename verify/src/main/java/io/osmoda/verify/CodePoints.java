package io.osmoda.verify;

import java.util.Arrays;
import java.util.Comparator;

/** The order that the format sorts by: by code point, not by UTF-16 unit. */
final class CodePoints {
  static final Comparator<String> ORDER =
      (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

  private CodePoints() {}
}
