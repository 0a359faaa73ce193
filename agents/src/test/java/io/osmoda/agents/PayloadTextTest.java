package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.security.SecureRandom;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class PayloadTextTest {
  private static final int CAP = 4_096;

  private final PayloadText text = new PayloadText(new SecretMask(new SecureRandom()), CAP);

  private static JsonSlice slice(String json) {
    byte[] bytes = json.getBytes(UTF_8);
    return Objects.requireNonNull(JsonSlice.of(bytes, 0, bytes.length));
  }

  private static int size(JsonValue value) throws JsonException {
    return CanonicalJson.write(value).length;
  }

  @Test
  void whatTheStrictFormAcceptsIsKeptAsItIs() throws Exception {
    String json =
        "{\"a\":[1,-2.5e3,1e21,9007199254740991,-9007199254740991,true,null,\"\\u00e4\\n🦉\"],"
            + "\"b\":{\"\":\"\"}}";
    assertThat(text.full(slice(json))).isEqualTo(CanonicalJson.parse(json.getBytes(UTF_8)));
  }

  @Test
  void whatItRefusesIsKeptAsText() {
    for (String json :
        new String[] {
          "{\"a\":1,\"\\u0061\":2}",
          "[9007199254740993]",
          "[1e400]",
          "\"\\udc00\"",
          "[".repeat(61) + "]".repeat(61)
        }) {
      assertThat(text.full(slice(json))).isEqualTo(JsonObject.builder().put("raw", json).build());
    }
  }

  @Test
  void bytesThatAreNoTextAreKeptInBase64AndMaskedAsWell() {
    byte[] bytes = ("{\"t\":\"ghp_" + "a".repeat(36) + "\",\"x\":\"?\"}").getBytes(UTF_8);
    bytes[bytes.length - 3] = (byte) 0xff;
    JsonObject raw = text.raw(bytes, 0, bytes.length);
    String decoded =
        new String(
            java.util.Base64.getDecoder().decode(raw.string("raw_base64")),
            java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(decoded).contains("[masked:github_token:", "\u00ff").doesNotContain("ghp_");
  }

  @Test
  void longStringsAreLeftOutFirstAndTheRestIsKept() throws Exception {
    String blob = "B".repeat(100_000);
    JsonObject kept =
        (JsonObject) text.full(slice("{\"type\":\"image\",\"data\":\"" + blob + "\",\"n\":1}"));
    assertThat(kept.string("type")).isEqualTo("image");
    assertThat(kept.get("n")).isEqualTo(JsonNumber.of(1));
    JsonObject data = (JsonObject) Objects.requireNonNull(kept.get("data"));
    assertThat(data.get("omitted_bytes")).isEqualTo(JsonNumber.of(100_000));
    assertThat(data.string("sha256"))
        .isEqualTo(PayloadText.sha256(blob.getBytes(UTF_8), 0, blob.length()));
    assertThat(size(kept)).isLessThan(CAP);
  }

  @Test
  void theHashOfAnEscapedLongStringIsThatOfItsText() {
    String blob = "ä\n".repeat(3_000);
    JsonObject kept =
        (JsonObject) text.full(slice("{\"d\":\"" + blob.replace("\n", "\\n") + "\"}"));
    byte[] utf8 = blob.getBytes(UTF_8);
    assertThat(((JsonObject) Objects.requireNonNull(kept.get("d"))).string("sha256"))
        .isEqualTo(PayloadText.sha256(utf8, 0, utf8.length));
  }

  @Test
  void aPartOfManySmallPiecesIsLeftOutAsAWhole() throws Exception {
    String json = "[" + "1,".repeat(10_000) + "1]";
    JsonObject omitted = (JsonObject) text.full(slice(json));
    assertThat(omitted.get("omitted_bytes")).isEqualTo(JsonNumber.of(json.length()));
    assertThat(omitted.string("head")).startsWith("[1,1,1");
    assertThat(size(omitted)).isLessThan(CAP);
  }

  @Test
  void whateverTheFormItStaysWithinTheCap() throws Exception {
    for (String json :
        new String[] {
          "[" + "1e20,".repeat(790) + "1]",
          "\"" + "\\u0001".repeat(650) + "\"",
          "{\"password\":[" + "\"a\",".repeat(1_000) + "\"a\"]}",
          "{\"a\":1,\"a\":\"" + "\\\"".repeat(1_900) + "\"}",
        }) {
      assertThat(size(text.full(slice(json)))).as(json.substring(0, 20)).isLessThan(2 * CAP);
    }
  }

  @Test
  void aSecretAcrossTheHeadsEndIsNotShownInPart() throws Exception {
    String secret = "ghp_" + "Ab1".repeat(12);
    for (int shift = 0; shift < 60; shift++) {
      String blob = "x ".repeat((PayloadText.HEAD - shift) / 2) + secret + " y".repeat(20_000);
      JsonObject omitted = text.omitted(blob.getBytes(UTF_8), 0, blob.length(), PayloadText.HEAD);
      assertThat(omitted.string("head")).doesNotContain("ghp_");
    }
  }

  @Test
  void aDigestDoesNotGiveASmallSecretAway() {
    JsonObject open = (JsonObject) text.capture(slice("{\"a\":1}"), CaptureMode.DIGEST);
    assertThat(open.string("sha256"))
        .isEqualTo(PayloadText.sha256("{\"a\":1}".getBytes(UTF_8), 0, 7));
    String pin = "{\"pin\":1234}";
    JsonObject secret = (JsonObject) text.capture(slice(pin), CaptureMode.DIGEST);
    assertThat(secret.string("sha256")).isNull();
    assertThat(secret.string("masked_sha256"))
        .isNotEqualTo(PayloadText.sha256(pin.getBytes(UTF_8), 0, pin.length()));
  }

  @Test
  void nothingButTheSizeIsKeptWhereThatIsThePolicy() {
    assertThat(text.capture(slice("{\"a\":1}"), CaptureMode.NONE))
        .isEqualTo(JsonObject.builder().put("bytes", 7).build());
  }
}
