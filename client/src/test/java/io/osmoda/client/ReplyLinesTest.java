package io.osmoda.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplyLinesTest {
  /** Gives at most so many bytes a read. */
  private static InputStream trickling(byte[] bytes, int most) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, most));
      }
    };
  }

  private static List<String> lines(InputStream in) throws IOException {
    ReplyLines lines = new ReplyLines(in);
    List<String> found = new ArrayList<>();
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      found.add(new String(line, StandardCharsets.UTF_8));
    }
    assertThat(lines.next()).as("after the end").isNull();
    return found;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1_000_000})
  void linesAreTheSameHoweverTheyArrive(int most) throws IOException {
    String longer = "x".repeat(300_000);
    byte[] body = ("first\n\n" + longer + "\nlast").getBytes(StandardCharsets.UTF_8);
    assertThat(lines(trickling(body, most))).containsExactly("first", "", longer, "last");
    assertThat(lines(trickling("one\n".getBytes(StandardCharsets.UTF_8), most)))
        .containsExactly("one");
    assertThat(lines(trickling(new byte[0], most))).isEmpty();
  }

  @Test
  void aLineWithoutEndIsRefused() {
    ReplyLines lines = new ReplyLines(trickling(new byte[4 * Wire.MIB], 1 << 20));
    assertThatThrownBy(lines::next)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too long");
  }
}
