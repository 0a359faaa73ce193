package io.osmoda.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputLinesTest {
  private static final int LONGEST = 200_000;
  private static final String TOO_LONG = "(too long)";

  /** Gives as many bytes at once as chance has it, as a pipe does. */
  private static InputStream trickle(byte[] bytes, Random random) {
    return new InputStream() {
      private final InputStream whole = new ByteArrayInputStream(bytes);

      @Override
      public int read() {
        throw new AssertionError("is read in blocks");
      }

      @Override
      public int read(byte[] target, int at, int length) throws IOException {
        assertThat(length).isPositive();
        return whole.read(target, at, 1 + random.nextInt(length));
      }
    };
  }

  private static List<String> lines(InputStream in) throws IOException {
    InputLines lines = new InputLines(in, LONGEST);
    List<String> read = new ArrayList<>();
    while (lines.next()) {
      read.add(
          lines.isTooLong()
              ? TOO_LONG
              : new String(lines.bytes(), lines.start(), lines.length(), UTF_8));
    }
    assertThat(lines.next()).isFalse();
    return read;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "a", "a\n", "\n\n", "a\n\nb", "a\r\n b \n"})
  void linesAreThoseBetweenLineFeeds(String text) throws IOException {
    List<String> expected = new ArrayList<>(List.of(text.split("\n", -1)));
    if (expected.getLast().isEmpty()) {
      expected.removeLast();
    }
    assertThat(lines(new ByteArrayInputStream(text.getBytes(UTF_8)))).isEqualTo(expected);
  }

  @Test
  void linesOfEverySizeComeWholeHoweverTheyArrive() throws IOException {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      List<String> expected = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 40; i++) {
        int size = random.nextInt(10) == 0 ? random.nextInt(2 * LONGEST) : random.nextInt(300);
        String line = String.valueOf((char) ('a' + i % 26)).repeat(size);
        text.append(line).append('\n');
        expected.add(size > LONGEST ? TOO_LONG : line);
      }
      assertThat(lines(trickle(text.toString().getBytes(UTF_8), random)))
          .as("seed %d", seed)
          .isEqualTo(expected);
    }
  }

  @Test
  void aLineOfExactlyTheLongestIsKeptAndOneByteMoreIsNot() throws IOException {
    String longest = "x".repeat(LONGEST);
    for (String end : List.of("", "\n", "\nz")) {
      assertThat(lines(new ByteArrayInputStream((longest + end).getBytes(UTF_8))))
          .first()
          .isEqualTo(longest);
      assertThat(lines(new ByteArrayInputStream((longest + "y" + end).getBytes(UTF_8))))
          .first()
          .isEqualTo(TOO_LONG);
    }
  }
}
