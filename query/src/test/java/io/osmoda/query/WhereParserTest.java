package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.fixtures.Seed;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WhereParserTest {
  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

  private static Condition parse(String where) throws WhereException {
    return WhereParser.parse(where, NOW, ZoneOffset.UTC);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "tool:http_request | tool:http_request",
        "tool=a AND status:ok | tool:a AND status:ok",
        "tool:a status:ok | tool:a AND status:ok",
        "tool:a OR tool:b AND status:ok | tool:a OR tool:b AND status:ok",
        "(tool:a OR tool:b) status:ok | (tool:a OR tool:b) AND status:ok",
        "status!=ok | NOT status:ok",
        "NOT (tool:a OR tool:b) | NOT (tool:a OR tool:b)",
        "tool:ht* | tool:ht*",
        "tool:* | tool:*",
        "tool:\"a b\" | tool:\"a b\"",
        "tool:\"a \\\"b\\\" \\\\\" | tool:\"a \\\"b\\\" \\\\\"",
        "target:channel:x | target:channel:x",
        "payload.a.b:1 | payload.a.b=1 OR payload.a.b:\"1\"",
        "payload.a=1 | payload.a=1",
        "payload.a:\"1\" | payload.a:\"1\"",
        "payload.a:true | payload.a=true OR payload.a:\"true\"",
        "payload.\"a b\".c:x* | payload.\"a b\".c:\"x\"*",
        "payload.status>=500 | payload.status>=500",
        "payload:* | payload:*",
        "seq>=5 | seq>=5",
        "seq:#7 | seq:7",
        "seq<=7 | seq<8",
        "seq>3 seq<8 | seq>=4 AND seq<8",
        "timestamp>=2026-03-01 | timestamp>=\"2026-03-01T00:00:00.000000000Z\"",
        "time<2h | timestamp<\"2026-03-10T10:00:00.000000000Z\"",
        "refused | text:\"refused\"",
        "Conn-Refused | text:\"conn refused\"",
        "\"connection refu\"* | text:\"connection refu\"*",
        "text:/etc/passwd | text:\"etc passwd\"",
        "reason:ticket | reason:\"ticket\"",
        "caused_by:12 | caused_by:#12",
        "tool:a and status:ok | tool:a AND status:ok",
        "tool:a Or tool:b | tool:a OR tool:b",
        "not status:ok | NOT status:ok",
        "tool:*x | tool:*x",
        "tool:a*b?c | tool:a*b?c",
        "tool:a**b | tool:a*b",
        "tool:\"a b\"*\"c d\" | tool:\"a b\"*\"c d\"",
        "tool:\"a*b\" | tool:\"a*b\"",
        "actor:*:ops | actor:*:ops",
        "status:*ed | status:*ed",
        "con*on | text:con*on",
        "*fused | text:*fused",
        "tool in (a, \"b c\", d*) | tool:a OR tool:\"b c\" OR tool:d*",
        "status NOT IN (ok) | NOT status:ok",
        "text~\"tion ref\" | text~\"tion ref\"",
        "tool!~x | NOT tool~\"x\"",
        "payload.a.b~x | payload.a.b~\"x\"",
        "payload.a:*x | payload.a:*x",
        "touched:/srv/x/ | touched:\"/srv/x\"",
        "caused_by:other.example/x#12 | caused_by:other.example/x#12",
      })
  void readsWhatItWrites(String where, String canonical) throws Exception {
    Condition condition = parse(where);

    assertThat(condition).hasToString(canonical);
    assertThat(parse(canonical)).hasToString(canonical);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "tol:x | 0 | there is no field 'tol' | Did you mean tool?",
        "tool:x AND staus:ok | 11 | there is no field 'staus' | Did you mean status?",
        "tool: | 5 | a value is missing | ",
        "tool:x AND | 10 | a condition is missing at the end | ",
        "AND tool:x | 0 | a condition is missing before AND | ",
        "tool:x OR OR tool:y | 10 | missing before OR | ",
        "(tool:x | 0 | this '(' is not closed | ",
        "tool:x) | 6 | nothing opened | ",
        "tool:\"x | 5 | this quote is not closed | ",
        "tool:\"x\\y\" | 7 | backslash | ",
        "tool>x | 4 | '>' does not go with tool | ",
        "status:eror | 7 | there is no status eror | did you mean error?",
        "seq:x | 4 | not a sequence number | ",
        "seq:1* | 4 | not a sequence number | ",
        "timestamp>soon | 10 | not a time | Write one of",
        "payload.a>b | 10 | compares numbers | ",
        "payload.a | 9 | an operator is missing | payload.a:*",
        "payload. | 8 | a name is missing | ",
        "trace:abc | 6 | trace_id has 32 hex digits | ",
        "caused_by:x | 10 | not a cause | ",
        "caused_by:#1@abc | 10 | caused_by | ",
        "text:... | 5 | no word to search for | ",
        ":x | 0 | a field is missing | ",
        "tool==x | 4 | there is no operator '==' | stands in quotes",
        "tool:'x' | 5 | single quotes | tool:\"…\"",
        "seq=>5 | 3 | there is no operator '=>' | Did you mean >=?",
        "status<>ok | 6 | there is no operator '<>' | Did you mean !=?",
        "tool=~x | 4 | there is no operator '=~' | Did you mean ~?",
        "not found | 0 | may be the operator or a word | NOT found",
        "or tool:x | 0 | a condition is missing before or | In quotes",
        "tool:a -b | 7 | there is no sign '-' | Write NOT",
        "+a | 0 | there is no sign '+' | must hold",
        "!tool:a | 0 | there is no sign '!' | Write NOT",
        "a && b | 2 | there is no operator '&' | AND",
        "tool:(a OR b) | 5 | a list does not stand after ':' | tool in (a, b)",
        "tool in a | 5 | a list in brackets is missing | tool in (a, b)",
        "tool like x | 5 | there is no operator 'like' | tool~",
        "status is ok | 7 | there is no operator 'is' | status:",
        "tool:a(b) | 6 | a bracket stands within | quotes",
        "tool:\"a\"b | 8 | directly behind a quote | space",
        "tool:a, status:ok | 6 | a ',' behind a value | side by side",
        "tool:“a” | 5 | '“' is no \" | Write \"",
        "tool：a | 4 | '：' is no : | Write :",
        "actor:fs-agent | 6 | has no kind | agent:fs-agent",
        "actor:fs* | 6 | has no kind | *:fs*",
        "actor:agnt:x | 6 | there is no kind of actor 'agnt' | Did you mean agent:x?",
        "arguments.path:x | 0 | there is no field 'arguments.path' | payload.arguments.path",
        "seq~1 | 3 | '~' does not go with seq | text",
        "tool~a* | 5 | without wildcards | ':'",
        "? | 0 | no word to search for | letters",
        "foo-* | 4 | behind letters or digits | whole words",
        "tool:a\\*b | 6 | a backslash before '*' | In quotes",
        "a*>=b | 0 | behind what is no field | quotes",
        "touched:/ | 8 | a path with a name in it | ",
      })
  void aMistakeIsNamedWithItsColumn(String where, int column, String message, String hint) {
    assertThatThrownBy(() -> parse(where))
        .isInstanceOfSatisfying(
            WhereException.class,
            e -> {
              assertThat(e.column()).as(e.getMessage()).isEqualTo(column);
              if (hint != null) {
                assertThat(e.hint()).contains(hint);
              }
            })
        .hasMessageContaining(message);
  }

  @Test
  void aBarBetweenValuesIsRefused() {
    assertThatThrownBy(() -> parse("tool:a|b"))
        .isInstanceOfSatisfying(
            WhereException.class, e -> assertThat(e.hint()).contains("field in (a, b)"))
        .hasMessageContaining("no operator '|'");
  }

  @Test
  void nestingAndLengthHaveBounds() {
    assertThatThrownBy(() -> parse("(".repeat(65) + "a" + ")".repeat(65)))
        .hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> parse("NOT ".repeat(1_000) + "a")).hasMessageContaining("nested");
    assertThatThrownBy(() -> parse("a ".repeat(WhereParser.MAX_LENGTH)))
        .hasMessageContaining("at most");
    assertThatThrownBy(() -> parse(" ")).hasMessageContaining("an empty condition");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tool!=\"=\"", "tool:\"=\"", "tool:\"'x\"", "payload.a=\"=1\""})
  void aValueThatBeginsLikeAMistakeIsWrittenInQuotes(String where) throws WhereException {
    String written = parse(where).toString();
    assertThat(parse(written)).hasToString(written);
  }

  @Test
  void anyTextIsReadOrRefusedAndWhatIsReadIsWrittenTheSame() throws WhereException {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    String[] pieces = {
      "tool",
      "payload",
      ".",
      "\"",
      "\\",
      ":",
      "=",
      "!=",
      "<",
      ">=",
      "(",
      ")",
      " ",
      "AND",
      "OR",
      "NOT",
      "*",
      "a",
      "ü",
      "1",
      "true",
      "seq",
      "timestamp",
      "text",
      "status",
      "ok",
      "2h",
      "#",
      "@",
      "'",
    };
    int read = 0;
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(10); n >= 0; n--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      String where = text.toString();
      String written;
      try {
        written = parse(where).toString();
      } catch (WhereException e) {
        assertThat(e.column()).as("seed %d: %s", seed, where).isBetween(0, where.length());
        continue;
      }
      assertThat(parse(written)).as("seed %d: %s", seed, where).hasToString(written);
      read++;
    }
    assertThat(read).isPositive();
  }
}
