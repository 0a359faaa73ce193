package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CanonicalizeTest {
  @Test
  void printsTheCanonicalFormWithoutLineFeed() {
    CommandLineRun run =
        CommandLineRun.withInput("{ \"b\" : 1.0, \"a\" : \"\\u00e9\" }\n", "canonicalize", "-");

    assertThat(run.out()).isEqualTo("{\"a\":\"é\",\"b\":1}");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
  }

  @Test
  void readsAFileOnAPathWithSpacesAndUmlauts(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("größe und maß.json");
    Files.writeString(file, "[3e0]");

    assertThat(CommandLineRun.of("canonicalize", file.toString()).out()).isEqualTo("[3]");
  }

  @Test
  void saysWhereAndWhyInputIsRefused() {
    CommandLineRun run =
        CommandLineRun.withInput("{\n  \"ä\": 1,\n  \"ä\": 2\n}\n", "canonicalize");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("osmoda: canonicalize: standard input: ")
        .contains("line 3, column 3 (byte ")
        .contains("| " + "  \"ä\": 2")
        .contains("|   ^");
  }

  @Test
  void marksThePlaceInInvalidUtf8() {
    byte[] input = "\"ab\u00ff\"".getBytes(StandardCharsets.ISO_8859_1);
    CommandLineRun run = CommandLineRun.of(input, Map.of(), "canonicalize");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("line 1, column 4 (byte 3)");
  }

  @Test
  void theExcerptOfALongLineIsShortAndSteersNoTerminal() {
    String long1 = "\"\u009b31m" + "x".repeat(5_000);
    CommandLineRun run = CommandLineRun.withInput("[" + long1 + "\n", "canonicalize");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).doesNotContain("\u009b");
    assertThat(run.err().lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(140));
  }

  @Test
  void emptyInputIsRefused() {
    assertThat(CommandLineRun.withInput("", "canonicalize").code()).isEqualTo(2);
  }

  @Test
  void aMissingFileIsNamed(@TempDir Path folder) {
    Path missing = folder.resolve("none.json");
    CommandLineRun run = CommandLineRun.of("canonicalize", missing.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("no such file").contains(missing.toString());
  }
}
