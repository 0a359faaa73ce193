package io.osmoda.cli;

import io.osmoda.client.DraftJson;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonException;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Runs the common verbs in a ledger of its own, so that the ahead-of-time cache which the launcher
 * makes from this run holds the classes that they need, and the profiles from which the compiler
 * can optimise their loops at once. So the ledger has some thousands of entries: enough for those
 * loops to be hot, few enough to cost the build only seconds. A verb that fails here costs only
 * speed later, so its outcome is printed for the build's log and the run goes on.
 */
final class StartTraining {

  /** Entries of the ledger that the readers are trained on. */
  private static final int ENTRIES = 6_000;

  /** Runs of verify: each is short, and its compiled code should not depend on one run's luck. */
  private static final int VERIFICATIONS = 4;

  private static final String DRAFT =
      """
      {"actor":"agent:training","action":"tool_call","status":"ok","payload":{"n":1,"s":"\\u00e4"}}
      """;

  private static final String[] VERIFY = {"verify"};

  private static final String[][] RUNS = {
    {"--help"},
    {"--version"},
    {"append", "--help"},
    {"status"},
    {"query"},
    {"query", "--json", "--actor", "agent:training"},
    {"query", "--from", "1h", "--status", "error", "--limit", "20"},
    {"query", "--where", "tool:read_file AND payload.n>=5000", "--text", "training"},
    {"query", "--by", "tool,status"},
    {"show", "0"},
    {"show", "4321"},
    {"show", "4321", "--json"},
    {"trace", "4321"},
    {"verify", "--json"},
    {"prove", "0"},
    {"key", "show"},
    {"canonicalize"},
    {"mcp", "wrap", "--help"},
    {"no-such-verb"},
  };

  private StartTraining() {}

  static void main() throws IOException, JsonException {
    Path folder = Files.createTempDirectory("osmoda-training");
    Map<String, String> environment = Map.of("OSMODA_LEDGER", folder.resolve("ledger").toString());
    try {
      train(new String[] {"init", "--origin", "training.example"}, "", environment);
      fill(folder.resolve("ledger"));
      for (int i = 0; i < VERIFICATIONS; i++) {
        train(VERIFY, "", environment);
      }
      for (String[] run : RUNS) {
        train(run, DRAFT, environment);
      }
    } finally {
      delete(folder);
    }
  }

  /**
   * Fills the ledger without a daemon: its classes, which the cache would load at every start, made
   * the shortest commands half as long again.
   */
  private static void fill(Path ledger) throws IOException, JsonException {
    try (Ledger writer = Ledger.open(ledger, LedgerOptions.defaults())) {
      List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
      for (String draft : drafts().split("\n", -1)) {
        if (!draft.isEmpty()) {
          receipts.add(writer.append(DraftJson.read(draft.getBytes(StandardCharsets.UTF_8))));
        }
      }
      receipts.forEach(CompletableFuture::join);
    }
  }

  /** Drafts as agents make them: several tools and outcomes, payloads of a few members. */
  private static String drafts() {
    String[] tools = {"read_file", "write_file", "http_request", "list_files", "send_mail"};
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < ENTRIES; i++) {
      lines.append(
          """
          {"actor":"agent:training-%d","action":"tool_call","tool":"%s","target":"srv/%d",\
          "status":"%s","session":"s-%d","payload":{"n":%d,"path":"/srv/\\u00e4/%x","ok":true,\
          "text":"a line of \\"training\\" text %x","part":{"of":[1,2.5,null]}}}
          """
              .formatted(
                  i % 7,
                  tools[i % tools.length],
                  i % 100,
                  i % 11 == 0 ? "error" : "ok",
                  i / 50,
                  i,
                  i * 31L,
                  i * 7919L));
    }
    return lines.toString();
  }

  private static void train(String[] arguments, String input, Map<String, String> environment) {
    var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
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
