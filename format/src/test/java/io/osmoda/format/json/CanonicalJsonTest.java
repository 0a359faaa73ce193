package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CanonicalJsonTest {
  private static final Path VECTORS = Path.of("src/test/resources/vectors");

  private static String canonical(String text) throws JsonException {
    byte[] utf8 = text.getBytes(UTF_8);
    byte[] result = CanonicalJson.canonicalize(utf8);
    assertThat(CanonicalJson.write(CanonicalJson.parse(utf8))).isEqualTo(result);
    assertThat(CanonicalJson.canonicalize(result)).isEqualTo(result);
    return new String(result, UTF_8);
  }

  private static JsonException refusal(byte[] input) {
    JsonException refused =
        catchThrowableOfType(JsonException.class, () -> CanonicalJson.canonicalize(input));
    assertThat(refused).as(new String(input, ISO_8859_1)).isNotNull();
    JsonException fromParse =
        catchThrowableOfType(JsonException.class, () -> CanonicalJson.parse(input));
    assertThat(fromParse).hasMessage(refused.getMessage());
    return refused;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream stream =
        requireNonNull(CanonicalJsonTest.class.getResourceAsStream(name), name)) {
      return stream.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"arrays", "french", "structures", "unicode", "values", "weird"})
  void publishedPairs(String name) throws IOException, JsonException {
    byte[] input = resource("/jcs/input/" + name + ".json");
    byte[] output = resource("/jcs/output/" + name + ".json");
    assertThat(CanonicalJson.canonicalize(input))
        .asString(UTF_8)
        .isEqualTo(new String(output, UTF_8));
    assertThat(CanonicalJson.write(CanonicalJson.parse(input))).isEqualTo(output);
    assertThat(CanonicalJson.canonicalize(output)).isEqualTo(output);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ledger-5/segments/00000000000000000000.ndjson",
        "ledger-300/segments/00000000000000000000.ndjson",
        "ledger-5/ledger.json",
        "ledger-300/ledger.json",
        "bundle-actor/annotations.ndjson",
        "bundle-actor/context.ndjson",
        "bundle-actor/entries.ndjson",
        "bundle-actor/export.ndjson",
        "bundle-actor/manifest.json"
      })
  void linesOfTheVectorsAreCanonicalAlready(String file) throws IOException, JsonException {
    List<String> lines = Files.readAllLines(VECTORS.resolve(file));
    assertThat(lines).isNotEmpty();
    for (String line : lines) {
      assertThat(canonical(line)).isEqualTo(line);
      if (CanonicalJson.parse(line.getBytes(UTF_8)) instanceof JsonObject entry
          && entry.get("payload") instanceof JsonObject payload) {
        String text = new String(CanonicalJson.write(payload), UTF_8);
        assertThat(line).contains("\"payload\":" + text + ",");
        assertThat(canonical(text)).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "` { \"b\" : 1 , \"a\" : [ ] } `, `{\"a\":[],\"b\":1}`",
        "`[\t1\r\n,\n{ } ]`, `[1,{}]`",
        "`\"x\"`, `\"x\"`",
        "null, null",
        "true, true",
        "false, false",
        "`{\"\":1,\"a\":2,\"a \":3,\"a!\":4,\"A\":5}`, `{\"\":1,\"A\":5,\"a\":2,\"a"
            + " \":3,\"a!\":4}`",
        "`{\"aaaaaaaab\":1,\"aaaaaaaaa\":2,\"aaaaaaaa\":3}`,"
            + " `{\"aaaaaaaa\":3,\"aaaaaaaaa\":2,\"aaaaaaaab\":1}`",
        "`{\"z\":{\"b\":{\"d\":1,\"c\":2},\"a\":0},\"y\":1}`,"
            + " `{\"y\":1,\"z\":{\"a\":0,\"b\":{\"c\":2,\"d\":1}}}`",
      })
  void layoutGoesAndMembersAreSorted(String input, String expected) throws JsonException {
    assertThat(canonical(input)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`\"\\u0008\\u0009\\u000a\\u000c\\u000D\"`, `\"\\b\\t\\n\\f\\r\"`",
        "`\"\\u0000\\u000B\\u001F\"`, `\"\\u0000\\u000b\\u001f\"`",
        "`\"\\u0022\\u005C\\u002f\\/\"`, `\"\\\"\\\\//\"`",
        "`\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\"`, `\"Aé€😀\"`",
        "`\"\\u007f\\u0080\\u2028\\u2029\\ufeff\\uffff\"`,"
            + " `\"\u007f\u0080\u2028\u2029\ufeff\uffff\"`",
        "`\"A\\u030a\"`, `\"A\u030a\"`",
      })
  void onlyTheNeededEscapesAreLeft(String input, String expected) throws JsonException {
    assertThat(canonical(input)).isEqualTo(expected);
  }

  @Test
  void escapesAreFoundAtEveryPlaceOfAWord() throws JsonException {
    for (int length = 0; length < 20; length++) {
      for (String special : new String[] {"\\n", "\\\\", "\\\"", "é", "€", "😀", "\u007f"}) {
        String text = "\"" + "x".repeat(length) + special + "y".repeat(19 - length) + "\"";
        assertThat(canonical(text)).isEqualTo(text);
        assertThat(canonical("[" + text + "," + text + "]"))
            .isEqualTo("[" + text + "," + text + "]");
      }
    }
  }

  @Test
  void membersAreSortedByUtf16CodeUnits() throws JsonException {
    // In UTF-8, and by code point, the emoji would come last.
    assertThat(canonical("{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\ud7ff\":3,\"\\r\":4,\"1\":5}"))
        .isEqualTo("{\"\\r\":4,\"1\":5,\"\ud7ff\":3,\"😀\":2,\"\ufb33\":1}");
  }

  @Test
  void orderOfMembersIsThatOfStrings() throws JsonException {
    String[] tails = {
      "",
      "\u0000",
      "\u0001",
      "\b",
      "\t",
      "\n",
      "\u001f",
      " ",
      "!",
      "\"",
      "#",
      "[",
      "\\",
      "]",
      "a",
      "u",
      "\u007f",
      "\u0080",
      "\u07ff",
      "\u0800",
      "\ud7ff",
      "\ud800\udc00",
      "😀",
      "\udbff\udfff",
      "\ue000",
      "\uefff",
      "\uf000",
      "\ufb33",
      "\uffff"
    };
    for (String stem : new String[] {"", "sevenss", "eightyyy", "é", "😀", "\uffff", "\n"}) {
      for (int i = 0; i < tails.length; i++) {
        for (int j = 0; j < tails.length; j++) {
          if (i != j) {
            String first = i < j ? tails[i] : tails[j];
            String second = i < j ? tails[j] : tails[i];
            JsonObject given =
                JsonObject.builder().put(stem + tails[i], 1).put(stem + tails[j], 2).build();
            String sorted =
                "{%s:%d,%s:%d}"
                    .formatted(
                        new String(CanonicalJson.write(new JsonString(stem + first)), UTF_8),
                        i < j ? 1 : 2,
                        new String(CanonicalJson.write(new JsonString(stem + second)), UTF_8),
                        i < j ? 2 : 1);
            assertThat(CanonicalJson.write(given)).asString(UTF_8).isEqualTo(sorted);
            String text = new String(new RandomJsonText(new Random(i)).layOut(given), UTF_8);
            assertThat(canonical(text)).isEqualTo(sorted);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 23, 24, 25, 26, 100, 5_000})
  void manyMembersInAnyOrder(int count) throws JsonException {
    List<Integer> numbers = new ArrayList<>();
    StringBuilder sorted = new StringBuilder();
    for (int i = 0; i < count; i++) {
      numbers.add(i);
      sorted.append(i == 0 ? "{" : ",").append("\"m%04d\":%d".formatted(i, i));
    }
    sorted.append('}');
    Collections.shuffle(numbers, new Random(count));
    StringBuilder shuffled = new StringBuilder();
    for (int i : numbers) {
      shuffled.append(shuffled.isEmpty() ? "{" : ",").append("\"m%04d\":%d".formatted(i, i));
    }
    assertThat(canonical(shuffled + "}")).isEqualTo(sorted.toString());
    String repeated = shuffled + ",\"m0000\":0}";
    assertThat(refusal(repeated.getBytes(UTF_8)).position()).isEqualTo(shuffled.length() + 1);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "-0.0, 0",
    "0e5, 0",
    "-0E-999999999999, 0",
    "0.000000000000000000000000000000000000e999999, 0",
    "1.0, 1",
    "1e0, 1",
    "1E+2, 100",
    "100e-2, 1",
    "-12.50, -12.5",
    "0.1e1, 1",
    "1e20, 100000000000000000000",
    "1e21, 1e+21",
    "123456789e15, 1.23456789e+23",
    "0.000001, 0.000001",
    "0.0000001, 1e-7",
    "1.5e-7, 1.5e-7",
    "0.30000000000000004, 0.30000000000000004",
    "0.300000000000000044, 0.30000000000000004",
    "333333333.33333329, 333333333.3333333",
    "9007199254740991, 9007199254740991",
    "-9007199254740991, -9007199254740991",
    "9007199254740992, 9007199254740992",
    "9007199254740993.0, 9007199254740992",
    "9007199254740993e0, 9007199254740992",
    "100000000000000000000, 100000000000000000000",
    "-999999999999999900000, -999999999999999900000",
    "295147905179352830000, 295147905179352830000",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "17976931348623157e292, 1.7976931348623157e+308",
    "5e-324, 5e-324",
    "4.9e-324, 5e-324",
    "3e-324, 5e-324",
    "2.2250738585072014e-308, 2.2250738585072014e-308",
    "1e-300, 1e-300",
    "123e-310, 1.23e-308",
    "123456789012345e-320, 1.23456789012345e-306",
    "999999999999999, 999999999999999",
    "1234567890123456, 1234567890123456",
    "0.00000000000000000000123456789012345, 1.23456789012345e-21",
    "12345678901234567890.0, 12345678901234567000",
  })
  void numbersTakeTheirCanonicalForm(String input, String expected) throws JsonException {
    assertThat(canonical(input)).isEqualTo(expected);
    assertThat(canonical("[" + input + " ]")).isEqualTo("[" + expected + "]");
  }

  @Test
  void numbersThatGrowFindRoom() throws JsonException {
    String input = "[" + "1e20,".repeat(3_000) + "1]";
    assertThat(canonical(input)).isEqualTo("[" + "100000000000000000000,".repeat(3_000) + "1]");
  }

  static Stream<Arguments> refusals() {
    String deep = "[".repeat(64);
    return Stream.of(
        // grammar
        arguments("", 0, "ends where a value is expected"),
        arguments("  ", 2, "ends where a value is expected"),
        arguments("[", 1, "ends where a value is expected"),
        arguments("[1", 2, "ends before ',' or ']'"),
        arguments("[1,", 3, "ends where a value is expected"),
        arguments("[1,]", 3, "expected a value, found ']'"),
        arguments("[,1]", 1, "expected a value, found ','"),
        arguments("[1 2]", 3, "expected ',' or ']', found '2'"),
        arguments("[1}", 2, "expected ',' or ']', found '}'"),
        arguments("[1\000]", 2, "expected ',' or ']', found byte 0x00"),
        arguments("{", 1, "ends before a member name"),
        arguments("{,}", 1, "expected a member name in quotes, found ','"),
        arguments("{\"a\"", 4, "ends before ':'"),
        arguments("{\"a\" 1}", 5, "expected ':', found '1'"),
        arguments("{\"a\":", 5, "ends where a value is expected"),
        arguments("{\"a\":}", 5, "expected a value, found '}'"),
        arguments("{\"a\":1", 6, "ends before ',' or '}'"),
        arguments("{\"a\":1,}", 7, "expected a member name in quotes, found '}'"),
        arguments("{\"a\":1]", 6, "expected ',' or '}', found ']'"),
        arguments("{a:1}", 1, "expected a member name in quotes, found 'a'"),
        arguments("{'a':1}", 1, "expected a member name in quotes, found '''"),
        arguments("{1:1}", 1, "expected a member name in quotes, found '1'"),
        arguments("}", 0, "expected a value, found '}'"),
        arguments("1 2", 2, "after the value: '2'"),
        arguments("{}{}", 2, "after the value: '{'"),
        arguments("{}\000", 2, "after the value: byte 0x00"),
        arguments("[] // x", 3, "after the value: '/'"),
        arguments("/**/1", 0, "expected a value, found '/'"),
        arguments("tru", 0, "found a word that is not true"),
        arguments("[nul]", 1, "found a word that is not null"),
        arguments("False", 0, "expected a value, found 'F'"),
        arguments("[falsy]", 1, "found a word that is not false"),
        arguments("trueish", 4, "after the value: 'i'"),
        arguments("NaN", 0, "expected a value, found 'N'"),
        arguments("Infinity", 0, "expected a value, found 'I'"),
        arguments("\f1", 0, "expected a value, found byte 0x0c"),
        arguments("\u00a01", 0, "expected a value, found byte 0xa0"),
        arguments("[\u00e9]", 1, "expected a value, found byte 0xe9"),
        // numbers
        arguments("-", 1, "number cut short"),
        arguments("[-]", 2, "expected a digit, found ']'"),
        arguments("-Infinity", 1, "expected a digit, found 'I'"),
        arguments("+1", 0, "expected a value, found '+'"),
        arguments("--1", 1, "expected a digit, found '-'"),
        arguments(".5", 0, "expected a value, found '.'"),
        arguments("1.", 2, "number cut short"),
        arguments("[1.]", 3, "expected a digit, found ']'"),
        arguments("1.e5", 2, "expected a digit, found 'e'"),
        arguments("1e", 2, "number cut short"),
        arguments("1e+", 3, "number cut short"),
        arguments("[1e]", 3, "expected a digit, found ']'"),
        arguments("1e5.0", 3, "after the value: '.'"),
        arguments("01", 0, "leading zero"),
        arguments("[-01]", 2, "leading zero"),
        arguments("00", 0, "leading zero"),
        arguments("00.5", 0, "leading zero"),
        arguments("0x10", 1, "after the value: 'x'"),
        arguments("1_000", 1, "after the value: '_'"),
        arguments("[1e400]", 1, "beyond the range of a double"),
        arguments("[-1e400]", 1, "beyond the range of a double"),
        arguments("1.7976931348623159e308", 0, "beyond the range of a double"),
        arguments("1e99999999999999999999", 0, "beyond the range of a double"),
        arguments("1" + "0".repeat(400), 0, "beyond the range of a double"),
        arguments("[1e-400]", 1, "holds it as zero"),
        arguments("-2e-324", 0, "holds it as zero"),
        arguments("1e-99999999999999999999", 0, "holds it as zero"),
        arguments("0." + "0".repeat(400) + "1", 0, "holds it as zero"),
        arguments("9007199254740993", 0, "beyond 2^53-1"),
        arguments("[-9007199254740993]", 1, "beyond 2^53-1"),
        arguments("9223372036854775807", 0, "beyond 2^53-1"),
        arguments("{\"ns\":1772375000847291001}", 6, "beyond 2^53-1"),
        arguments("100000000000000000001", 0, "beyond 2^53-1"),
        arguments("1000000000000000000000", 0, "beyond 2^53-1"), // canonical is 1e+21
        arguments("295147905179352825856", 0, "beyond 2^53-1"), // exact, yet not canonical
        // strings
        arguments("\"", 0, "string without an end"),
        arguments("[\"abc", 1, "string without an end"),
        arguments("{\"abcdefghijk", 1, "string without an end"),
        arguments("\"abc\\\"", 0, "string without an end"),
        arguments("\"a\nb\"", 2, "control character U+000A"),
        arguments("\"\000\"", 1, "control character U+0000"),
        arguments("\"0123456789abcde\037f\"", 16, "control character U+001F"),
        arguments("\"\\x41\"", 1, "unknown escape"),
        arguments("\"\\'\"", 1, "unknown escape"),
        arguments("\"\\", 1, "unknown escape"),
        arguments("\"\\u\"", 1, "four hex digits"),
        arguments("\"a\\u00g0\"", 2, "four hex digits"),
        arguments("\"\\u 041\"", 1, "four hex digits"),
        arguments("\"\\u+041\"", 1, "four hex digits"),
        arguments("\"\\u004", 1, "four hex digits"),
        arguments("\"\\U0041\"", 1, "unknown escape"),
        // surrogates as escapes
        arguments("\"\\ud800\"", 1, "lone surrogate \\ud800"),
        arguments("\"ab\\udfff\"", 3, "lone surrogate \\udfff"),
        arguments("\"\\ude00\\ud83d\"", 1, "lone surrogate \\ude00"),
        arguments("\"\\ud83d\\ud83d\\ude00\"", 1, "lone surrogate \\ud83d"),
        arguments("\"\\ud83dx\\ude00\"", 1, "lone surrogate \\ud83d"),
        arguments("\"\\ud83d\\u0041\"", 1, "lone surrogate \\ud83d"),
        arguments("\"\\ud83d\\n\"", 1, "lone surrogate \\ud83d"),
        arguments("\"\\ud83d\\u12\"", 7, "four hex digits"),
        arguments("\"\\ud83d", 1, "lone surrogate \\ud83d"),
        arguments("{\"\\udead\":1}", 2, "lone surrogate \\udead"),
        arguments("\"\\ud83d\u00ed\u00b8\u0080\"", 1, "lone surrogate \\ud83d"),
        // UTF-8
        arguments("\"\u0080\"", 1, "continuation byte without a lead byte"),
        arguments("\"a\u00bf\"", 2, "continuation byte without a lead byte"),
        arguments("\"\u00c0\u0080\"", 1, "overlong form"),
        arguments("\"\u00c1\u00bf\"", 1, "overlong form"),
        arguments("\"\u00e0\u0080\u00af\"", 1, "overlong form"),
        arguments("\"\u00e0\u009f\u00bf\"", 1, "overlong form"),
        arguments("\"\u00f0\u0080\u0080\u00af\"", 1, "overlong form"),
        arguments("\"\u00f0\u008f\u00bf\u00bf\"", 1, "overlong form"),
        arguments("\"\u00ed\u00a0\u0080\"", 1, "invalid UTF-8: surrogate"),
        arguments("\"\u00ed\u00bf\u00bf\"", 1, "invalid UTF-8: surrogate"),
        arguments("\"\u00ed\u00a0\u00bd\u00ed\u00b8\u0080\"", 1, "invalid UTF-8: surrogate"),
        arguments("\"\u00f4\u0090\u0080\u0080\"", 1, "beyond U+10FFFF"),
        arguments("\"\u00f5\u0080\u0080\u0080\"", 1, "beyond U+10FFFF"),
        arguments("\"\u00f7\u00bf\u00bf\u00bf\"", 1, "beyond U+10FFFF"),
        arguments("\"\u00f8\u0088\u0080\u0080\u0080\"", 1, "byte 0xf8"),
        arguments("\"\u00fe\"", 1, "byte 0xfe"),
        arguments("\"\u00ff\"", 1, "byte 0xff"),
        arguments("\"\u00c3\"", 1, "sequence cut short"),
        arguments("\"\u00c3", 1, "sequence cut short"),
        arguments("\"\u00e2\u0082\"", 1, "sequence cut short"),
        arguments("\"\u00e2\u0082", 1, "sequence cut short"),
        arguments("\"\u00f0\u009f\u0098\"", 1, "sequence cut short"),
        arguments("\"\u00e2\u0082A\"", 1, "sequence cut short"),
        arguments("\"0123456789\u00e9\"", 11, "sequence cut short"),
        arguments("{\"\u00ff\":1}", 2, "byte 0xff"),
        // byte order marks
        arguments("\u00ef\u00bb\u00bf{}", 0, "byte order mark"),
        arguments("\u00ef\u00bb\u00bf", 0, "byte order mark"),
        arguments("\u00fe\u00ff\000{\000}", 0, "expected a value, found byte 0xfe"),
        arguments("{}\u00ef\u00bb\u00bf", 2, "after the value: byte 0xef"),
        // duplicate names
        arguments("{\"a\":1,\"a\":2}", 7, "second time"),
        arguments("{\"a\":1,\"\\u0061\":2}", 7, "second time"),
        arguments("{\"b\":1,\"a\":2,\"b\":3}", 13, "second time"),
        arguments("{\"\":1, \"\":2}", 7, "second time"),
        arguments("{\"\\n\":1,\"\\u000A\":2}", 8, "second time"),
        arguments("{\"\u00c3\u00a9\":1,\"\\u00e9\":2}", 8, "second time"),
        arguments("{\"\u00f0\u009f\u0098\u0080\":1,\"\\ud83d\\ude00\":2}", 10, "second time"),
        arguments("[{\"c\":{\"x\":1,\"y\":2,\"x\":3},\"c\":4}]", 19, "second time"),
        arguments("{\"b\":1,\"a\":2,\"b\":3,\"a\":4,\"a\":5}", 13, "second time"),
        // nesting
        arguments(deep + "[", 64, "deeper than 64"),
        arguments(deep + "[]" + "]".repeat(64), 64, "deeper than 64"),
        arguments("{\"a\":".repeat(64) + "{}", 320, "deeper than 64"),
        arguments("[".repeat(1_000_000), 64, "deeper than 64"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void isRefusedWithPositionAndReason(String latin1, int position, String reason) {
    JsonException refused = refusal(latin1.getBytes(ISO_8859_1));
    assertThat(refused.reason()).contains(reason);
    assertThat(refused.position()).isEqualTo(position);
    assertThat(refused).hasMessage("at byte " + position + ": " + refused.reason());
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatIsRefusedTheReferenceRefusesToo(String latin1, int position, String reason) {
    if (latin1.length() < 100_000) {
      assertThat(ReferenceJson.canonicalize(latin1.getBytes(ISO_8859_1))).isEmpty();
    }
  }

  @Test
  void aCutTextIsRefusedAtEveryPlace() {
    byte[] text = "{\"a\":[1.5e3,true,null,\"\\u00e9é😀\\n\"],\"b\":{\"c\":-0.25}}".getBytes(UTF_8);
    for (int length = 0; length < text.length; length++) {
      JsonException refused = refusal(Arrays.copyOf(text, length));
      assertThat(refused.position()).isBetween(0, length);
    }
  }

  @Test
  void sixtyFourLevelsAreAccepted() throws JsonException {
    String arrays = "[".repeat(64) + "]".repeat(64);
    assertThat(canonical(arrays)).isEqualTo(arrays);
    String objects = "{\"a\":".repeat(63) + "{}" + "}".repeat(63);
    assertThat(canonical(objects)).isEqualTo(objects);
  }

  @Test
  void anEntryIsOneLevelDeeperThanItsPayload() throws JsonException {
    byte[] line = ("{\"payload\":" + "{\"a\":".repeat(63) + "{}" + "}".repeat(64)).getBytes(UTF_8);
    assertThat(refusal(line).reason()).contains("deeper than 64");
    JsonValue entry = CanonicalJson.parse(line, 0, line.length, CanonicalJson.MAX_DEPTH + 1);
    assertThatThrownBy(() -> CanonicalJson.write(entry)).isInstanceOf(JsonException.class);
    assertThat(CanonicalJson.write(entry, CanonicalJson.MAX_DEPTH + 1)).isEqualTo(line);
  }

  @Test
  void positionsCountFromTheOffset() throws JsonException {
    byte[] text = "xx[1,x]yy".getBytes(UTF_8);
    JsonException refused =
        catchThrowableOfType(JsonException.class, () -> CanonicalJson.parse(text, 2, 5));
    assertThat(refused.position()).isEqualTo(3);
    assertThat(CanonicalJson.parse("xx[1]yy".getBytes(UTF_8), 2, 3))
        .isEqualTo(JsonArray.of(JsonNumber.of(1)));
    assertThatThrownBy(() -> CanonicalJson.parse(text, 5, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void bytesBehindTheGivenRangeAreNotRead() {
    byte[] text = "\"0123456789\"".getBytes(UTF_8);
    JsonException refused =
        catchThrowableOfType(JsonException.class, () -> CanonicalJson.parse(text, 0, 11));
    assertThat(refused.reason()).isEqualTo("string without an end");
  }

  @Test
  void theResultIsAnArrayOfItsOwn() throws JsonException {
    byte[] input = "{\"a\":1}".getBytes(UTF_8);
    byte[] first = CanonicalJson.canonicalize(input);
    Arrays.fill(input, (byte) 0);
    byte[] second = CanonicalJson.canonicalize("[]".getBytes(UTF_8));
    assertThat(first).asString(UTF_8).isEqualTo("{\"a\":1}");
    assertThat(second).asString(UTF_8).isEqualTo("[]");
  }

  @Test
  void aRefusalLeavesNothingBehind() throws JsonException {
    refusal("{\"b\":[{\"x\":1,".getBytes(UTF_8));
    assertThat(canonical("{\"b\":1,\"a\":2}")).isEqualTo("{\"a\":2,\"b\":1}");
  }

  @Test
  void aTextOfManyMegabytes() throws JsonException {
    String member = "\"%s\":[\"%s\",1e3],".formatted("k".repeat(100), "é".repeat(1000));
    StringBuilder text = new StringBuilder("{");
    StringBuilder expected = new StringBuilder("{");
    for (int i = 5_000; i > 0; i--) {
      text.append(member.replaceFirst("k", "k" + i));
    }
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= 5_000; i++) {
      names.add(member.replaceFirst("k", "k" + i).replace("1e3", "1000"));
    }
    Collections.sort(names);
    names.forEach(expected::append);
    text.append("\"a\":0}");
    expected.insert(1, "\"a\":0,").setLength(expected.length() - 1);
    expected.append('}');
    assertThat(CanonicalJson.canonicalize(text.toString().getBytes(UTF_8)))
        .isEqualTo(expected.toString().getBytes(UTF_8));
    assertThat(canonical("[2,1]")).isEqualTo("[2,1]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "a\udc00", "\udc00\ud800", "\ud83dx"})
  void loneSurrogatesAreRefusedWhenWritten(String text) {
    assertThatThrownBy(() -> CanonicalJson.write(new JsonString(text)))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("lone surrogate U+");
    assertThatThrownBy(() -> CanonicalJson.write(JsonObject.builder().put(text, 1).build()))
        .isInstanceOf(JsonException.class);
  }

  @Test
  void nestingIsLimitedWhenWritten() throws JsonException {
    JsonValue value = JsonArray.of();
    for (int level = 2; level <= CanonicalJson.MAX_DEPTH; level++) {
      value = JsonArray.of(value);
    }
    assertThat(CanonicalJson.write(value)).hasSize(128);
    JsonArray deeper = JsonArray.of(value);
    assertThatThrownBy(() -> CanonicalJson.write(deeper))
        .isInstanceOf(JsonException.class)
        .hasMessage("at byte 64: nested deeper than 64 levels");
  }

  @Test
  void parsedValuesHaveTheirTypes() throws JsonException {
    JsonValue value =
        CanonicalJson.parse(
            "{\"z\":[null,true,false,-1.5,\"\\u0000\\b\\t\\n\\f\\r\\\"\\\\é\"],\"a\":{}}"
                .getBytes(UTF_8));
    assertThat(value)
        .isEqualTo(
            JsonObject.builder()
                .put(
                    "z",
                    JsonArray.of(
                        JsonNull.NULL,
                        JsonBoolean.TRUE,
                        JsonBoolean.FALSE,
                        new JsonNumber(-1.5),
                        new JsonString("\0\b\t\n\f\r\"\\é")))
                .put("a", JsonObject.EMPTY)
                .build());
  }
}
