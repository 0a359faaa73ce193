package io.osmoda.cli;

import io.osmoda.evidence.BadFrameworkException;
import io.osmoda.evidence.Frameworks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Frameworks that a user brings. */
final class OwnFrameworks {
  @Option(
      names = "--frameworks",
      paramLabel = "PATH",
      description =
          "Your own frameworks: a YAML file, or a folder of them. One with the id of a built-in"
              + " framework replaces it. See docs/evidence.md.")
  @Nullable Path path;

  /** Names and texts of the files. */
  Map<String, String> files() throws IOException {
    try {
      return path == null ? Map.of() : Frameworks.files(path);
    } catch (BadFrameworkException e) {
      throw wrong(e);
    }
  }

  static CliException wrong(BadFrameworkException e) {
    return new CliException(
        String.valueOf(e.getMessage()), "See docs/evidence.md for the format of a framework file.");
  }
}
