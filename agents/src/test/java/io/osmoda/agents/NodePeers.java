package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The public MCP clients and servers from npm, installed once into {@code target}. Tests that need
 * them are skipped, with the reason, where there is no Node.js or no registry.
 */
final class NodePeers {
  private static final Path SOURCES = Path.of("src/test/node");
  private static final Path FOLDER = Path.of("target/node-peers");
  private static final int INSTALL_SECONDS = 300;

  private NodePeers() {}

  /** The folder with the scripts and their packages. */
  static synchronized Path folder() throws Exception {
    Path node = which("node");
    Assumptions.assumeTrue(node != null, "skipped: Node.js 20 or newer is not on the PATH");
    Assumptions.assumeTrue(which("npm") != null, "skipped: npm is not on the PATH");
    Files.createDirectories(FOLDER);
    String lock = Files.readString(SOURCES.resolve("package-lock.json"));
    Path installed = FOLDER.resolve("installed.json");
    boolean current = Files.exists(installed) && Files.readString(installed).equals(lock);
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, FOLDER.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (!current) {
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
      Assumptions.assumeTrue(
          done && npm.exitValue() == 0,
          () -> "skipped: npm ci did not install the peers: " + read(log));
      Files.writeString(installed, lock);
    }
    return FOLDER.toAbsolutePath();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static @org.jspecify.annotations.Nullable Path which(String program) {
    String path = System.getenv("PATH");
    for (String folder : (path == null ? "" : path).split(":", -1)) {
      Path candidate = Path.of(folder, program);
      if (!folder.isEmpty() && Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    return null;
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
