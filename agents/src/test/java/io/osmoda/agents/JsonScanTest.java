package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

final class JsonScanTest {
  /** Another reader of the same grammar, to compare with. */
  private static final ObjectMapper ORACLE =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNumberLength(10_000)
                          .maxNestingDepth(100_000)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static boolean accepts(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return JsonSlice.of(bytes, 0, bytes.length) != null;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        " null ",
        "-0",
        "0.5e-10",
        "\"\\u0000\\/\\\"\"",
        "[1,{\"a\":[true,false]}]",
        "{\"a\":1,\"a\":2}",
        "1e999999",
        "\"\\ud800\"",
        "[[],{},\"\"]"
      })
  void isJson(String text) {
    assertThat(accepts(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "'x'",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "-",
        "nul",
        "\"\t\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"open",
        "[1}",
        "{\"a\"}",
        "1 2",
        "\ufeff{}",
        "[1 2]",
        "{\"a\" 1}",
        "tru",
        "\"\\",
        "\"\\u12"
      })
  void isNot(String text) {
    assertThat(accepts(text)).isFalse();
  }

  @Test
  void depthCostsNoStack() {
    int depth = 1_000_000;
    assertThat(accepts("[".repeat(depth) + "]".repeat(depth))).isTrue();
    assertThat(accepts("[".repeat(depth) + "]".repeat(depth - 1) + "}")).isFalse();
    assertThat(accepts("[{\"a\":".repeat(100) + "1" + "}]".repeat(100))).isTrue();
  }

  @Test
  void anotherParserAgreesOnMutatedJson() {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    List<String> seeds =
        List.of(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"a\"}}",
            "[1,-2.5e+3,true,false,null,\"\\u00e4\\n\",{\"b\":[]},[[{}]]]",
            "{\"a\":{\"b\":{\"c\":[0,1e5,\"x\"]}},\"d\":\"\\\\\"}");
    String alphabet = "{}[]\",:\\ntfu0123456789.eE+-abr \n";
    int accepted = 0;
    for (int round = 0; round < 50_000; round++) {
      StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
      for (int i = random.nextInt(3); i > 0; i--) {
        int at = random.nextInt(text.length());
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, c);
          case 1 -> text.insert(at, c);
          default -> text.deleteCharAt(at);
        }
      }
      boolean ours = accepts(text.toString());
      assertThat(ours).as(text.toString()).isEqualTo(oracleAccepts(text.toString()));
      accepted += ours ? 1 : 0;
    }
    assertThat(accepted).isBetween(1_000, 49_000);
  }

  private static boolean oracleAccepts(String text) {
    try {
      return !ORACLE.readTree(text).isMissingNode();
    } catch (JacksonException e) {
      return false;
    }
  }

  @Test
  void membersAndElementsAreWhatAnotherParserFinds() {
    String text =
        "{ \"a\\u0062\" : 1 , \"x\":[ \"q\\n"
            + "\\ud83e\\udd89\", {\"y\": \"\u00e4\"} , -1.5 ],\"z\":null}";
    byte[] bytes = text.getBytes(UTF_8);
    JsonSlice slice = JsonSlice.of(bytes, 0, bytes.length);
    assertThat(slice).isNotNull();
    JsonNode tree = ORACLE.readTree(text);
    assertThat(slice.members())
        .extracting(JsonSlice.Member::name)
        .containsExactlyElementsOf(tree.propertyNames());
    JsonSlice list = slice.get("x");
    assertThat(list).isNotNull();
    assertThat(list.elements()).hasSize(3);
    assertThat(list.elements().getFirst().text()).isEqualTo(tree.get("x").get(0).stringValue());
    assertThat(list.elements().get(1).text("y")).isEqualTo("ä");
    assertThat(slice.text("z")).isNull();
  }

  @Test
  void idsAreKeysByValueAndType() {
    assertThat(id("1")).isEqualTo(id("1.0")).isEqualTo(id("10e-1")).isNotEqualTo(id("\"1\""));
    assertThat(id("\"a\"")).isEqualTo(id("\"\\u0061\""));
    assertThat(id("0")).isEqualTo(id("-0")).isEqualTo(id("0.00"));
    assertThat(id("null")).isNull();
    assertThat(id("1e999999999999")).isNotEqualTo(id("2e999999999999"));
    assertThat(id("1e99999999")).isEqualTo(id("10e99999998"));
    assertThat(id("12345678901234567890123")).isNotEqualTo(id("12345678901234567890124"));
    assertThat(id("{}")).isNotEqualTo(id("[]"));
  }

  private static @org.jspecify.annotations.Nullable MessageId id(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return MessageId.of(JsonSlice.of(bytes, 0, bytes.length));
  }
}
