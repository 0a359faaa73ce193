package io.osmoda.query;

import org.jspecify.annotations.Nullable;

/**
 * What results are sorted by: a member's value in the order of its bytes, entries without one last,
 * equal ones by their sequence number.
 *
 * @param member one of {@link Member#GROUPED}, or {@link Member#SEQ}
 */
public record SortKey(Member member, boolean descending) {
  /** Oldest first. */
  public static final SortKey OLDEST_FIRST = new SortKey(Member.SEQ, false);

  /** Newest first. */
  public static final SortKey NEWEST_FIRST = new SortKey(Member.SEQ, true);

  /** Whether it is the order of sealing, one way or the other. */
  public boolean isBySeq() {
    return member == Member.SEQ;
  }

  /**
   * Parses {@code MEMBER}, {@code MEMBER:asc} or {@code MEMBER:desc}; {@code asc} and {@code desc}
   * alone sort by sequence number.
   *
   * @return null where it is none
   */
  public static @Nullable SortKey parse(String text) {
    String name = text;
    boolean descending = false;
    int colon = text.indexOf(':');
    String order = colon < 0 ? text : text.substring(colon + 1);
    switch (order) {
      case "asc", "desc" -> {
        descending = order.equals("desc");
        name = colon < 0 ? Member.SEQ.word() : text.substring(0, colon);
      }
      default -> {
        if (colon >= 0) {
          return null;
        }
      }
    }
    Member member = Member.of(name);
    if (member == Member.TIMESTAMP) {
      member = Member.SEQ; // their order is the same
    }
    return member != null && (member == Member.SEQ || Member.GROUPED.contains(member))
        ? new SortKey(member, descending)
        : null;
  }

  @Override
  public String toString() {
    return member.word() + (descending ? ":desc" : ":asc");
  }
}
