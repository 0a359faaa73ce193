package io.osmoda.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is remembered of earlier lines changes nothing of what a line is taken for. */
class AnnotationLineTest {
  private static final String GOOD =
      "{\"controls\":[{\"control\":\"x\",\"framework\":\"y\"}],\"seq\":";

  @Test
  void aLineIsWhatItIsByItself() {
    AnnotationLine reader = new AnnotationLine();
    assertThat(reader.seq((GOOD + "5}").getBytes(UTF_8), 0, GOOD.length() + 2)).isEqualTo(5L);
    for (String line :
        List.of(
            "",
            "}",
            "7}",
            GOOD,
            GOOD + "}",
            GOOD + "0}",
            GOOD + "00}",
            GOOD + "7",
            GOOD + "7]",
            GOOD + "-7}",
            GOOD + "7.0}",
            GOOD + "1e5}",
            GOOD + "1e+21}",
            GOOD + "7}}",
            GOOD + " 7}",
            GOOD + "9007199254740991}",
            GOOD + "9007199254740993}",
            GOOD + "12345678901234567}",
            GOOD.replace("x", "z") + "12}",
            GOOD.replace("\"y\"", "7") + "12}",
            "{\"seq\":5}")) {
      byte[] bytes = ("  " + line + "  ").getBytes(UTF_8);
      for (int again = 0; again < 2; again++) {
        assertThat(reader.seq(bytes, 2, 2 + line.length()))
            .as(line)
            .isEqualTo(AnnotationLine.seq(line.getBytes(UTF_8)));
      }
    }
  }
}
