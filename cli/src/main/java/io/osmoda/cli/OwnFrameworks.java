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
          "Frameworks of your own: a YAML file, or a folder of them. One with the id of a framework"
              + " that comes along takes its place. See docs/evidence.md.")
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
        String.valueOf(e.getMessage()), "docs/evidence.md says what a framework's file holds.");
  }
}
