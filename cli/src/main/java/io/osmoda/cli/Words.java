package io.osmoda.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Words for shells and people. */
final class Words {
  private Words() {}

  /** The text as one word of a POSIX shell's command line. */
  static String quoted(String text) {
    return text.matches("[A-Za-z0-9_@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** {@code 1 entry}, {@code 2 entries}. */
  static String entries(long count) {
    return String.format("%,d %s", count, count == 1 ? "entry" : "entries");
  }

  /** How the user would call this command again: by name where the PATH has it, else by path. */
  static String command() {
    String launcher = System.getProperty(ChildJvm.LAUNCHER_PROPERTY);
    if (launcher == null) {
      return "osmoda";
    }
    Path path = Path.of(launcher);
    for (String folder : String.valueOf(System.getenv("PATH")).split(":", -1)) {
      if (!folder.isEmpty() && Files.exists(Path.of(folder, "osmoda"))) {
        return "osmoda";
      }
    }
    Path here = Path.of("").toAbsolutePath();
    return here.equals(path.getParent()) ? "./osmoda" : quoted(launcher);
  }
}
