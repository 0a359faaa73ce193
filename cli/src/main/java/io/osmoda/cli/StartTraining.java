package io.osmoda.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;

/**
 * Runs the common verbs once in a ledger of its own, so that the ahead-of-time cache which the
 * launcher makes from this run holds the classes that they need. A verb that fails here costs only
 * speed later, so its outcome is printed for the build's log and the run goes on.
 */
final class StartTraining {

  private static final String DRAFT =
      """
      {"actor":"agent:training","action":"tool_call","status":"ok","payload":{"n":1,"s":"\\u00e4"}}
      """;

  private static final String[][] RUNS = {
    {"--help"},
    {"--version"},
    {"init", "--origin", "training.example"},
    {"append", "--actor", "agent:training", "--action", "note", "--payload", "{\"a\":[1,true]}"},
    {"status"},
    {"query"},
    {"query", "--json", "--actor", "agent:training"},
    {"show", "0"},
    {"verify"},
    {"verify", "--json"},
    {"prove", "0"},
    {"key", "show"},
    {"canonicalize"},
    {"mcp", "wrap", "--help"},
    {"no-such-verb"},
  };

  private StartTraining() {}

  static void main() throws IOException {
    Path folder = Files.createTempDirectory("osmoda-training");
    Map<String, String> environment = Map.of("OSMODA_LEDGER", folder.resolve("ledger").toString());
    try {
      for (String[] run : RUNS) {
        train(run, environment);
      }
    } finally {
      delete(folder);
    }
  }

  private static void train(String[] arguments, Map<String, String> environment) {
    var in = new ByteArrayInputStream(DRAFT.getBytes(StandardCharsets.UTF_8));
    var said = new ByteArrayOutputStream();
    int code = Osmoda.run(arguments, in, said, said, environment);
    var log = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    log.println("training: osmoda " + String.join(" ", arguments) + ": exit code " + code);
    if (code != ExitCode.DONE) {
      log.println(said.toString(StandardCharsets.UTF_8).strip().indent(2));
    }
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path done, IOException failure)
              throws IOException {
            Files.delete(done);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
