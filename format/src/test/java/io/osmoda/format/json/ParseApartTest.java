package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ParseApartTest {
  private static CanonicalJson.Parted parse(String text) throws JsonException {
    byte[] utf8 = ("xx" + text + "yy").getBytes(UTF_8);
    return CanonicalJson.parseApart(utf8, 2, utf8.length - 4, 4, "payload");
  }

  private static String text(JsonValue value) throws JsonException {
    return new String(CanonicalJson.write(value), UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"payload":{}}                                      | {"payload":{}}        | {}
          {"z":1,"payload":{"b":[{}],"a":1.0}, "a":[2]}       | {"a":[2],"payload":{},"z":1} | {"a":1,"b":[{}]}
          {"payload":{"q":"}{\\"\\\\","r":"\\u007d\\n"},"s":"t"} | {"payload":{},"s":"t"} | {"q":"}{\\"\\\\","r":"}\\n"}
          {"payload":{"payload":{"x":"ü"}}}                   | {"payload":{}}        | {"payload":{"x":"ü"}}
          """)
  void theMemberStaysCanonicalTextAndTheRestIsBuilt(String whole, String rest, String part)
      throws JsonException {
    CanonicalJson.Parted parted = parse(whole);
    assertThat(text(parted.value())).isEqualTo(rest);
    assertThat(parted.part()).isNotNull();
    assertThat(new String(parted.part().raw(), UTF_8)).isEqualTo(part);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"a":{"payload":{"x":1}}}
          [{"payload":{"x":1}}]
          {"payload":[{"x":1}]}
          {"payload":null}
          {"payload2":{"x":1}}
          "payload"
          {}
          """)
  void whatIsNoObjectOfTheOutermostIsBuiltAsEver(String whole) throws JsonException {
    CanonicalJson.Parted parted = parse(whole);
    assertThat(parted.part()).isNull();
    assertThat(parted.value()).isEqualTo(CanonicalJson.parse(whole.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"payload":{"a":1,"a":2}}
          {"payload":{"a":[[[1]]]}}
          {"payload":{"a":1}
          {"payload":{}} {}
          {"payload":{"a":"\\ud800"}}
          """)
  void refusesInsideTheMemberWhatParseRefuses(String whole) {
    byte[] utf8 = whole.getBytes(UTF_8);
    assertThatThrownBy(() -> parse(whole))
        .isInstanceOf(JsonException.class)
        .hasMessage(messageOf(utf8));
  }

  private static String messageOf(byte[] utf8) {
    try {
      CanonicalJson.parse(utf8, 0, utf8.length, 4);
      throw new AssertionError("accepted");
    } catch (JsonException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void virtualThreadsParseAsPlatformThreadsDo() throws Exception {
    byte[] bad = "{\"a\":[1,".getBytes(UTF_8);
    for (int i = 0; i < 100; i++) {
      String text = "{\"n\":" + i + "}";
      StringBuilder seen = new StringBuilder();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  seen.append(text(CanonicalJson.parse(text.getBytes(UTF_8))));
                  CanonicalJson.parse(bad);
                } catch (JsonException e) {
                  seen.append(" refused");
                }
              })
          .join();
      assertThat(seen).hasToString(text + " refused");
    }
  }
}
