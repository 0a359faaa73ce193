package io.osmoda.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CanonicalJsonTest {
  private static final Path VECTORS = Path.of("src/test/resources/vectors");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ledger-5/segments/00000000000000000000.ndjson",
        "ledger-300/segments/00000000000000000000.ndjson",
        "ledger-5/ledger.json",
        "ledger-300/ledger.json",
        "bundle-actor/annotations.ndjson",
        "bundle-actor/context.ndjson",
        "bundle-actor/entries.ndjson",
        "bundle-actor/export.ndjson",
        "bundle-actor/manifest.json"
      })
  void linesOfTheVectorsAreCanonicalAlready(String file) throws IOException, JsonException {
    for (String line : Files.readAllLines(VECTORS.resolve(file))) {
      byte[] bytes = line.getBytes(UTF_8);
      assertThat(CanonicalJson.canonicalize(bytes)).asString(UTF_8).isEqualTo(line);
      JsonValue value = CanonicalJson.parse(bytes);
      assertThat(CanonicalJson.write(value)).asString(UTF_8).isEqualTo(line);
      if (value instanceof JsonObject entry && entry.get("payload") instanceof JsonObject payload) {
        byte[] canonical = CanonicalJson.write(payload);
        assertThat(line).contains(new String(canonical, UTF_8));
        assertThat(CanonicalJson.canonicalize(canonical)).isEqualTo(canonical);
      }
    }
  }
}
