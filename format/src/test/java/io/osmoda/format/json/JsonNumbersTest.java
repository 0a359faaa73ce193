package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.fixtures.Seed;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonNumbersTest {
  private static String written(double value) {
    byte[] target = new byte[JsonNumbers.MAX_LENGTH + 2];
    int end = JsonNumbers.write(value, target, 1);
    assertThat(target[0]).isZero();
    assertThat(end).isLessThanOrEqualTo(1 + JsonNumbers.MAX_LENGTH);
    return new String(target, 1, end - 1, US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "41b3de4355555555, 333333333.3333333",
    "41b3de4355555556, 333333333.3333334",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2"
  })
  void numbersOfRfc8785AppendixB(String bits, String expected) {
    assertThat(written(Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16))))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void whatIsNoNumberIsRefused(double value) {
    assertThatThrownBy(() -> JsonNumbers.write(value, new byte[32], 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new JsonNumber(value)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void smallestSubnormalsTakeTheFewestDigits() {
    for (long bits = 1; bits <= 3000; bits++) {
      double value = Double.longBitsToDouble(bits);
      assertThat(written(value)).as("bits %d", bits).isEqualTo(ReferenceJson.number(value));
    }
  }

  @Test
  void powersOfTwoAndTheirNeighbours() {
    for (int exponent = -1074; exponent <= 1023; exponent++) {
      double power = Math.scalb(1.0, exponent);
      for (double value : new double[] {Math.nextDown(power), power, Math.nextUp(power)}) {
        assertThat(written(value)).isEqualTo(ReferenceJson.number(value));
      }
    }
  }

  @Test
  void powersOfTenAndShortDecimals() {
    for (int exponent = -323; exponent <= 308; exponent++) {
      for (int digit = 1; digit <= 9; digit++) {
        double value = Double.parseDouble(digit + "e" + exponent);
        if (Double.isFinite(value)) {
          assertThat(written(value)).isEqualTo(ReferenceJson.number(value));
          assertThat(written(-value)).isEqualTo("-" + ReferenceJson.number(value));
        }
      }
    }
    for (int hundredths = 1; hundredths < 20_000; hundredths++) {
      double value = hundredths / 100.0;
      assertThat(written(value)).isEqualTo(ReferenceJson.number(value));
    }
  }

  @Test
  void borderOfTheExactIntegers() {
    for (double value = 0x1p53 - 50; value <= 0x1p53 + 50; value = Math.nextUp(value)) {
      assertThat(written(value)).isEqualTo(ReferenceJson.number(value));
    }
  }

  @Test
  void randomDoublesComeBackAndAreShortest() {
    long seed = Seed.fixed(0x0516d0da);
    SplittableRandom random = new SplittableRandom(seed);
    RandomJsonText json = new RandomJsonText(random);
    for (int i = 0; i < 50_000; i++) {
      double value = json.number();
      String text = written(value);
      assertThat(text).as("seed %d, round %d", seed, i).isEqualTo(ReferenceJson.number(value));
      byte[] padded = ("[" + text + "]").getBytes(US_ASCII);
      assertThat(JsonNumbers.read(padded, 1, padded.length - 1))
          .as("seed %d, round %d", seed, i)
          .isEqualTo(value + 0.0);
    }
  }
}
