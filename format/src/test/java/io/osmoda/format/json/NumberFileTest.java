package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The number file published with RFC 8785's reference code, by the SHA-256 of its prefixes. */
final class NumberFileTest {
  @ParameterizedTest
  @CsvSource({
    "1000, be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687",
    "10000, b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
    "100000, 22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7"
  })
  void prefix(int lines, String sha256) throws IOException, NoSuchAlgorithmException {
    assertThat(sha256OfFirst(lines)).isEqualTo(sha256);
  }

  @Tag("soak")
  @ParameterizedTest
  @CsvSource({
    "1000000, 49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16",
    "10000000, b9f8a44a91d46813b21b9602e72f112613c91408db0b8341fb94603d9db135e0"
  })
  void longPrefix(int lines, String sha256) throws IOException, NoSuchAlgorithmException {
    assertThat(sha256OfFirst(lines)).isEqualTo(sha256);
  }

  private static String sha256OfFirst(int lines) throws IOException, NoSuchAlgorithmException {
    Sequence sequence = new Sequence();
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] line = new byte[64];
    for (int i = 0; i < lines; i++) {
      double value = sequence.next();
      byte[] bits = Long.toHexString(Double.doubleToRawLongBits(value)).getBytes(US_ASCII);
      System.arraycopy(bits, 0, line, 0, bits.length);
      line[bits.length] = ',';
      int end = JsonNumbers.write(value, line, bits.length + 1);
      line[end] = '\n';
      digest.update(line, 0, end + 1);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * The doubles of the file: the listed ones, 2,000 from the smallest normal one upward, then
   * SHA-256 over and over from 32 zero bytes, each hash read as four little-endian doubles of which
   * zeros, infinities and NaNs are left out.
   */
  private static final class Sequence {
    private static final int ASCENDING = 2_000;

    private final List<String> listed;
    private final MessageDigest digest;
    private int index;
    private byte[] block = new byte[32];
    private ByteBuffer doubles = ByteBuffer.allocate(0);

    Sequence() throws IOException, NoSuchAlgorithmException {
      digest = MessageDigest.getInstance("SHA-256");
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  requireNonNull(
                      NumberFileTest.class.getResourceAsStream("/jcs/static-numbers.txt")),
                  US_ASCII))) {
        listed = reader.lines().toList();
      }
    }

    double next() {
      int i = index++;
      if (i < listed.size()) {
        return Double.longBitsToDouble(Long.parseUnsignedLong(listed.get(i), 16));
      }
      if (i < listed.size() + ASCENDING) {
        return Double.longBitsToDouble(
            Double.doubleToRawLongBits(Double.MIN_NORMAL) + (i - listed.size()));
      }
      while (true) {
        if (!doubles.hasRemaining()) {
          block = digest.digest(block);
          doubles = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        }
        double value = doubles.getDouble();
        if (value != 0 && Double.isFinite(value)) {
          return value;
        }
      }
    }
  }
}
