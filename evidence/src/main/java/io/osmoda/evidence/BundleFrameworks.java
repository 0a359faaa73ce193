package io.osmoda.evidence;

import io.osmoda.verify.BundleFiles;
import io.osmoda.verify.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the frameworks of a bundle's own mapping. */
final class BundleFrameworks {
  private static final String NAME = "mapping.yaml";
  private static final int MAX_BYTES = 64 << 20;

  private BundleFrameworks() {}

  /**
   * The frameworks, with the controls that were asked for.
   *
   * @throws IOException if the bundle has none, or they cannot be read
   */
  static List<Framework> of(BundleFiles files, Manifest manifest) throws IOException {
    if (!files.names().contains(NAME)) {
      throw new IOException("the bundle has no " + NAME + ", so it says nothing about controls");
    }
    String[] asked =
        manifest.framework() == null ? new String[0] : manifest.framework().split(" ", 2);
    List<Framework> frameworks = new ArrayList<>();
    String text = new String(files.read(NAME, MAX_BYTES), StandardCharsets.UTF_8);
    for (String yaml : text.split("(?m)^---\\s*$", -1)) {
      if (!yaml.isBlank()) {
        try {
          Framework framework = FrameworkReader.read(NAME, yaml);
          Control one = asked.length == 2 ? framework.control(asked[1]) : null;
          frameworks.add(one == null ? framework : framework.only(one));
        } catch (BadFrameworkException e) {
          throw new IOException(e.getMessage(), e);
        }
      }
    }
    return frameworks;
  }
}
