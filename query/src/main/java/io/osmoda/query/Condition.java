package io.osmoda.query;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of an entry. Its text form, {@code toString}, is what {@link WhereParser} reads.
 * Immutable and thread-safe.
 */
public sealed interface Condition {
  /** Asks nothing: every entry satisfies it. */
  static Condition all() {
    return new And(List.of());
  }

  /** Whether the entry satisfies it. */
  default boolean matches(Entry entry) {
    return test(new Candidate(entry));
  }

  /** The same, for an entry that several conditions are held against. */
  boolean test(Candidate candidate);

  /** Both; simplified where one asks nothing. */
  default Condition and(Condition other) {
    if (equals(all())) {
      return other;
    }
    return other.equals(all()) ? this : new And(List.of(this, other));
  }

  /** All of them. */
  record And(List<Condition> parts) implements Condition {
    public And {
      parts = List.copyOf(parts);
    }

    @Override
    public boolean test(Candidate candidate) {
      return parts.stream().allMatch(part -> part.test(candidate));
    }

    @Override
    public String toString() {
      return parts.stream()
          .map(part -> part instanceof Or ? "(" + part + ")" : part.toString())
          .collect(Collectors.joining(" AND "));
    }
  }

  /** Any of them, at least one of which there is. */
  record Or(List<Condition> parts) implements Condition {
    public Or {
      parts = List.copyOf(parts);
    }

    @Override
    public boolean test(Candidate candidate) {
      return parts.stream().anyMatch(part -> part.test(candidate));
    }

    @Override
    public String toString() {
      return parts.stream().map(Condition::toString).collect(Collectors.joining(" OR "));
    }
  }

  /** Not that: also satisfied where what that asks for is absent. */
  record Not(Condition part) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      return !part.test(candidate);
    }

    @Override
    public String toString() {
      return part instanceof And || part instanceof Or ? "NOT (" + part + ")" : "NOT " + part;
    }
  }

  /** The member is that string. */
  record Equal(Member member, String value) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      return value.equals(member.value(candidate.entry()));
    }

    @Override
    public String toString() {
      return member.word() + ":" + WhereParser.written(value);
    }
  }

  /** The member begins with that string. */
  record Begins(Member member, String prefix) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      String value = member.value(candidate.entry());
      return value != null && value.startsWith(prefix);
    }

    @Override
    public String toString() {
      return member.word() + ":" + WhereParser.written(prefix) + "*";
    }
  }

  /** The entry has the member. */
  record Present(Member member) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      return member == Member.CAUSED_BY
          ? !candidate.entry().causedBy().isEmpty()
          : member.value(candidate.entry()) != null;
    }

    @Override
    public String toString() {
      return member.word() + ":*";
    }
  }

  /** The sequence number lies in [first, end). */
  record SeqBetween(long first, long end) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      return candidate.entry().seq() >= first && candidate.entry().seq() < end;
    }

    @Override
    public String toString() {
      if (end == first + 1) {
        return "seq:" + first;
      }
      if (first == 0 && end != Long.MAX_VALUE) {
        return "seq<" + end;
      }
      String from = "seq>=" + first;
      return end == Long.MAX_VALUE ? from : "(" + from + " AND seq<" + end + ")";
    }
  }

  /** A time member stands so to that instant; its 30 characters have the order of time. */
  record At(Member member, Comparison comparison, Instant bound) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      String value = member.value(candidate.entry());
      return value != null && comparison.holds(value.compareTo(Moments.stamp(bound)));
    }

    @Override
    public String toString() {
      return member.word() + comparison.sign() + Quoted.of(Moments.stamp(bound));
    }
  }

  /** The entry names that one as a cause. */
  record Cause(String origin, long seq) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      for (CauseReference cause : candidate.entry().causedBy()) {
        if (cause.seq() == seq && cause.origin().equals(origin)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String toString() {
      return "caused_by:" + (origin.isEmpty() ? "" : origin) + "#" + seq;
    }
  }

  /**
   * A text of the entry has these words, one after the other.
   *
   * @param member where they stand; null for anywhere in the entry
   * @param words in lower case, at least one
   * @param open whether the last is only the beginning of a word
   */
  record Words(@Nullable Member member, List<String> words, boolean open) implements Condition {
    public Words {
      words = List.copyOf(words);
      if (words.isEmpty()) {
        throw new IllegalArgumentException("a search without words");
      }
    }

    @Override
    public boolean test(Candidate candidate) {
      if (member != null) {
        String value = member.value(candidate.entry());
        return value != null && isIn(value);
      }
      return candidate.anyText(this::isIn);
    }

    private boolean isIn(String text) {
      List<String> there = WordSplitter.words(text);
      for (int at = 0; at + words.size() <= there.size(); at++) {
        if (isAt(there, at)) {
          return true;
        }
      }
      return false;
    }

    private boolean isAt(List<String> there, int at) {
      int last = words.size() - 1;
      for (int i = 0; i < last; i++) {
        if (!there.get(at + i).equals(words.get(i))) {
          return false;
        }
      }
      return open
          ? there.get(at + last).startsWith(words.get(last))
          : there.get(at + last).equals(words.get(last));
    }

    @Override
    public String toString() {
      String name = member == null ? "text" : member.word();
      return name + ":" + Quoted.of(String.join(" ", words)) + (open ? "*" : "");
    }
  }

  /** Some value at the path is that string. */
  record PayloadEqual(PayloadPath path, String value) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      return any(candidate, path, at -> at instanceof JsonString(String s) && s.equals(value));
    }

    @Override
    public String toString() {
      return path + ":" + Quoted.of(value);
    }
  }

  /** Some value at the path is a string that begins so. */
  record PayloadBegins(PayloadPath path, String prefix) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      return any(candidate, path, at -> at instanceof JsonString(String s) && s.startsWith(prefix));
    }

    @Override
    public String toString() {
      return path + ":" + Quoted.of(prefix) + "*";
    }
  }

  /** Some value at the path is that number. */
  record PayloadNumber(PayloadPath path, double value) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      return any(candidate, path, at -> at instanceof JsonNumber(double d) && d == value);
    }

    @Override
    public String toString() {
      return path + "=" + Numbers.text(value);
    }
  }

  /** Some value at the path is {@code true}, {@code false} or {@code null}. */
  record PayloadLiteral(PayloadPath path, JsonValue literal) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      return any(candidate, path, literal::equals);
    }

    static @Nullable JsonValue literal(String word) {
      return switch (word) {
        case "true" -> JsonBoolean.TRUE;
        case "false" -> JsonBoolean.FALSE;
        case "null" -> JsonNull.NULL;
        default -> null;
      };
    }

    @Override
    public String toString() {
      return path
          + "="
          + switch (literal) {
            case JsonBoolean bool when bool == JsonBoolean.TRUE -> "true";
            case JsonBoolean bool -> "false";
            default -> "null";
          };
    }
  }

  /** Some value at the path is a number that stands so to the bound. */
  record PayloadCompared(PayloadPath path, Comparison comparison, double bound)
      implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      // Adding 0.0 makes one zero of the two.
      return any(
          candidate,
          path,
          at ->
              at instanceof JsonNumber(double d)
                  && comparison.holds(Double.compare(d + 0.0, bound + 0.0)));
    }

    @Override
    public String toString() {
      return path + comparison.sign() + Numbers.text(bound);
    }
  }

  /** There is something at the path, also null. */
  record PayloadPresent(PayloadPath path) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      return any(candidate, path, at -> true);
    }

    @Override
    public String toString() {
      return path + ":*";
    }
  }

  private static boolean any(
      Candidate candidate, PayloadPath path, java.util.function.Predicate<JsonValue> test) {
    JsonObject payload = candidate.payload();
    return payload != null && path.any(payload, test);
  }
}
