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
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads conditions, as {@code docs/query.md} describes them:
 *
 * <pre>
 * either    = both { OR both }
 * both      = one { [AND] one }
 * one       = NOT one | '(' either ')' | field op value | field [NOT] IN '(' value {',' value} ')'
 *           | value
 * field     = a member's name | payload { '.' name } | text | touched
 * op        = ':' | '=' | '!=' | '~' | '!~' | '&lt;' | '&lt;=' | '&gt;' | '&gt;='
 * value     = piece { piece }
 * piece     = characters | '*' | '?' | '"' any text, \" and \\ '"'
 * </pre>
 *
 * Operators that are words stand in any case. What looks like an operator or a wildcard and is none
 * is refused, so that no condition is taken for another than the one that was meant. For one use by
 * one thread.
 */
public final class WhereParser {
  /** Longest condition, UTF-16 units. */
  public static final int MAX_LENGTH = 16_384;

  /** Deepest nesting of brackets and NOTs. */
  private static final int MAX_DEPTH = 64;

  private static final String TEXT = "text";
  private static final String TOUCHED = "touched";
  private static final String PAYLOAD = "payload";

  private static final List<String> FIELDS =
      Stream.concat(
              Arrays.stream(Member.values()).map(Member::word), Stream.of(TEXT, TOUCHED, PAYLOAD))
          .toList();

  /** Signs as they may stand behind a field, the longer before what they begin with. */
  private static final List<String> OPERATORS =
      List.of("!=", "!~", "<=", ">=", "<", ">", "=", ":", "~");

  /** Of which what others write for operators is made. */
  private static final String OPERATOR_SIGNS = "=<>!~:";

  /** What others write for an operator of ours. */
  private static final Map<String, String> MISWRITTEN =
      Map.ofEntries(
          Map.entry("=>", ">="),
          Map.entry("=<", "<="),
          Map.entry("==", "="),
          Map.entry("===", "="),
          Map.entry(":=", "="),
          Map.entry("<>", "!="),
          Map.entry("=!", "!="),
          Map.entry("!==", "!="),
          Map.entry("!:", "!="),
          Map.entry("=~", "~"),
          Map.entry("~=", "~"),
          Map.entry("~~", "~"),
          Map.entry(":~", "~"),
          Map.entry(":>", ">"),
          Map.entry(":<", "<"),
          Map.entry(":>=", ">="),
          Map.entry(":<=", "<="),
          Map.entry("=:", "="));

  /** Words that others write for an operator between a field and its value. */
  private static final Map<String, String> OPERATOR_WORDS =
      Map.ofEntries(
          Map.entry("like", "~"),
          Map.entry("ilike", "~"),
          Map.entry("contains", "~"),
          Map.entry("includes", "~"),
          Map.entry("matches", "~"),
          Map.entry("regexp", "~"),
          Map.entry("is", ":"),
          Map.entry("equals", ":"),
          Map.entry("eq", ":"),
          Map.entry("ne", "!="),
          Map.entry("gt", ">"),
          Map.entry("gte", ">="),
          Map.entry("lt", "<"),
          Map.entry("lte", "<="),
          Map.entry("startswith", ":"),
          Map.entry("starts", ":"),
          Map.entry("begins", ":"),
          Map.entry("between", ">="));

  /** Signs that a keyboard or a word processor makes of those that count here. */
  private static final Map<Integer, String> LOOKALIKES =
      Map.ofEntries(
          Map.entry(0x201c, "\""),
          Map.entry(0x201d, "\""),
          Map.entry(0x201e, "\""),
          Map.entry(0x00ab, "\""),
          Map.entry(0x00bb, "\""),
          Map.entry(0xff02, "\""),
          Map.entry(0xff1a, ":"),
          Map.entry(0xff1d, "="),
          Map.entry(0xff1c, "<"),
          Map.entry(0xff1e, ">"),
          Map.entry(0xff01, "!"),
          Map.entry(0xff5e, "~"),
          Map.entry(0xff08, "("),
          Map.entry(0xff09, ")"),
          Map.entry(0xff0a, "*"),
          Map.entry(0xff1f, "?"),
          Map.entry(0x2260, "!="),
          Map.entry(0x2264, "<="),
          Map.entry(0x2265, ">="));

  /** Signs in words without a field that look like an operator. */
  private static final Pattern SIGN_LIKE = Pattern.compile("[^\"]*[=<>~].*", Pattern.DOTALL);

  /** A text without a field that is written as if it had one: a name with dots or hyphens. */
  private static final Pattern FIELD_LIKE =
      Pattern.compile("([\\p{L}_][\\p{L}\\p{N}_]*(?:[.-][\\p{L}\\p{N}_]+)+)[=<>~:!].*");

  private final String text;
  private final Instant now;
  private final ZoneId zone;
  private int at;
  private int depth;

  /** Whether what was read last is words without a field and without quotes. */
  private boolean isWords;

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
   * sequence of several. Operators have no place in it.
   *
   * @throws WhereException if it has no word, or what looks like an operator
   */
  public static Condition text(String text) throws WhereException {
    WhereParser parser = new WhereParser(text, Instant.EPOCH, ZoneOffset.UTC);
    List<Condition> parts = new ArrayList<>();
    parser.skipSpace();
    while (!parser.isAtEnd()) {
      int start = parser.at;
      parser.refuseOperatorInText();
      Value value = parser.value(WhereParser::isSpace);
      parts.add(parser.words(null, value, start));
      parser.skipSpace();
    }
    if (parts.isEmpty()) {
      throw parser.wrong(0, "an empty text matches nothing", null);
    }
    return parts.size() == 1 ? parts.getFirst() : new Condition.And(parts);
  }

  private void refuseOperatorInText() throws WhereException {
    for (String operator : List.of("AND", "OR", "NOT")) {
      if (isWord(operator) && text.startsWith(operator, at)) {
        throw wrong(
            at,
            "a text is searched for by its words, and " + operator + " is an operator",
            "Write it into --where (the parameter where), or in quotes for the word.");
      }
    }
    refuseSign();
  }

  /** The condition that an entry stands before another. */
  public static Condition before(long seq) {
    return new Condition.SeqBetween(0, seq);
  }

  /** The condition that an entry belongs to a session, its name taken as it is. */
  public static Condition session(String name) {
    return new Condition.Equal(Member.SESSION, name);
  }

  /** The condition that an entry is one of these, at least one. */
  public static Condition anyOf(List<Long> seqs) {
    List<Condition> each =
        seqs.stream().<Condition>map(seq -> new Condition.SeqBetween(seq, seq + 1)).toList();
    return each.size() == 1 ? each.getFirst() : new Condition.Or(each);
  }

  /**
   * The condition that an entry acted on a path, taken as it is.
   *
   * @throws WhereException if it has no name in it
   */
  public static Condition touched(String path) throws WhereException {
    WhereParser parser = new WhereParser(path, Instant.EPOCH, ZoneOffset.UTC);
    return parser.touches(new Value(new Glob.Builder().literal(path).build(), true), 0);
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

  /**
   * A value as it was written.
   *
   * @param quoted whether some of it stood in quotes
   */
  private record Value(Glob glob, boolean quoted) {
    /** Its text, where it has no wildcard; else what stands before the first. */
    String text() {
      return glob.prefix();
    }

    boolean isWild() {
      return glob.hasWildcard();
    }

    boolean isAny() {
      return glob.isAny() && !quoted;
    }

    /** Whether it is a text with {@code *} behind it. */
    boolean isOpen() {
      return glob.isBeginning();
    }

    String shown() {
      return glob.toString();
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
      int start = at;
      if (takeWord("NOT")) {
        int inner = at;
        Condition condition = one();
        if (isWords && !text.startsWith("NOT", start)) {
          String words = text.substring(inner, at).strip();
          throw wrong(
              start,
              "'%s' before a word may be the operator or a word"
                  .formatted(text.substring(start, start + 3)),
              "Write NOT %s for what lacks it, or \"%s %s\" for the words."
                  .formatted(words, text.substring(start, start + 3), words));
        }
        isWords = false;
        return new Condition.Not(condition);
      }
      for (String operator : List.of("AND", "OR")) {
        if (isWord(operator)) {
          throw wrong(
              at,
              "a condition is missing before " + text.substring(at, at + operator.length()),
              "In quotes it is a word to search for.");
        }
      }
      isWords = false;
      if (peek() == '(') {
        int open = at++;
        Condition inner = either();
        if (isAtEnd()) {
          throw wrong(open, "this '(' is not closed", null);
        }
        at++;
        skipSpace();
        isWords = false;
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
    refuseSign();
    if (peek() == '"') {
      Condition words = words(null, value(WhereParser::endsValue), start);
      requireSpace(start);
      return words;
    }
    String name = name();
    PayloadPath path = name.equals(PAYLOAD) ? path() : null;
    int operatorAt = at;
    String operator = operator();
    if (operator == null) {
      if (isField(name, path) && (at == text.length() || isSpace(peek()))) {
        Condition list = list(name, path);
        if (list != null) {
          return list;
        }
      }
      if (path != null && !path.names().isEmpty()) {
        throw wrong(
            at,
            "an operator is missing after " + path,
            "Write %s:* for its presence.".formatted(path));
      }
      at = start;
      Value value = value(WhereParser::endsValue);
      refuseFieldLike(start);
      Condition words = words(null, value, start);
      requireSpace(start);
      isWords = true;
      return words;
    }
    if (name.isEmpty()) {
      throw wrong(start, "a field is missing before '" + operator + "'", fieldHint(""));
    }
    if (!isField(name, path)) {
      throw wrong(start, "there is no field '" + name + "'", fieldHint(name));
    }
    refuseMiswritten(operator, at - operator.length());
    skipSpace();
    int valueAt = at;
    if (isAtEnd() || peek() == ')') {
      throw wrong(at, "a value is missing after '" + operator + "'", null);
    }
    if (peek() == '(') {
      throw wrong(
          at,
          "a list does not stand after '" + operator + "'",
          "Write %s in (a, b); a value with brackets stands in quotes."
              .formatted(text.substring(start, operatorAt).strip()));
    }
    if (peek() == '\'') {
      throw wrong(
          at,
          "a value does not stand in single quotes",
          "Write %s%s\"…\".".formatted(name, operator));
    }
    Value value = value(WhereParser::endsValue);
    requireSpace(valueAt);
    return field(name, path, operator, value, operatorAt, valueAt);
  }

  private static boolean isField(String name, @Nullable PayloadPath path) {
    return path != null || Member.of(name) != null || name.equals(TEXT) || name.equals(TOUCHED);
  }

  /** One field and one value, with any operator. */
  private Condition field(
      String name,
      @Nullable PayloadPath path,
      String operator,
      Value value,
      int operatorAt,
      int valueAt)
      throws WhereException {
    boolean not = operator.startsWith("!");
    String positive = operator.equals("!=") ? "=" : not ? operator.substring(1) : operator;
    Member member = Member.of(name);
    Condition condition;
    if (positive.equals("~")) {
      condition = has(name, member, path, value, operatorAt, valueAt);
    } else if (path != null) {
      condition = payload(path, positive, value, operatorAt, valueAt);
    } else if (name.equals(TOUCHED)) {
      requireEquality(TOUCHED, positive, operatorAt);
      condition = touches(value, valueAt);
    } else if (member == null) {
      requireEquality(TEXT, positive, operatorAt);
      condition = words(null, value, valueAt);
    } else {
      condition = member(member, positive, value, operatorAt, valueAt);
    }
    return not ? new Condition.Not(condition) : condition;
  }

  /** What {@code IN ( … )} or {@code NOT IN ( … )} asks for; null where neither stands here. */
  private @Nullable Condition list(String name, @Nullable PayloadPath path) throws WhereException {
    int before = at;
    skipSpace();
    int wordAt = at;
    boolean not = isWord("NOT");
    if (not) {
      at += "NOT".length();
      skipSpace();
    }
    if (!isWord("IN")) {
      if (!not) {
        refuseOperatorWord(name, path);
      }
      at = before;
      return null;
    }
    at += "IN".length();
    skipSpace();
    if (isAtEnd() || peek() != '(') {
      throw wrong(
          wordAt,
          "a list in brackets is missing after " + text.substring(wordAt, wordAt + 2),
          "Write %s in (a, b), or put words in quotes.".formatted(name));
    }
    int open = at++;
    List<Condition> items = new ArrayList<>();
    while (true) {
      skipSpace();
      int valueAt = at;
      if (isAtEnd()) {
        throw wrong(open, "this '(' is not closed", null);
      }
      Value value = value(c -> endsValue(c) || c == ',');
      if (at == valueAt) {
        throw wrong(at, "a value is missing in the list", "Write %s in (a, b).".formatted(name));
      }
      items.add(field(name, path, ":", value, wordAt, valueAt));
      skipSpace();
      if (!isAtEnd() && peek() == ',') {
        at++;
      } else if (!isAtEnd() && peek() == ')') {
        at++;
        skipSpace();
        break;
      } else if (!isAtEnd()) {
        throw wrong(at, "values of a list have commas between", "Write (a, b).");
      }
    }
    Condition any = items.size() == 1 ? items.getFirst() : new Condition.Or(items);
    return not ? new Condition.Not(any) : any;
  }

  private void refuseOperatorWord(String name, @Nullable PayloadPath path) throws WhereException {
    for (Map.Entry<String, String> word : OPERATOR_WORDS.entrySet()) {
      if (isWord(word.getKey())) {
        String field = path == null ? name : path.toString();
        throw wrong(
            at,
            "there is no operator '" + text.substring(at, at + word.getKey().length()) + "'",
            "Write %s%s… for the field, or put words in quotes.".formatted(field, word.getValue()));
      }
    }
  }

  /** What stands before a condition in other languages. */
  private void refuseSign() throws WhereException {
    char c = peek();
    String rest = text.substring(at + 1);
    switch (c) {
      case '+' ->
          throw wrong(
              at,
              "there is no sign '+'",
              "All that is asked for must hold: leave it out, or put the words in quotes.");
      case '-' ->
          throw wrong(
              at,
              "there is no sign '-'",
              "Write NOT before what must not be there (in --where), or put the words in quotes.");
      case '!' -> {
        if (!rest.startsWith("=") && !rest.startsWith("~")) {
          throw wrong(at, "there is no sign '!'", "Write NOT before what must not be there.");
        }
      }
      case '&', '|' ->
          throw wrong(at, "there is no operator '" + c + "'", "Operators are AND, OR and NOT.");
      case '\'' -> throw wrong(at, "words do not stand in single quotes", "Write them in \"…\".");
      default -> {}
    }
  }

  private void refuseFieldLike(int start) throws WhereException {
    String words = text.substring(start, at);
    Matcher like = FIELD_LIKE.matcher(words);
    if (like.matches()) {
      String field = like.group(1);
      String near = Spelling.nearest(field.replace('-', '_'), FIELDS);
      throw wrong(
          start,
          "there is no field '" + field + "'",
          (near == null ? "" : "Did you mean " + near + "? ")
              + "What a payload holds is payload.%s; words with such signs stand in quotes."
                  .formatted(field));
    }
    if (SIGN_LIKE.matcher(words).matches()) {
      throw wrong(
          start,
          "an operator within '" + words + "', behind what is no field",
          fieldHint("") + " Words with such signs stand in quotes.");
    }
  }

  /** What begins like a longer operator than there is. */
  private void refuseMiswritten(String operator, int operatorAt) throws WhereException {
    int end = at;
    while (end < text.length() && OPERATOR_SIGNS.indexOf(text.charAt(end)) >= 0) {
      end++;
    }
    int next = at;
    while (next < text.length() && isSpace(text.charAt(next))) {
      next++;
    }
    boolean isApart =
        end == at && next < text.length() && OPERATOR_SIGNS.indexOf(text.charAt(next)) >= 0;
    if (end == at && !isApart) {
      return;
    }
    String written = isApart ? operator + text.charAt(next) : text.substring(operatorAt, end);
    String meant = MISWRITTEN.get(written);
    throw wrong(
        operatorAt,
        "there is no operator '" + written + "'",
        (meant == null ? "" : "Did you mean " + meant + "? ")
            + "Operators are : = != ~ !~ < <= > >=. A value that begins with one stands in"
            + " quotes.");
  }

  /** A condition ends with a space or a closing bracket, so that none runs into the next. */
  private void requireSpace(int start) throws WhereException {
    if (isAtEnd() || isSpace(peek()) || peek() == ')') {
      skipSpace();
      return;
    }
    throw wrong(
        at,
        "a bracket stands within '" + text.substring(start, at) + "…'",
        "Put a space before it, or the value with its brackets in quotes.");
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
        if (member == Member.ACTOR) {
          requireActor(value, valueAt);
        }
        if (value.isOpen()) {
          yield new Condition.Begins(member, value.text());
        }
        if (value.isWild()) {
          yield new Condition.Like(member, value.glob());
        }
        requireText(value, valueAt);
        yield new Condition.Equal(member, value.text());
      }
    };
  }

  private Condition seq(String operator, Value value, int valueAt) throws WhereException {
    if (value.isWild() || !value.text().matches("#?(0|[1-9][0-9]{0,15})")) {
      throw wrong(
          valueAt,
          "not a sequence number: '" + value.shown() + "'",
          "A range is written seq>=1 AND seq<=5.");
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
      if (value.isWild()) {
        throw new DateTimeException("not a time: '" + value.shown() + "'");
      }
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
    if (value.isWild() || !digits.matches("0|[1-9][0-9]{0,15}")) {
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
    if (value.isWild() || !hex.matches("[0-9a-f]{" + digits + "}")) {
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
      if (value.isOpen()) {
        return new Condition.PayloadBegins(path, value.text());
      }
      if (value.isWild()) {
        return new Condition.PayloadLike(path, value.glob());
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
    Double bound = value.quoted() || value.isWild() ? null : Numbers.parse(value.text());
    if (bound == null) {
      throw wrong(
          valueAt,
          "'%s' compares numbers, and '%s' is none".formatted(operator, value.shown()),
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
    boolean isPattern = value.isWild() && !value.isOpen();
    List<String> words =
        isPattern ? WordSplitter.patternWords(value.glob()) : WordSplitter.words(value.text());
    if (value.isOpen() && !endsInWord(value.text())) {
      throw wrong(
          at - 1,
          "a '*' stands behind letters or digits of a word",
          "Leave it out for whole words.");
    }
    boolean isWordless =
        words.isEmpty() || words.stream().anyMatch(word -> WordSplitter.words(word).isEmpty());
    if (isWordless) {
      throw wrong(
          valueAt,
          "no word to search for in '" + text.substring(valueAt, at).strip() + "'",
          "A text is found by its letters and digits; wildcards stand beside them.");
    }
    if (isPattern && words.stream().anyMatch(word -> word.length() >= WordSplitter.MAX_LENGTH)) {
      throw wrong(
          valueAt,
          "a word with wildcards has fewer than " + WordSplitter.MAX_LENGTH + " characters",
          "text~\"…\" looks for longer parts of texts.");
    }
    String last = words.getLast();
    boolean isOpen = isPattern && last.endsWith("*") && isOnlyWildcard(words);
    if (isOpen) {
      words.set(words.size() - 1, last.substring(0, last.length() - 1));
    }
    return new Condition.Words(member, words, isOpen || value.isOpen());
  }

  /** Whether the last character of the words is the only one that is left open. */
  private static boolean isOnlyWildcard(List<String> words) {
    return words.stream().flatMapToInt(String::chars).filter(c -> c == '*' || c == '?').count()
        == 1;
  }

  private static boolean endsInWord(String text) {
    String folded = Folding.fold(text);
    return !folded.isEmpty() && Folding.isInWord(folded.codePointBefore(folded.length()), true);
  }

  private Condition touches(Value value, int valueAt) throws WhereException {
    if (value.isWild()) {
      throw wrong(
          valueAt,
          "touched takes a path as it is",
          "What lies below it counts anyway; wildcards go with target: and payload.NAME:.");
    }
    String path = value.text();
    while (path.length() > 1 && path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    if (WordSplitter.words(path).isEmpty()) {
      throw wrong(valueAt, "touched takes a path with a name in it, not '" + path + "'", null);
    }
    return new Condition.Touches(path);
  }

  private Condition has(
      String name,
      @Nullable Member member,
      @Nullable PayloadPath path,
      Value value,
      int operatorAt,
      int valueAt)
      throws WhereException {
    boolean isText =
        path != null
            || name.equals(TEXT)
            || (member != null
                && (member.kind() == Member.Kind.WORD || member.kind() == Member.Kind.TEXT));
    if (!isText) {
      throw wrong(
          operatorAt,
          "'~' does not go with " + name,
          "It goes with text, with members that are text, and with strings in the payload.");
    }
    if (value.isWild()) {
      throw wrong(
          valueAt,
          "'~' looks for a part as it stands, without wildcards",
          "Wildcards go with ':'; in quotes * and ? stand for themselves.");
    }
    if (Folding.fold(value.text()).isEmpty()) {
      throw wrong(valueAt, "an empty value is in every text", null);
    }
    return new Condition.Has(member, path, value.text());
  }

  private void requireStatus(Value value, int valueAt) throws WhereException {
    String problem = StatusWords.problem(value.glob());
    if (problem != null) {
      throw wrong(valueAt, problem, sentence(StatusWords.hint(value.text())));
    }
  }

  private void requireActor(Value value, int valueAt) throws WhereException {
    if (value.isWild() && !value.isOpen()) {
      return;
    }
    requireTextOrWild(value, valueAt);
    String problem = ActorWords.problem(value.text(), value.isOpen());
    if (problem != null) {
      throw wrong(valueAt, problem, sentence(ActorWords.hint(value.text(), value.isOpen())));
    }
  }

  private static String sentence(String hint) {
    String end = hint.endsWith("?") ? "" : ".";
    return Character.toUpperCase(hint.charAt(0)) + hint.substring(1) + end;
  }

  private void requireTextOrWild(Value value, int valueAt) throws WhereException {
    if (!value.isWild()) {
      requireText(value, valueAt);
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
    for (String operator : OPERATORS) {
      if (text.startsWith(operator, at)) {
        at += operator.length();
        return operator;
      }
    }
    at = before;
    return null;
  }

  private interface Stop {
    boolean at(char c);
  }

  private static boolean endsValue(char c) {
    return isSpace(c) || c == '(' || c == ')';
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /** A value up to where it stops. */
  private Value value(Stop stop) throws WhereException {
    int start = at;
    Glob.Builder glob = new Glob.Builder();
    boolean isQuoted = false;
    boolean isWildBefore = true; // a quote may begin here
    boolean isQuoteBefore = false;
    while (!isAtEnd() && !stop.at(peek())) {
      char c = peek();
      if (c == '*' || c == '?') {
        glob.wild(c);
        at++;
        isWildBefore = true;
        isQuoteBefore = false;
        continue;
      }
      if (isQuoteBefore) {
        throw wrong(
            at,
            "something stands directly behind a quote",
            "Put a space before it, or all of the value in quotes.");
      }
      if (c == '"') {
        if (!isWildBefore) {
          throw wrong(at, "a quote within a value", "Put all of the value in quotes; \\\" is one.");
        }
        glob.literal(quotedText());
        isQuoted = true;
        isQuoteBefore = true;
      } else {
        glob.literal(plain(start));
      }
      isWildBefore = false;
    }
    Value value = new Value(glob.build(), isQuoted);
    if (value.isWild() && value.glob().length() > Glob.MAX_LENGTH) {
      throw wrong(
          start, "a pattern has at most " + Glob.MAX_LENGTH + " characters and wildcards", null);
    }
    return value;
  }

  /** A character of a value that stands for itself. */
  private int plain(int start) throws WhereException {
    int point = text.codePointAt(at);
    String meant = LOOKALIKES.get(point);
    if (meant != null) {
      throw wrong(
          at,
          "'%s' is no %s".formatted(Character.toString(point), meant),
          "Write %s, or put the value in quotes.".formatted(meant));
    }
    int next = at + Character.charCount(point);
    boolean isLast = next == text.length() || isSpace(text.charAt(next));
    if (point == '|') {
      throw wrong(
          at,
          "there is no operator '|'",
          "Write a OR b, field in (a, b), or put the value in quotes.");
    }
    if (point == '&' && next < text.length() && text.charAt(next) == '&') {
      throw wrong(at, "there is no operator '&&'", "Write AND, or put the value in quotes.");
    }
    if ((point == '[' || point == '{') && at == start) {
      throw wrong(
          at,
          "a value begins with '" + (char) point + "'",
          "Ranges are written field>=1 AND field<=5; such a value stands in quotes.");
    }
    if ((point == ',' || point == ';') && isLast) {
      throw wrong(
          at,
          "a '" + (char) point + "' behind a value",
          "Conditions stand side by side without it; a value that ends so stands in quotes.");
    }
    if (point == '\\' && next < text.length() && "*?\"".indexOf(text.charAt(next)) >= 0) {
      throw wrong(
          at,
          "a backslash before '" + text.charAt(next) + "'",
          "In quotes * and ? stand for themselves, and \\\" for a quote.");
    }
    at = next;
    return point;
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

  /** Whether this word stands here, in any case. */
  private boolean isWord(String word) {
    int end = at + word.length();
    return text.regionMatches(true, at, word, 0, word.length())
        && (end == text.length() || endsValue(text.charAt(end)));
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
    while (!isAtEnd() && isSpace(peek())) {
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
            && "=<>!~:'[{+-&".indexOf(value.charAt(0)) < 0
            && ",;".indexOf(value.charAt(value.length() - 1)) < 0
            && value
                .chars()
                .noneMatch(
                    c ->
                        isSpace((char) c)
                            || "()\"*?\\|&,".indexOf(c) >= 0
                            || LOOKALIKES.containsKey(c));
    return plain ? value : Quoted.of(value);
  }

  /** The same of a part that follows a wildcard: its first character cannot be taken for a sign. */
  static String writtenWithin(String part) {
    return written('a' + part).startsWith("\"") ? Quoted.of(part) : part;
  }
}
