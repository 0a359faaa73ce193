package io.osmoda.evidence;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes HTML that is XML too. What others wrote goes in through {@link #text} or {@link #data}
 * alone, which let no character through that HTML, XML or a reader's eye could take for something
 * else. Not thread-safe.
 */
final class Markup {
  /** Longest text of others that is shown whole, UTF-16 units. */
  private static final int LONGEST = 240;

  private final StringBuilder out = new StringBuilder(1 << 16);

  /** Our own markup, as it is. */
  Markup add(String markup) {
    out.append(markup);
    return this;
  }

  /** Text without markup. */
  Markup text(String text) {
    escape(text);
    return this;
  }

  /** What others wrote: its direction does not reach beyond it, and much is cut. */
  Markup data(String text) {
    out.append("<bdi>");
    int end = text.length();
    if (end > LONGEST) {
      end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    }
    escape(text.substring(0, end));
    out.append("</bdi>");
    if (end < text.length()) {
      out.append("<span class=\"dim\">… (");
      out.append(ReportWords.number(text.length())).append(" characters)</span>");
    }
    return this;
  }

  /** The same, whole. */
  Markup whole(String text) {
    out.append("<bdi>");
    escape(text);
    out.append("</bdi>");
    return this;
  }

  /** The same, whole, in letters of one width. */
  Markup code(String text) {
    out.append("<code>");
    escape(text);
    out.append("</code>");
    return this;
  }

  /** The same; a dash if there is none. */
  Markup dataOrDash(@Nullable String text) {
    return text == null || text.isEmpty() ? add("<span class=\"dim\">–</span>") : data(text);
  }

  Markup number(long number) {
    out.append(ReportWords.number(number));
    return this;
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      switch (point) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> {
          if (isShown(point)) {
            out.appendCodePoint(point);
          } else {
            out.append("\\u{").append(Integer.toHexString(point).toUpperCase(Locale.ROOT));
            out.append('}');
          }
        }
      }
    }
  }

  /** Whether a character is seen as what it is: not one that steers, hides or means nothing. */
  private static boolean isShown(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
