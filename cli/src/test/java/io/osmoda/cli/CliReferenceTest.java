package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/cli.md to what the commands say of themselves. {@code scripts/cli-reference.sh} writes
 * it again.
 */
class CliReferenceTest {
  private static final Path REFERENCE = Path.of("..", "docs", "cli.md");

  @Test
  void theReferenceIsWhatTheCommandsSay() throws IOException {
    String generated = CliReference.generate();
    if (Boolean.getBoolean("osmoda.writeReference")) {
      Files.createDirectories(REFERENCE.getParent());
      Files.writeString(REFERENCE, generated);
    }

    assertThat(REFERENCE).as("run scripts/cli-reference.sh").exists();
    assertThat(Files.readString(REFERENCE))
        .as("docs/cli.md is out of date: run scripts/cli-reference.sh")
        .isEqualTo(generated);
  }
}
