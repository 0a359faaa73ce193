package io.osmoda.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A manifest is read as the format says, its format before anything else. */
class ManifestTest {
  private static final Path VECTOR =
      Path.of("../format/src/test/resources/vectors/bundle-actor/manifest.json");

  private static String vector() throws IOException {
    return Files.readString(VECTOR);
  }

  private static byte[] replaced(String from, String to) throws IOException {
    assertThat(vector()).contains(from);
    return vector().replace(from, to).getBytes(UTF_8);
  }

  @ParameterizedTest
  @CsvSource({"2", "0", "-1", "2.0", "100000000000000000000", "'2,\"x\":null'"})
  void anotherFormatIsToldBeforeAnyFault(String format) throws IOException {
    byte[] bytes = replaced("\"format\":1", "\"format\": " + format);
    assertThatThrownBy(() -> Manifest.parse(bytes))
        .isInstanceOfSatisfying(
            BadManifestException.class, e -> assertThat(e.isOfOtherFormat()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "\"1\"", "null", "true"})
  void whatIsNoIntegerIsNoFormat(String format) throws IOException {
    byte[] bytes = replaced("\"format\":1", "\"format\":" + format);
    assertThatThrownBy(() -> Manifest.parse(bytes))
        .isInstanceOfSatisfying(
            BadManifestException.class, e -> assertThat(e.isOfOtherFormat()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2026-02-29T", "2026-13-01T", "2026-00-01T", "2026-03-32T", "2026-03-01T24"})
  void aTimeMustBeReal(String begin) throws IOException {
    String from = "\"time_from\":\"";
    byte[] bytes = replaced(from + "2026-03-01T14".substring(0, begin.length()), from + begin);
    assertThatThrownBy(() -> Manifest.parse(bytes)).hasMessageContaining("no timestamp");
  }

  @Test
  void theVectorIsOneAndIsWrittenAsItWas() throws Exception {
    assertThat(new String(Manifest.parse(vector().getBytes(UTF_8)).toBytes(), UTF_8))
        .isEqualTo(vector());
  }
}
