package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Some entries in the order of a member.
 *
 * @param next where the following page begins; null after the last
 */
public record SortedPage(List<Entry> entries, @Nullable Position next) {
  public SortedPage {
    entries = List.copyOf(entries);
  }

  /**
   * A place in the order of a member among the entries below a size, which stays while entries
   * arrive.
   *
   * @param size the ledger's size when the first page was asked for
   * @param value the last entry's value; null where it has none, or before the first page
   * @param seq its sequence number, -1 before the first page
   */
  public record Position(long size, @Nullable String value, long seq) {
    private static final Pattern CURSOR =
        Pattern.compile("s(0|[1-9][0-9]{0,15})-(0|[1-9][0-9]{0,15})-([A-Za-z0-9_-]*)(~?)");

    /** Before the first page. */
    public static Position start(long size) {
      return new Position(size, null, -1);
    }

    /** As a cursor. */
    @Override
    public String toString() {
      String text = value == null ? "" : value;
      return "s%d-%d-%s%s"
          .formatted(
              size,
              seq,
              Base64.getUrlEncoder()
                  .withoutPadding()
                  .encodeToString(text.getBytes(StandardCharsets.UTF_8)),
              value == null ? "~" : "");
    }

    /** The position that a cursor names, null where it names none. */
    public static @Nullable Position parse(String cursor) {
      Matcher matcher = CURSOR.matcher(cursor);
      if (!matcher.matches()) {
        return null;
      }
      try {
        String value =
            matcher.group(4).isEmpty()
                ? new String(
                    Base64.getUrlDecoder().decode(matcher.group(3)), StandardCharsets.UTF_8)
                : null;
        return new Position(
            Long.parseLong(matcher.group(1)), value, Long.parseLong(matcher.group(2)));
      } catch (IllegalArgumentException e) {
        return null; // no base64, so no cursor of ours
      }
    }
  }
}
