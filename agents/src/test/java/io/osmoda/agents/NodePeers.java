package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Needs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The public MCP clients and servers from npm, installed once into {@code target}. Tests that need
 * them are skipped, with the reason, where there is no Node.js or no registry.
 */
final class NodePeers {
  private static final Path SOURCES = Path.of("src/test/node");
  private static final Path FOLDER = Path.of("target/node-peers");
  private static final int INSTALL_SECONDS = 300;

  private NodePeers() {}

  /** The folder with the scripts and their packages; test classes may ask in several JVMs. */
  static synchronized Path folder() throws Exception {
    Needs.program("node");
    Needs.program("npm");
    Files.createDirectories(FOLDER);
    try (FileChannel lock =
            FileChannel.open(
                FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock.lock()) {
      assertThat(held.isValid()).isTrue();
      return installed();
    }
  }

  private static Path installed() throws Exception {
    String lock = Files.readString(SOURCES.resolve("package-lock.json"));
    Path installed = FOLDER.resolve("installed.json");
    Path packages = FOLDER.resolve("node_modules");
    boolean current =
        Files.isDirectory(packages)
            && Files.exists(installed)
            && Files.readString(installed).equals(lock);
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, FOLDER.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (!current && isInstalledBesideTheSources()) {
      Files.createSymbolicLink(packages, SOURCES.resolve("node_modules").toAbsolutePath());
      Files.writeString(installed, lock);
    } else if (!current) {
      if (Files.isSymbolicLink(packages)) {
        Files.delete(packages); // of an older lock file
      }
      Path log = FOLDER.resolve("npm.log");
      Process npm =
          new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-progress")
              .directory(FOLDER.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean done = npm.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS);
      if (!done) {
        npm.destroyForcibly();
      }
      Needs.met(
          "npm-registry",
          done && npm.exitValue() == 0,
          "npm ci did not install the peers: " + read(log));
      Files.writeString(installed, lock);
    }
    return FOLDER.toAbsolutePath();
  }

  /**
   * Whether {@code npm ci} was run where the lock file is, as CI does, and after its last change.
   */
  private static boolean isInstalledBesideTheSources() throws IOException {
    Path made = SOURCES.resolve("node_modules/.package-lock.json");
    return Files.exists(made)
        && !Files.exists(FOLDER.resolve("node_modules"), LinkOption.NOFOLLOW_LINKS)
        && Files.getLastModifiedTime(made)
                .compareTo(Files.getLastModifiedTime(SOURCES.resolve("package-lock.json")))
            >= 0;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The command line that runs the proxy in a JVM of its own. */
  static List<String> wrap(Path log, FailureMode mode, int failFrom, int failTo) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-Xmx512m",
        "-cp",
        System.getProperty("java.class.path"),
        WrapMain.class.getName(),
        log.toString(),
        mode.text(),
        String.valueOf(failFrom),
        String.valueOf(failTo));
  }
}
