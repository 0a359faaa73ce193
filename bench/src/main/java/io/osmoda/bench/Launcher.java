package io.osmoda.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Starts other processes as a user would: the {@code osmoda} command, or a main class of ours. */
final class Launcher {
  /** Set by the launcher script to its own path. */
  private static final String PROPERTY = "osmoda.launcher";

  private Launcher() {}

  /** The {@code osmoda} script: the one that started this process, else one in this folder. */
  static Optional<Path> osmoda() {
    Path path = Path.of(System.getProperty(PROPERTY, "osmoda")).toAbsolutePath();
    return Files.isExecutable(path) ? Optional.of(path) : Optional.empty();
  }

  /** The command line that runs a main class on this JVM's own class path. */
  static List<String> java(List<String> options, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-XX:+UseSerialGC");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(Arrays.asList(arguments));
    return command;
  }
}
