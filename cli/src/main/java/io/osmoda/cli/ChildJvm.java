package io.osmoda.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Command lines that start Java programs of ours in processes of their own. */
final class ChildJvm {
  /** Where ./osmoda tells the launcher's path. */
  static final String LAUNCHER_PROPERTY = "osmoda.launcher";

  private ChildJvm() {}

  /** Starts the {@code osmoda} command: through the launcher, where that started us. */
  static List<String> osmoda() {
    @Nullable String launcher = System.getProperty(LAUNCHER_PROPERTY);
    if (launcher != null && Files.isExecutable(Path.of(launcher))) {
      return List.of(launcher);
    }
    return java(System.getProperty("java.class.path"), Osmoda.class.getName());
  }

  /** Starts a class of the demo, which needs libraries that the command itself does without. */
  static List<String> demo(String className) throws IOException {
    StringBuilder classPath = new StringBuilder(System.getProperty("java.class.path"));
    Path folder = demoLibraries();
    if (folder != null) {
      try (Stream<Path> jars = Files.list(folder)) {
        jars.sorted().forEach(jar -> classPath.append(':').append(jar));
      }
    }
    return java(classPath.toString(), className);
  }

  /** The folder demo/ beside the lib/ that we run from; null where we do not run from one. */
  private static @Nullable Path demoLibraries() {
    try {
      Path ours = Path.of(Osmoda.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path folder = ours.resolveSibling(Path.of("..", "demo")).normalize();
      return Files.isDirectory(folder) && ours.toString().endsWith(".jar") ? folder : null;
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of our own classes is no path", e);
    }
  }

  private static List<String> java(String classPath, String mainClass) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-cp");
    command.add(classPath);
    command.add(mainClass);
    return command;
  }
}
