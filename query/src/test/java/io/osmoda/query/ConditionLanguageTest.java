package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Conditions as people write them, in lower case, in quotes, with wildcards and mistyped, are
 * answered as they were meant or refused. What was meant is found by a plain evaluator that shares
 * nothing with the parser, the conditions or the index.
 */
class ConditionLanguageTest {
  private static final int CONDITIONS = 2_500;
  private static final long SMALL_SEGMENT = 60_000;

  private static final String[] TOOLS = {"read_file", "http_get", "http_request", "run", "a b"};
  private static final String[] TARGETS = {
    "/etc/passwd", "/srv/data/a.txt", "https://x.example/q?id=1", "unit*", "C:\\temp"
  };
  private static final String[] ACTORS = {"agent:fs-agent", "agent:ops", "user:ops", "ssh:root@x"};
  private static final String[] STATUSES = {"ok", "error", "denied", "pending"};
  private static final String[] TEXTS = {
    "connection refused by peer",
    "Connection timed out",
    "ΟΔΟΣ and Σίσυφος",
    "Straße STRASSE",
    "caf\u00e9 cafe\u0301",
    "ＦＵＬＬ width",
    "not found or lost",
    "हिन्दी में",
    "不行 ok",
    "soft\u00adhyphen",
    "200",
    "x".repeat(70),
    "[1, 2], {a|b}",
  };
  private static final String[] WORDS = {
    "connection",
    "refused",
    "ΟΔΟΣ",
    "οδος",
    "σίσυφος",
    "straße",
    "strasse",
    "café",
    "cafe\u0301",
    "full",
    "FULL",
    "not",
    "found",
    "or",
    "हिन्दी",
    "不",
    "softhyphen",
    "200",
    "ok",
    "ops",
    "passwd",
  };

  /** What was meant. */
  private interface Meaning extends Predicate<JsonObject> {}

  /**
   * A condition in words, and what it means.
   *
   * @param isSound whether it must be understood; a mistyped one may be refused
   */
  private record Asked(String text, Meaning meaning, boolean isSound, boolean isComposite) {
    static Asked sound(String text, Meaning meaning) {
      return new Asked(text, meaning, true, false);
    }

    static Asked mistyped(String text, Meaning meaning) {
      return new Asked(text, meaning, false, false);
    }
  }

  private final long seed = Seed.fresh();
  private final Random random = new Random(seed);

  private <T> T pick(T[] from) {
    return from[random.nextInt(from.length)];
  }

  // ---- the plain evaluator ----

  private static @Nullable String string(JsonObject entry, String member) {
    return entry.string(member);
  }

  private static String folded(String text) {
    String folded = Normalizer.normalize(text, Normalizer.Form.NFKC);
    folded = folded.replaceAll("\\p{Cf}", "");
    folded = folded.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).replace('ς', 'σ');
    return Normalizer.normalize(folded, Normalizer.Form.NFKC);
  }

  private static final Pattern WORD =
      Pattern.compile("\\p{IsIdeographic}|(?:(?!\\p{IsIdeographic})[\\p{L}\\p{Nd}]\\p{M}*){1,48}");

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(folded(text));
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return words;
  }

  /** The texts that words are looked for in. */
  private static List<String> texts(JsonObject entry) {
    List<String> texts = new ArrayList<>();
    for (String member : List.of("actor", "action", "tool", "target", "session", "reason")) {
      String value = entry.string(member);
      if (value != null) {
        texts.add(value);
      }
    }
    JsonValue payload = entry.get("payload");
    if (payload != null) {
      collect(payload, texts);
    }
    return texts;
  }

  private static void collect(JsonValue value, List<String> texts) {
    switch (value) {
      case JsonString(String text) -> texts.add(text);
      case JsonNumber(double number) -> texts.add(Long.toString((long) number));
      case JsonArray array -> array.elements().forEach(each -> collect(each, texts));
      case JsonObject object ->
          object
              .members()
              .forEach(
                  (name, each) -> {
                    texts.add(name);
                    collect(each, texts);
                  });
      default -> {}
    }
  }

  private static Pattern regex(String pattern, String one) {
    StringBuilder regex = new StringBuilder();
    for (int c : pattern.codePoints().toArray()) {
      regex.append(c == '*' ? one + "*" : c == '?' ? one : Pattern.quote(Character.toString(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private static Meaning hasWords(List<Pattern> wanted) {
    return entry ->
        texts(entry).stream()
            .map(ConditionLanguageTest::words)
            .anyMatch(
                words -> {
                  for (int at = 0; at + wanted.size() <= words.size(); at++) {
                    int all = 0;
                    while (all < wanted.size()
                        && wanted.get(all).matcher(words.get(at + all)).matches()) {
                      all++;
                    }
                    if (all == wanted.size()) {
                      return true;
                    }
                  }
                  return false;
                });
  }

  private static Meaning word(String word) {
    return hasWords(words(word).stream().map(each -> regex(each, "x")).toList());
  }

  private static Meaning is(String member, String value) {
    return entry -> value.equals(string(entry, member));
  }

  private static Meaning like(String member, String pattern) {
    Pattern regex = regex(pattern, ".");
    return entry -> {
      String value = string(entry, member);
      return value != null && regex.matcher(value).matches();
    };
  }

  private static Meaning payload(String name, Predicate<JsonValue> test) {
    return entry -> {
      JsonValue value = entry.get("payload") instanceof JsonObject p ? p.get(name) : null;
      return value != null
          && (test.test(value)
              || (value instanceof JsonArray array && array.elements().stream().anyMatch(test)));
    };
  }

  // ---- conditions as people write them ----

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Some letters of a text left open. */
  private String pattern(String text) {
    int[] points = text.codePoints().toArray();
    StringBuilder pattern = new StringBuilder();
    int open = random.nextInt(points.length);
    for (int i = 0; i < points.length; i++) {
      boolean isWild = i == open || random.nextInt(6) == 0;
      if (!isWild) {
        pattern.appendCodePoint(points[i]);
      } else {
        pattern.append(random.nextInt(3) == 0 ? "?" : "*");
      }
    }
    return pattern.toString();
  }

  private Asked simple() {
    String colon = random.nextBoolean() ? ":" : "=";
    String tool = pick(TOOLS);
    String target = pick(TARGETS);
    String status = pick(STATUSES);
    String actor = pick(ACTORS);
    String word = pick(WORDS);
    String text = pick(TEXTS);
    int number = random.nextInt(60);
    return switch (random.nextInt(20)) {
      case 0 -> Asked.sound("tool" + colon + quoted(tool), is("tool", tool));
      case 1 -> Asked.sound("actor" + colon + actor, is("actor", actor));
      case 2 -> Asked.sound("status != " + status, is("status", status).negate()::test);
      case 3 -> {
        String pattern = pattern(pick(new String[] {"read_file", "http_get", "http_request"}));
        yield Asked.sound("tool:" + pattern, like("tool", pattern));
      }
      case 4 -> Asked.sound("target:" + quoted(target), is("target", target));
      case 5 ->
          Asked.sound("target:*" + quoted(target), like("target", "*" + target.replace("*", "?")));
      case 6 -> {
        String at = pick(new String[] {"<", "<=", ">", ">="});
        yield Asked.sound("seq" + at + number, entry -> compares(at, seq(entry), number));
      }
      case 7 ->
          Asked.sound(
              "tool %s (read_file, %s)".formatted(pick(new String[] {"in", "IN"}), quoted(tool)),
              is("tool", tool).or(is("tool", "read_file"))::test);
      case 8 -> Asked.sound("status not in (" + status + ")", is("status", status).negate()::test);
      case 9 -> Asked.sound(quoted(word), word(word));
      case 10 -> Asked.sound("text:" + word, word(word));
      case 11 -> {
        String upper = word.toUpperCase(Locale.ROOT);
        boolean isOperator = List.of("NOT", "OR", "AND").contains(upper);
        yield isOperator ? simple() : Asked.sound(upper, word(word));
      }
      case 12 -> {
        String pattern = pattern(folded(pick(new String[] {"connection", "refused", "οδος"})));
        if (pattern.matches("[*?]+")) {
          yield simple();
        }
        Pattern one = regex(pattern, "[\\p{L}\\p{N}\\p{M}]");
        yield Asked.sound("text:" + pattern, hasWords(List.of(one)));
      }
      case 13 -> {
        List<String> some = words(text);
        if (some.isEmpty()) {
          yield simple();
        }
        yield Asked.sound(quoted(String.join(" ", some)), word(String.join(" ", some)));
      }
      case 14 -> {
        int from = text.offsetByCodePoints(0, random.nextInt(3));
        String part = text.substring(from, Math.min(text.length(), from + 5));
        String wanted = folded(part);
        if (wanted.isBlank() || Character.isLowSurrogate(part.charAt(0))) {
          yield simple();
        }
        yield Asked.sound(
            "text~" + quoted(part),
            entry -> texts(entry).stream().anyMatch(each -> folded(each).contains(wanted)));
      }
      case 15 -> {
        String part = pick(new String[] {"FILE", "http", "_G", "a b"});
        yield Asked.sound(
            "tool ~ " + quoted(part),
            entry -> {
              String value = entry.string("tool");
              return value != null && folded(value).contains(folded(part));
            });
      }
      case 16 ->
          Asked.sound(
              "payload.note:" + quoted(text),
              payload("note", each -> each instanceof JsonString(String s) && s.equals(text)));
      case 17 -> {
        Pattern regex = regex("*" + text.substring(1).replace("*", "?"), ".");
        yield Asked.sound(
            "payload.note:*" + quoted(text.substring(1)),
            payload("note", v -> v instanceof JsonString(String s) && regex.matcher(s).matches()));
      }
      case 18 -> {
        String at = pick(new String[] {"<", "<=", ">", ">="});
        yield Asked.sound(
            "payload.n " + at + " " + number,
            payload("n", v -> v instanceof JsonNumber(double d) && compares(at, d, number)));
      }
      default ->
          Asked.sound(
              "payload.n:" + number,
              payload(
                  "n",
                  v ->
                      (v instanceof JsonNumber(double d) && d == number)
                          || (v instanceof JsonString(String s) && s.equals("" + number))));
    };
  }

  private static double seq(JsonObject entry) {
    return entry.get("seq") instanceof JsonNumber(double seq) ? seq : -1;
  }

  private static boolean compares(String operator, double a, double b) {
    return switch (operator) {
      case "<" -> a < b;
      case "<=" -> a <= b;
      case ">" -> a > b;
      default -> a >= b;
    };
  }

  /** What somebody types who knows another language, or slips. */
  private Asked mistyped() {
    int number = random.nextInt(60);
    String status = pick(STATUSES);
    String word = pick(new String[] {"refused", "connection", "found", "ops"});
    Meaning least = entry -> seq(entry) >= number;
    Meaning has = word(word);
    Meaning hasNot = has.negate()::test;
    Meaning isStatus = is("status", status);
    Meaning http = like("tool", "*http*");
    return switch (random.nextInt(28)) {
      case 0 -> Asked.mistyped("seq=>" + number, least);
      case 1 -> Asked.mistyped("seq => " + number, least);
      case 2 -> Asked.mistyped("status==" + status, isStatus);
      case 3 -> Asked.mistyped("status = = " + status, isStatus);
      case 4 -> Asked.mistyped("status<>" + status, isStatus.negate()::test);
      case 5 -> Asked.mistyped("-" + word, hasNot);
      case 6 -> Asked.mistyped("+" + word, has);
      case 7 -> Asked.mistyped("!" + word, hasNot);
      case 8 -> Asked.mistyped("not " + word, hasNot);
      case 9 -> Asked.mistyped("tool like '%http%'", http);
      case 10 -> Asked.mistyped("tool contains http", http);
      case 11 -> Asked.mistyped("status is " + status, isStatus);
      case 12 -> Asked.mistyped("tool:'http_get'", is("tool", "http_get"));
      case 13 -> Asked.mistyped("tool:“http_get”", is("tool", "http_get"));
      case 14 -> Asked.mistyped("status：" + status, isStatus);
      case 15 -> Asked.mistyped("status:" + status + ", seq>=0", isStatus);
      case 16 ->
          Asked.mistyped(
              "tool:http_get|read_file", is("tool", "http_get").or(is("tool", "read_file"))::test);
      case 17 -> Asked.mistyped("status:" + status + " && " + word, both(isStatus, has));
      case 18 -> Asked.mistyped("status:" + status + " || " + word, isStatus.or(has)::test);
      case 19 -> Asked.mistyped("Status:" + status, isStatus);
      case 20 -> Asked.mistyped("staus:" + status, isStatus);
      case 21 -> Asked.mistyped("actor:ops", like("actor", "*:ops"));
      case 22 -> Asked.mistyped("actor:ops*", like("actor", "*:ops*"));
      case 23 ->
          Asked.mistyped(
              "tool:(http_get OR read_file)",
              is("tool", "http_get").or(is("tool", "read_file"))::test);
      case 24 -> Asked.mistyped("tool=~http", http);
      case 25 ->
          Asked.mistyped(
              "payload.n:[1 TO " + number + "]",
              payload("n", v -> v instanceof JsonNumber(double d) && d >= 1 && d <= number));
      case 26 ->
          Asked.mistyped(
              "payload-note:x",
              payload("note", each -> each instanceof JsonString(String s) && s.equals("x")));
      default -> Asked.mistyped("status\u00a0:\u00a0" + status, isStatus);
    };
  }

  private static Meaning both(Meaning a, Meaning b) {
    return a.and(b)::test;
  }

  private String cased(String operator) {
    return switch (random.nextInt(3)) {
      case 0 -> operator;
      case 1 -> operator.toLowerCase(Locale.ROOT);
      default -> operator.charAt(0) + operator.substring(1).toLowerCase(Locale.ROOT);
    };
  }

  private static String bracketed(Asked asked) {
    return asked.isComposite() ? "(" + asked.text() + ")" : asked.text();
  }

  private Asked asked(int depth) {
    if (depth == 0 || random.nextInt(3) == 0) {
      return random.nextInt(4) == 0 ? mistyped() : simple();
    }
    Asked a = asked(depth - 1);
    Asked b = asked(depth - 1);
    boolean isSound = a.isSound() && b.isSound();
    return switch (random.nextInt(4)) {
      case 0 ->
          new Asked(
              bracketed(a) + " " + cased("AND") + " " + bracketed(b),
              both(a.meaning(), b.meaning()),
              isSound,
              true);
      case 1 ->
          new Asked(
              bracketed(a) + " " + bracketed(b), both(a.meaning(), b.meaning()), isSound, true);
      case 2 ->
          new Asked(
              bracketed(a) + " " + cased("OR") + " " + bracketed(b),
              a.meaning().or(b.meaning())::test,
              isSound,
              true);
      default ->
          new Asked(
              cased("NOT") + " (" + a.text() + ")", a.meaning().negate()::test, a.isSound(), false);
    };
  }

  @Test
  void whatPeopleWriteIsUnderstoodAsTheyMeanItOrRefused(@TempDir Path temp) throws Exception {
    LedgerOptions options = LedgerOptions.defaults().withSegmentBytes(SMALL_SEGMENT);
    try (Ledger ledger = Ledger.create(temp.resolve("ledger"), "query.example/two", options)) {
      seal(ledger, 120);
      try (LedgerIndex index = LedgerIndex.open(ledger.reader())) {
        IndexFollower.makeAll(index, 2, made -> {});
        seal(ledger, 20); // which the index lacks
        EntrySearch search = new EntrySearch(index);
        Map<Long, JsonObject> all = all(ledger);
        int answered = 0;
        int matched = 0;
        int refused = 0;
        for (int i = 0; i < CONDITIONS; i++) {
          Asked asked = asked(2);
          String where = "seed %d, condition %d: %s".formatted(seed, i, asked.text());
          Condition condition;
          try {
            condition = WhereParser.parse(asked.text(), Instant.EPOCH, ZoneOffset.UTC);
          } catch (WhereException e) {
            assertThat(asked.isSound()).as("%s: %s", where, e.getMessage()).isFalse();
            assertThat(e.column()).as(where).isBetween(0, asked.text().length());
            assertThat(e.hint()).as(where).isNotBlank();
            refused++;
            continue;
          }
          EntryFilter filter = new EntryFilter(null, null, Map.of(), null, condition);
          List<Long> expected =
              all.entrySet().stream()
                  .filter(entry -> asked.meaning().test(entry.getValue()))
                  .map(Map.Entry::getKey)
                  .sorted()
                  .collect(Collectors.toList());
          assertThat(found(search, filter)).as(where).isEqualTo(expected);
          assertThat(search.count(filter, Deadline.none())).as(where).isEqualTo(expected.size());
          Condition again = WhereParser.parse(condition.toString(), Instant.EPOCH, ZoneOffset.UTC);
          assertThat(again).as(where).hasToString(condition.toString());
          answered++;
          matched += expected.isEmpty() ? 0 : 1;
        }
        assertThat(answered).isGreaterThan(1_000);
        assertThat(matched).isGreaterThan(500);
        assertThat(refused).isGreaterThan(300);
      }
    }
  }

  private void seal(Ledger ledger, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      EntryDraft.Builder draft =
          EntryDraft.builder("api", pick(ACTORS), "tool_call").reason(pick(TEXTS));
      if (random.nextInt(5) > 0) {
        draft.tool(pick(TOOLS));
      }
      if (random.nextInt(3) > 0) {
        draft.target(pick(TARGETS));
      }
      draft.status(pick(io.osmoda.format.entry.Status.values()));
      JsonValue n =
          random.nextInt(3) == 0
              ? new JsonString("" + random.nextInt(60))
              : new JsonNumber(random.nextInt(60));
      JsonObject.Builder payload = JsonObject.builder().put("n", n);
      payload.put("note", pick(TEXTS));
      payload.put("more", new JsonArray(List.of(new JsonString(pick(TEXTS)))));
      ledger.appendDurably(draft.payload(payload.build()).build());
    }
  }

  private static Map<Long, JsonObject> all(Ledger ledger) throws IOException {
    Map<Long, JsonObject> all = new java.util.TreeMap<>();
    try (EntryCursor cursor = ledger.reader().read(0, Long.MAX_VALUE)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        all.put(entry.seq(), EntryFields.whole(entry));
      }
    }
    return all;
  }

  private static List<Long> found(EntrySearch search, EntryFilter filter) throws IOException {
    List<Long> found = new ArrayList<>();
    try (EntryResults results = search.search(filter, false, null, Deadline.none())) {
      for (Entry entry = results.next(); entry != null; entry = results.next()) {
        found.add(entry.seq());
      }
    }
    return found;
  }
}
