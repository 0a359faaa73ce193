package io.osmoda.agents;

import io.osmoda.format.entry.Recorder;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The proxy in a process of its own, for tests with real peers: {@code LOG ON_FAILURE FAIL_FROM
 * FAIL_TO COMMAND…}. Seals into the file LOG, or into the ledger LOG if that is a folder.
 */
final class WrapMain {
  private WrapMain() {}

  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    int exit;
    try (Recorder recorder = recorder(words)) {
      exit =
          McpWrap.builder(recorder, "tester", words.subList(4, words.size()))
              .standardStreams()
              .onFailure(FailureMode.parse(words.get(1)))
              .build()
              .run();
    }
    System.exit(exit);
  }

  private static Recorder recorder(List<String> words) throws IOException {
    Path log = Path.of(words.get(0));
    return Files.isDirectory(log)
        ? Ledger.open(log, LedgerOptions.defaults())
        : new FileRecorder(log, Integer.parseInt(words.get(2)), Integer.parseInt(words.get(3)));
  }
}
