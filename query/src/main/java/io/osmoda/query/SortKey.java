package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What results are sorted by: a member's value in the order of its bytes, or a number in the
 * payload; entries without one last, equal ones by their sequence number.
 *
 * @param member one of {@link Member#GROUPED}, or {@link Member#SEQ}, which stands for none too
 * @param path where in the payload the number is, the first that there is; null for the member
 */
public record SortKey(Member member, @Nullable PayloadPath path, boolean descending) {
  /** Oldest first. */
  public static final SortKey OLDEST_FIRST = new SortKey(Member.SEQ, false);

  /** Newest first. */
  public static final SortKey NEWEST_FIRST = new SortKey(Member.SEQ, true);

  public SortKey(Member member, boolean descending) {
    this(member, null, descending);
  }

  /** Whether it is the order of sealing, one way or the other. */
  public boolean isBySeq() {
    return member == Member.SEQ && path == null;
  }

  /** Whether it is {@code payload.duration_ns}, which the index knows. */
  boolean isByDuration() {
    return path != null && path.names().equals(List.of(EntryDocument.DURATION_NAME));
  }

  /** The entry's value as text, null where it has none. */
  @Nullable String value(Entry entry) {
    if (path == null) {
      return member.value(entry);
    }
    Double number = number(entry);
    return number == null ? null : Numbers.text(number);
  }

  /** The number that the entry is sorted by, null where its payload has none there. */
  @Nullable Double number(Entry entry) {
    PayloadPath at = path;
    if (at == null) {
      throw new IllegalStateException("sorted by " + member.word());
    }
    if (isByDuration()) {
      Long nanos = Step.nanos(entry);
      return nanos == null ? null : (Double) nanos.doubleValue();
    }
    JsonObject payload = entry.payload();
    double[] found = {0};
    boolean isThere =
        payload != null
            && at.any(
                payload,
                value -> {
                  if (value instanceof JsonNumber(double number)) {
                    found[0] = number + 0.0; // one zero of the two
                    return true;
                  }
                  return false;
                });
    return isThere ? (Double) found[0] : null;
  }

  /**
   * Parses {@code MEMBER} or {@code payload.NAME}, with {@code :asc} or {@code :desc} behind it;
   * {@code asc} and {@code desc} alone sort by sequence number.
   *
   * @return null where it is none
   */
  public static @Nullable SortKey parse(String text) {
    boolean descending = text.equals("desc") || text.endsWith(":desc");
    if (text.equals("asc") || text.equals("desc")) {
      return new SortKey(Member.SEQ, descending);
    }
    String name = text.replaceFirst(":(asc|desc)$", "");
    if (name.startsWith("payload.")) {
      try {
        return new SortKey(Member.SEQ, WhereParser.path(name), descending);
      } catch (WhereException e) {
        return null; // no path, so no order
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
    return (path == null ? member.word() : path.toString()) + (descending ? ":desc" : ":asc");
  }
}
