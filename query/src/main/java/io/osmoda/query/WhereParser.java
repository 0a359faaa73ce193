package io.osmoda.query;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.json.JsonValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads conditions, as {@code docs/query.md} describes them:
 *
 * <pre>
 * either    = both { OR both }
 * both      = one { [AND] one }
 * one       = NOT one | '(' either ')' | field op value | word
 * field     = a member's name | payload { '.' name } | text
 * op        = ':' | '=' | '!=' | '&lt;' | '&lt;=' | '&gt;' | '&gt;='
 * value     = word ['*'] | '"' any text, \" and \\ '"' ['*'] | '*'
 * </pre>
 *
 * For one use by one thread.
 */
public final class WhereParser {
  /** Longest condition, UTF-16 units. */
  public static final int MAX_LENGTH = 16_384;

  /** Deepest nesting of brackets and NOTs. */
  private static final int MAX_DEPTH = 64;

  private static final List<String> FIELDS =
      Stream.concat(Arrays.stream(Member.values()).map(Member::word), Stream.of("text", "payload"))
          .toList();

  private final String text;
  private final Instant now;
  private final ZoneId zone;
  private int at;
  private int depth;

  private WhereParser(String text, Instant now, ZoneId zone) {
    this.text = text;
    this.now = now;
    this.zone = zone;
  }

  /**
   * Reads a condition.
   *
   * @param now what ages such as {@code 2h} are counted from
   * @param zone for times without an offset
   * @throws WhereException if it is none; names the column
   */
  public static Condition parse(String text, Instant now, ZoneId zone) throws WhereException {
    WhereParser parser = new WhereParser(text, now, zone);
    if (text.length() > MAX_LENGTH) {
      throw parser.wrong(MAX_LENGTH, "a condition has at most " + MAX_LENGTH + " characters", null);
    }
    parser.skipSpace();
    if (parser.isAtEnd()) {
      throw parser.wrong(0, "an empty condition", "Leave it out to have every entry.");
    }
    Condition condition = parser.either();
    if (!parser.isAtEnd()) {
      throw parser.wrong(parser.at, "a ')' that nothing opened", null);
    }
    return condition;
  }

  /**
   * Reads a text to search for: its words, each of which must be there, where quotes make a
   * sequence of several.
   *
   * @throws WhereException if it has no word
   */
  public static Condition text(String text) throws WhereException {
    WhereParser parser = new WhereParser(text, Instant.EPOCH, ZoneOffset.UTC);
    List<Condition> parts = new ArrayList<>();
    parser.skipSpace();
    while (!parser.isAtEnd()) {
      int start = parser.at;
      Value value = parser.peek() == '"' ? parser.quoted() : parser.until(Character::isWhitespace);
      parts.add(parser.words(null, value, start));
      parser.skipSpace();
    }
    if (parts.isEmpty()) {
      throw parser.wrong(0, "an empty text matches nothing", null);
    }
    return parts.size() == 1 ? parts.getFirst() : new Condition.And(parts);
  }

  /**
   * Reads a path into a payload, {@code payload.a.b}.
   *
   * @throws WhereException if it is none
   */
  static PayloadPath path(String text) throws WhereException {
    WhereParser parser = new WhereParser(text, Instant.EPOCH, ZoneOffset.UTC);
    if (!parser.name().equals("payload")) {
      throw parser.wrong(0, "a path begins with payload.", null);
    }
    PayloadPath path = parser.path();
    if (!parser.isAtEnd()) {
      throw parser.wrong(parser.at, "a path ends here", null);
    }
    return path;
  }

  /** A value as it was written. */
  private record Value(String text, boolean quoted, boolean open) {
    boolean isAny() {
      return text.isEmpty() && open && !quoted;
    }
  }

  private Condition either() throws WhereException {
    List<Condition> parts = new ArrayList<>(List.of(both()));
    while (takeWord("OR")) {
      parts.add(both());
    }
    return parts.size() == 1 ? parts.getFirst() : new Condition.Or(parts);
  }

  private Condition both() throws WhereException {
    List<Condition> parts = new ArrayList<>(List.of(one()));
    while (takeWord("AND") || (!isAtEnd() && peek() != ')' && !isWord("OR"))) {
      parts.add(one());
    }
    return parts.size() == 1 ? parts.getFirst() : new Condition.And(parts);
  }

  private Condition one() throws WhereException {
    skipSpace();
    if (isAtEnd()) {
      throw wrong(at, "a condition is missing at the end", null);
    }
    if (++depth > MAX_DEPTH) {
      throw wrong(at, "nested deeper than " + MAX_DEPTH, null);
    }
    try {
      if (takeWord("NOT")) {
        return new Condition.Not(one());
      }
      for (String operator : List.of("AND", "OR")) {
        if (isWord(operator)) {
          throw wrong(at, "a condition is missing before " + operator, null);
        }
      }
      if (peek() == '(') {
        int open = at++;
        Condition inner = either();
        if (isAtEnd()) {
          throw wrong(open, "this '(' is not closed", null);
        }
        at++;
        skipSpace();
        return inner;
      }
      return simple();
    } finally {
      depth--;
    }
  }

  private Condition simple() throws WhereException {
    int start = at;
    if (peek() == ')') {
      throw wrong(at, "a condition is missing before ')'", null);
    }
    if (peek() == '"') {
      Condition words = words(null, quoted(), start);
      skipSpace();
      return words;
    }
    String name = name();
    PayloadPath path = name.equals("payload") ? path() : null;
    int operatorAt = at;
    String operator = operator();
    if (operator == null) {
      if (path != null && !path.names().isEmpty()) {
        throw wrong(
            at,
            "an operator is missing after " + path,
            "Write %s:* for its presence.".formatted(path));
      }
      at = start;
      Condition words = words(null, bare(), start);
      skipSpace();
      return words;
    }
    if (name.isEmpty()) {
      throw wrong(start, "a field is missing before '" + operator + "'", fieldHint(""));
    }
    Member member = Member.of(name);
    if (member == null && path == null && !name.equals("text")) {
      throw wrong(start, "there is no field '" + name + "'", fieldHint(name));
    }
    if ((operator.equals("=") || operator.equals(":")) && !isAtEnd() && peek() == '=') {
      throw wrong(
          operatorAt,
          "there is no operator '" + operator + "='",
          "Operators are : = != < <= > >=. A value that begins with = stands in quotes.");
    }
    skipSpace();
    int valueAt = at;
    if (!isAtEnd() && peek() == '\'') {
      throw wrong(
          at,
          "a value does not stand in single quotes",
          "Write %s%s\"…\".".formatted(name, operator));
    }
    if (isAtEnd() || peek() == ')') {
      throw wrong(at, "a value is missing after '" + operator + "'", null);
    }
    Value value = peek() == '"' ? quoted() : bare();
    skipSpace();
    boolean not = operator.equals("!=");
    String positive = not ? "=" : operator;
    Condition condition;
    if (path != null) {
      condition = payload(path, positive, value, operatorAt, valueAt);
    } else if (member == null) {
      requireEquality("text", positive, operatorAt);
      condition = words(null, value, valueAt);
    } else {
      condition = member(member, positive, value, operatorAt, valueAt);
    }
    return not ? new Condition.Not(condition) : condition;
  }

  private Condition member(Member member, String operator, Value value, int operatorAt, int valueAt)
      throws WhereException {
    if (value.isAny() && isEquality(operator)) {
      return new Condition.Present(member);
    }
    return switch (member.kind()) {
      case NUMBER -> seq(operator, value, valueAt);
      case TIME -> time(member, operator, value, valueAt);
      case TEXT -> {
        requireEquality(member.word(), operator, operatorAt);
        yield words(member, value, valueAt);
      }
      case CAUSE -> {
        requireEquality(member.word(), operator, operatorAt);
        yield cause(value, valueAt);
      }
      case HEX -> {
        requireEquality(member.word(), operator, operatorAt);
        yield hex(member, value, valueAt);
      }
      case WORD -> {
        requireEquality(member.word(), operator, operatorAt);
        if (member == Member.STATUS) {
          requireStatus(value, valueAt);
        }
        if (value.open()) {
          yield new Condition.Begins(member, value.text());
        }
        requireText(value, valueAt);
        yield new Condition.Equal(member, value.text());
      }
    };
  }

  private Condition seq(String operator, Value value, int valueAt) throws WhereException {
    if (value.open() || !value.text().matches("#?(0|[1-9][0-9]{0,15})")) {
      throw wrong(valueAt, "not a sequence number: '" + value.text() + "'", null);
    }
    long seq = Long.parseLong(value.text().replace("#", ""));
    return switch (operator) {
      case "<" -> new Condition.SeqBetween(0, seq);
      case "<=" -> new Condition.SeqBetween(0, seq + 1);
      case ">" -> new Condition.SeqBetween(seq + 1, Long.MAX_VALUE);
      case ">=" -> new Condition.SeqBetween(seq, Long.MAX_VALUE);
      default -> new Condition.SeqBetween(seq, seq + 1);
    };
  }

  private Condition time(Member member, String operator, Value value, int valueAt)
      throws WhereException {
    Instant instant;
    try {
      instant = Moments.parse(value.text(), now, zone);
    } catch (DateTimeException e) {
      throw wrong(valueAt, String.valueOf(e.getMessage()), "Write one of: " + Moments.FORMS + ".");
    }
    return switch (operator) {
      case "<" -> new Condition.At(member, Comparison.LESS, instant);
      case "<=" -> new Condition.At(member, Comparison.AT_MOST, instant);
      case ">" -> new Condition.At(member, Comparison.GREATER, instant);
      case ">=" -> new Condition.At(member, Comparison.AT_LEAST, instant);
      default ->
          new Condition.And(
              List.of(
                  new Condition.At(member, Comparison.AT_LEAST, instant),
                  new Condition.At(member, Comparison.AT_MOST, instant)));
    };
  }

  private Condition cause(Value value, int valueAt) throws WhereException {
    String written = value.text();
    int mark = written.indexOf('@');
    String reference = mark < 0 ? written : written.substring(0, mark);
    int number = reference.lastIndexOf('#');
    String digits = reference.substring(number + 1);
    if (value.open() || !digits.matches("0|[1-9][0-9]{0,15}")) {
      throw wrong(
          valueAt,
          "not a cause: '" + written + "'",
          "Write the causing entry's number, or ORIGIN#NUMBER for one of another ledger.");
    }
    if (mark >= 0) {
      try {
        CauseReference.parse(written);
      } catch (DraftRefusedException e) {
        throw wrong(valueAt, String.valueOf(e.getMessage()), null);
      }
    }
    return new Condition.Cause(
        number < 0 ? "" : reference.substring(0, number), Long.parseLong(digits));
  }

  private Condition hex(Member member, Value value, int valueAt) throws WhereException {
    int digits =
        switch (member) {
          case TRACE_ID -> 32;
          case SPAN_ID, PARENT_SPAN_ID -> 16;
          default -> 64;
        };
    String hex = value.text().toLowerCase(Locale.ROOT);
    if (value.open() || !hex.matches("[0-9a-f]{" + digits + "}")) {
      throw wrong(valueAt, "%s has %d hex digits".formatted(member.word(), digits), null);
    }
    return new Condition.Equal(member, hex);
  }

  private Condition payload(
      PayloadPath path, String operator, Value value, int operatorAt, int valueAt)
      throws WhereException {
    if (isEquality(operator)) {
      if (value.isAny()) {
        return new Condition.PayloadPresent(path);
      }
      if (value.open()) {
        return new Condition.PayloadBegins(path, value.text());
      }
      if (value.quoted()) {
        return new Condition.PayloadEqual(path, value.text());
      }
      requireText(value, valueAt);
      JsonValue literal = Condition.PayloadLiteral.literal(value.text());
      Double number = Numbers.parse(value.text());
      Condition typed =
          literal != null
              ? new Condition.PayloadLiteral(path, literal)
              : number != null ? new Condition.PayloadNumber(path, number) : null;
      Condition string = new Condition.PayloadEqual(path, value.text());
      if (typed == null) {
        return string;
      }
      return operator.equals("=") ? typed : new Condition.Or(List.of(typed, string));
    }
    Double bound = value.quoted() || value.open() ? null : Numbers.parse(value.text());
    if (bound == null) {
      throw wrong(
          valueAt,
          "'%s' compares numbers, and '%s' is none".formatted(operator, value.text()),
          "Strings are found by : and their beginning, as in payload.path:\"/srv/\"*.");
    }
    Comparison comparison =
        Arrays.stream(Comparison.values())
            .filter(each -> each.sign().equals(operator))
            .findFirst()
            .orElseThrow(() -> wrong(operatorAt, "no such operator: " + operator, null));
    return new Condition.PayloadCompared(path, comparison, bound);
  }

  private Condition words(@Nullable Member member, Value value, int valueAt) throws WhereException {
    List<String> words = WordSplitter.words(value.text());
    if (words.isEmpty()) {
      throw wrong(
          valueAt,
          "no word to search for in '" + value.text() + "'",
          "A text is found by its letters and digits.");
    }
    return new Condition.Words(member, words, value.open());
  }

  private void requireStatus(Value value, int valueAt) throws WhereException {
    String problem = StatusWords.problem(value.text(), value.open());
    if (problem != null) {
      String hint = StatusWords.hint(value.text());
      throw wrong(valueAt, problem, Character.toUpperCase(hint.charAt(0)) + hint.substring(1));
    }
  }

  private void requireText(Value value, int valueAt) throws WhereException {
    if (value.text().isEmpty()) {
      throw wrong(valueAt, "an empty value matches nothing", null);
    }
  }

  private static boolean isEquality(String operator) {
    return operator.equals(":") || operator.equals("=");
  }

  private void requireEquality(String field, String operator, int operatorAt)
      throws WhereException {
    if (!isEquality(operator)) {
      throw wrong(
          operatorAt,
          "'%s' does not go with %s".formatted(operator, field),
          "It goes with seq, timestamp, occurred_at and numbers in the payload.");
    }
  }

  private static String fieldHint(String name) {
    String near = Spelling.nearest(name, FIELDS);
    return (near == null ? "" : "Did you mean " + near + "? ")
        + "Fields are "
        + String.join(", ", FIELDS)
        + "; what a payload holds is payload.NAME.";
  }

  /** A field's name, up to an operator, a dot after {@code payload}, or the end of the word. */
  private String name() {
    int start = at;
    while (!isAtEnd() && (Character.isLetterOrDigit(peek()) || peek() == '_')) {
      at++;
    }
    return text.substring(start, at);
  }

  private PayloadPath path() throws WhereException {
    List<String> names = new ArrayList<>();
    while (!isAtEnd() && peek() == '.') {
      at++;
      if (!isAtEnd() && peek() == '"') {
        names.add(quotedText());
        continue;
      }
      int start = at;
      while (!isAtEnd() && PayloadPath.isPlain(text.codePointAt(at))) {
        at += Character.charCount(text.codePointAt(at));
      }
      if (at == start) {
        throw wrong(
            at, "a name is missing after '.'", "Other names stand in quotes: payload.\"a b\".");
      }
      names.add(text.substring(start, at));
    }
    return new PayloadPath(names);
  }

  private @Nullable String operator() {
    int before = at;
    skipSpace();
    for (String operator : List.of("!=", "<=", ">=", "<", ">", "=", ":")) {
      if (text.startsWith(operator, at)) {
        at += operator.length();
        return operator;
      }
    }
    at = before;
    return null;
  }

  /** A value up to a space or bracket. */
  private Value bare() {
    return until(c -> Character.isWhitespace(c) || c == '(' || c == ')');
  }

  private interface Stop {
    boolean at(char c);
  }

  private Value until(Stop stop) {
    int start = at;
    while (!isAtEnd() && !stop.at(peek())) {
      at++;
    }
    String value = text.substring(start, at);
    return value.endsWith("*")
        ? new Value(value.substring(0, value.length() - 1), false, true)
        : new Value(value, false, false);
  }

  private Value quoted() throws WhereException {
    String value = quotedText();
    boolean open = !isAtEnd() && peek() == '*';
    if (open) {
      at++;
    }
    return new Value(value, true, open);
  }

  private String quotedText() throws WhereException {
    int open = at++;
    StringBuilder value = new StringBuilder();
    while (!isAtEnd() && peek() != '"') {
      if (peek() == '\\') {
        at++;
        if (isAtEnd() || (peek() != '"' && peek() != '\\')) {
          throw wrong(
              at - 1, "in quotes a backslash stands before '\"' or '\\'", "Write \\\\ for one.");
        }
      }
      value.append(peek());
      at++;
    }
    if (isAtEnd()) {
      throw wrong(open, "this quote is not closed", null);
    }
    at++;
    return value.toString();
  }

  private boolean isWord(String word) {
    int end = at + word.length();
    return text.startsWith(word, at)
        && (end == text.length()
            || Character.isWhitespace(text.charAt(end))
            || text.charAt(end) == '('
            || text.charAt(end) == ')');
  }

  private boolean takeWord(String word) {
    if (!isWord(word)) {
      return false;
    }
    at += word.length();
    skipSpace();
    return true;
  }

  private void skipSpace() {
    while (!isAtEnd() && Character.isWhitespace(peek())) {
      at++;
    }
  }

  private boolean isAtEnd() {
    return at >= text.length();
  }

  private char peek() {
    return text.charAt(at);
  }

  private WhereException wrong(int column, String message, @Nullable String hint) {
    return new WhereException(text, column, message, hint);
  }

  /** A value as a condition writes it: in quotes where it needs them. */
  static String written(String value) {
    boolean plain =
        !value.isEmpty()
            && "='".indexOf(value.charAt(0)) < 0
            && value.chars().noneMatch(c -> Character.isWhitespace(c) || "()\"*".indexOf(c) >= 0);
    return plain ? value : Quoted.of(value);
  }
}
