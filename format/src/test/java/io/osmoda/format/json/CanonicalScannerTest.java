package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalScannerTest {
  private static final long SEED = Seed.fixed(0x05_0d_0a_15L);
  private static final int ROUNDS = 20_000;
  private static final int MUTATIONS = 12;

  private final CanonicalScanner scanner = new CanonicalScanner();

  /** The scanner accepts exactly what canonicalisation leaves as it is. */
  private void compare(byte[] json) {
    boolean canonical;
    try {
      canonical = Arrays.equals(CanonicalJson.canonicalize(json), json);
    } catch (JsonException e) {
      canonical = false;
    }
    byte[] shifted = new byte[json.length + 11];
    Arrays.fill(shifted, (byte) '"'); // what stands around must not matter
    System.arraycopy(json, 0, shifted, 2, json.length);
    assertThat(scanner.accepts(shifted, 2, json.length))
        .as("%s (%s)", new String(json, UTF_8), scanner.reason())
        .isEqualTo(canonical);
    if (!canonical) {
      assertThat(scanner.reason()).isNotEmpty();
      assertThat(scanner.position()).isBetween(2, json.length + 2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{",
        "[",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":1}",
        "{\"b\":1,\"a\":1}",
        "{\"\":1,\"a\":1}",
        "{\"a\":1,\"aa\":1}",
        "{\"aa\":1,\"a\":1}",
        "{\"\\n"
            + "\":1,\"\\r"
            + "\":1,\"1\":1,\"\\\\\":1,\"\u0080\":1,\"\u00f6\":1,\"\u20ac\":1,\"\ud83d\ude00\":1,\"\ufb33\":1}",
        "{\"\ufb33\":1,\"\ud83d\ude00\":1}",
        "{\"\\\"\":1,\"#\":1}",
        "{\"[\":1,\"\\\\\":1,\"]\":1}",
        "{\"\\u001f\":1,\" \":1}",
        "{\"\\u0000\":1,\"\\u0001\":1}",
        "{\"a\\u0001\":1,\"a\\u0000\":1}",
        "0",
        "-0",
        "00",
        "01",
        "-1",
        "-",
        "+1",
        ".5",
        "1.",
        "1.5",
        "1.50",
        "0.5",
        "-0.5",
        "0.0",
        "1e21",
        "1e+21",
        "1E+21",
        "1e+20",
        "100000000000000000000",
        "1000000000000000000000",
        "999999999999999",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "9007199254740994",
        "0.000001",
        "0.0000001",
        "1e-7",
        "1e-07",
        "1.0e-7",
        "9.5e-7",
        "0.0000012",
        "123456789012345.6",
        "0.1234567890123456",
        "0.12345678901234567",
        "1e400",
        "1e-400",
        "0e-400",
        "5e-324",
        "4.9e-324",
        "1.7976931348623157e+308",
        "true",
        "tru",
        "truee",
        "false",
        "null",
        "nul",
        "\"\\/\"",
        "\"\\u0008\"",
        "\"\\b\"",
        "\"\\u000b\"",
        "\"\\u000B\"",
        "\"\\u001f\"",
        "\"\\u0020\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\u007f\u2028\uffff\"",
        "\"",
        "\"\\",
        "\"\\u00",
        " 1",
        "1 ",
        "[1, 2]",
        "[1,2]",
        "{\"a\" :1}",
        "\"a\" \"b\"",
        "[}",
        "{]",
        "{1:1}",
        "nan"
      })
  void agreesWithCanonicalisationOnTraps(String json) {
    compare(json.getBytes(UTF_8));
  }

  @Test
  void agreesOnNesting() {
    for (int depth : new int[] {1, 63, 64, 65, 66, 200}) {
      compare(("[".repeat(depth) + "]".repeat(depth)).getBytes(UTF_8));
      compare(("{\"a\":".repeat(depth) + "1" + "}".repeat(depth)).getBytes(UTF_8));
      compare(("[{\"a\":".repeat(depth / 2) + "1" + "}]".repeat(depth / 2)).getBytes(UTF_8));
    }
  }

  @Test
  void agreesOnEveryPairOfBytesInAString() {
    for (int first = 0; first < 256; first++) {
      for (int second = 0; second < 256; second++) {
        compare(new byte[] {'"', (byte) first, (byte) second, '"'});
        if (first >= 0xe0) {
          compare(new byte[] {'"', (byte) first, (byte) second, (byte) 0x80, '"'});
          compare(new byte[] {'"', (byte) first, (byte) second, (byte) 0x80, (byte) 0xbf, '"'});
        }
      }
    }
  }

  @Test
  void agreesOnRandomValuesAndTheirMutations() throws JsonException {
    Random random = new Random(SEED);
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] json = CanonicalJson.write(RandomJson.value(random, 4));
      compare(json);
      assertThat(scanner.accepts(json, 0, json.length))
          .as("seed %x round %d: %s", SEED, round, scanner.reason())
          .isTrue();
      for (int i = 0; i < MUTATIONS; i++) {
        byte[] mutated = RandomJson.mutate(json, random);
        compare(mutated);
        accepted += scanner.accepts(mutated, 0, mutated.length) ? 1 : 0;
      }
    }
    assertThat(accepted).isBetween(ROUNDS / 10, ROUNDS * MUTATIONS - ROUNDS);
  }

  @Test
  void agreesOnRandomNumberLiterals() {
    Random random = new Random(SEED);
    for (int round = 0; round < 200_000; round++) {
      String number =
          switch (random.nextInt(5)) {
            case 0 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
            case 1 -> Long.toString(random.nextLong() >> random.nextInt(64));
            case 2 -> (random.nextLong() >> random.nextInt(64)) + "." + random.nextInt(100_000);
            case 3 ->
                "0." + "0".repeat(random.nextInt(9)) + (random.nextLong() >>> random.nextInt(64));
            default ->
                random.nextInt(40) + "e" + (random.nextBoolean() ? "+" : "-") + random.nextInt(40);
          };
      compare(number.getBytes(UTF_8));
    }
  }
}
