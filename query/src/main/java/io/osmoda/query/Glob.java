package io.osmoda.query;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pattern for a whole text: {@code *} stands for any characters, also none, {@code ?} for one
 * character. What follows a backslash stands for itself. Immutable and thread-safe.
 */
record Glob(String pattern) {
  /** Longest pattern, characters: what a text is held against must stay cheap. */
  static final int MAX_LENGTH = 1_024;

  private static final int ANY = -1;
  private static final int ONE = -2;

  /** Collects literal text and wildcards. */
  static final class Builder {
    private final StringBuilder pattern = new StringBuilder();
    private boolean endsInAny;

    Builder literal(int codePoint) {
      if (codePoint == '*' || codePoint == '?' || codePoint == '\\') {
        pattern.append('\\');
      }
      pattern.appendCodePoint(codePoint);
      endsInAny = false;
      return this;
    }

    Builder literal(String text) {
      text.codePoints().forEach(this::literal);
      return this;
    }

    /** Adds {@code *} or {@code ?}; several {@code *} in a row are one. */
    Builder wild(char wildcard) {
      if (wildcard == '?' || !endsInAny) {
        pattern.append(wildcard);
      }
      endsInAny = wildcard == '*';
      return this;
    }

    Glob build() {
      return new Glob(pattern.toString());
    }
  }

  /** The pattern of a text in which every {@code *} and {@code ?} is a wildcard. */
  static Glob ofItem(String item) {
    Builder builder = new Builder();
    item.codePoints()
        .forEach(
            c -> {
              if (c == '*' || c == '?') {
                builder.wild((char) c);
              } else {
                builder.literal(c);
              }
            });
    return builder.build();
  }

  /** Its characters, wildcards as negative numbers. */
  private int[] compile() {
    int[] codes = new int[pattern.length()];
    int length = 0;
    for (int i = 0; i < pattern.length(); ) {
      int c = pattern.codePointAt(i);
      i += Character.charCount(c);
      if (c == '\\') {
        c = pattern.codePointAt(i);
        i += Character.charCount(c);
      } else if (c == '*') {
        c = ANY;
      } else if (c == '?') {
        c = ONE;
      }
      codes[length++] = c;
    }
    return Arrays.copyOf(codes, length);
  }

  /** How many characters and wildcards it has. */
  int length() {
    return compile().length;
  }

  boolean hasWildcard() {
    return Arrays.stream(compile()).anyMatch(c -> c < 0);
  }

  /** Whether it is {@code *} alone. */
  boolean isAny() {
    return pattern.equals("*");
  }

  /** Whether its only wildcard is a {@code *} at its end. */
  boolean isBeginning() {
    int[] codes = compile();
    int last = codes.length - 1;
    return last >= 0
        && codes[last] == ANY
        && Arrays.stream(codes, 0, last).noneMatch(code -> code < 0);
  }

  /** What every text that it matches begins with. */
  String prefix() {
    StringBuilder prefix = new StringBuilder();
    for (int code : compile()) {
      if (code < 0) {
        break;
      }
      prefix.appendCodePoint(code);
    }
    return prefix.toString();
  }

  /** The literal texts and the wildcards between them, in order. */
  List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    for (int code : compile()) {
      if (code >= 0) {
        literal.appendCodePoint(code);
        continue;
      }
      if (!literal.isEmpty()) {
        parts.add(new Part(literal.toString(), false));
        literal.setLength(0);
      }
      parts.add(new Part(code == ANY ? "*" : "?", true));
    }
    if (!literal.isEmpty()) {
      parts.add(new Part(literal.toString(), false));
    }
    return parts;
  }

  /** A literal text, or a wildcard. */
  record Part(String text, boolean isWild) {}

  /** What holds a text against the pattern; to be made once for many texts. */
  Matcher matcher() {
    return new Matcher(compile());
  }

  /** Holds texts against a pattern. Thread-safe. */
  static final class Matcher {
    private final int[] codes;

    private Matcher(int[] codes) {
      this.codes = codes;
    }

    /** Whether the whole text is as the pattern says. */
    boolean matches(String text) {
      int at = 0;
      int code = 0;
      int anyCode = -1; // behind the last * that was met, and from where it was tried last
      int anyAt = 0;
      while (at < text.length()) {
        int point = text.codePointAt(at);
        if (code < codes.length && codes[code] == ANY) {
          anyCode = ++code;
          anyAt = at;
        } else if (code < codes.length && (codes[code] == ONE || codes[code] == point)) {
          code++;
          at += Character.charCount(point);
        } else if (anyCode >= 0) {
          anyAt += Character.charCount(text.codePointAt(anyAt));
          at = anyAt;
          code = anyCode;
        } else {
          return false;
        }
      }
      while (code < codes.length && codes[code] == ANY) {
        code++;
      }
      return code == codes.length;
    }
  }

  /** As conditions write it: literal texts in quotes where they need them. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Part part : parts()) {
      text.append(
          part.isWild()
              ? part.text()
              : text.isEmpty()
                  ? WhereParser.written(part.text())
                  : WhereParser.writtenWithin(part.text()));
    }
    return text.toString();
  }
}
