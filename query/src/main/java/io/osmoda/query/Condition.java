package io.osmoda.query;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.text.Normalizer;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
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

  /** The whole member is as a pattern says. */
  record Like(Member member, Glob glob) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      String value = member.value(candidate.entry());
      return value != null && glob.matcher().matches(value);
    }

    @Override
    public String toString() {
      return member.word() + ":" + glob;
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
   * @param words as {@link WordSplitter} gives them, at least one; {@code *} and {@code ?} in them
   *     stand for letters
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
        if (!isWord(words.get(i), there.get(at + i))) {
          return false;
        }
      }
      return open
          ? there.get(at + last).startsWith(words.get(last))
          : isWord(words.get(last), there.get(at + last));
    }

    private static boolean isWord(String wanted, String word) {
      return isPattern(wanted) ? Glob.ofItem(wanted).matcher().matches(word) : wanted.equals(word);
    }

    /** Whether a word has letters left open. */
    static boolean isPattern(String word) {
      return word.indexOf('*') >= 0 || word.indexOf('?') >= 0;
    }

    @Override
    public String toString() {
      String name = member == null ? "text" : member.word();
      return words.stream().anyMatch(Words::isPattern)
          ? name + ":" + String.join("-", words) + (open ? "*" : "")
          : name + ":" + Quoted.of(String.join(" ", words)) + (open ? "*" : "");
    }
  }

  /**
   * A text has this in it, also within words, compared as {@link Folding} writes both.
   *
   * @param member where it stands; null for the payload's path
   * @param path where in the payload; null for the member, or with no member for anywhere
   */
  record Has(@Nullable Member member, @Nullable PayloadPath path, String part)
      implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      Predicate<String> isIn = test();
      if (member != null) {
        String value = member.value(candidate.entry());
        return value != null && isIn.test(value);
      }
      return path == null
          ? candidate.anyText(isIn)
          : any(candidate, path, at -> at instanceof JsonString(String s) && isIn.test(s));
    }

    Predicate<String> test() {
      String folded = Folding.fold(part);
      return text -> Folding.fold(text).contains(folded);
    }

    @Override
    public String toString() {
      String where = member != null ? member.word() : path != null ? path.toString() : "text";
      return where + "~" + Quoted.of(part);
    }
  }

  /**
   * The entry's target or a string that its call was given names that path, or one below it: it
   * stands there whole, not as the beginning of another name. Results are not looked into.
   */
  record Touches(String path) implements Condition {
    /** Characters of names, beside letters and digits. */
    private static final String IN_NAMES = "_-.~";

    /** Characters of names that programs also write before a whole path. */
    private static final String MAY_PRECEDE = "@+%";

    @Override
    public boolean test(Candidate candidate) {
      String wanted = Normalizer.normalize(path, Normalizer.Form.NFC);
      return candidate.anyTouched(
          text -> isIn(Normalizer.normalize(text, Normalizer.Form.NFC), wanted));
    }

    private static boolean isIn(String text, String wanted) {
      for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
        int end = at + wanted.length();
        if ((at == 0 || !leadsTo(text.codePointBefore(at), wanted))
            && (end == text.length() || wanted.endsWith("/") || !goesOn(text, end))) {
          return true;
        }
      }
      return false;
    }

    /** Whether a character before the path makes it the end of a longer one. */
    private static boolean leadsTo(int before, String wanted) {
      return isInWord(before)
          || IN_NAMES.indexOf(before) >= 0
          || (MAY_PRECEDE.indexOf(before) >= 0 && wanted.charAt(0) != '/');
    }

    /** Whether what stands behind the path makes its last name another; a full stop may end it. */
    private static boolean goesOn(String text, int end) {
      int behind = text.codePointAt(end);
      if (behind == '.') {
        return end + 1 < text.length() && isInWord(text.codePointAt(end + 1));
      }
      return isInWord(behind) || IN_NAMES.indexOf(behind) >= 0 || MAY_PRECEDE.indexOf(behind) >= 0;
    }

    /** Whether the index may take a character and its neighbour for one word. */
    private static boolean isInWord(int point) {
      String folded = Folding.fold(Character.toString(point));
      return folded.isEmpty() || folded.codePoints().anyMatch(c -> Folding.isInWord(c, true));
    }

    @Override
    public String toString() {
      return "touched:" + Quoted.of(path);
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

  /** Some value at the path is a string as a pattern says. */
  record PayloadLike(PayloadPath path, Glob glob) implements Condition {
    @Override
    public boolean test(Candidate candidate) {
      Glob.Matcher matcher = glob.matcher();
      return any(candidate, path, at -> at instanceof JsonString(String s) && matcher.matches(s));
    }

    @Override
    public String toString() {
      return path + ":" + glob;
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

  private static boolean any(Candidate candidate, PayloadPath path, Predicate<JsonValue> test) {
    JsonObject payload = candidate.payload();
    return payload != null && path.any(payload, test);
  }
}
