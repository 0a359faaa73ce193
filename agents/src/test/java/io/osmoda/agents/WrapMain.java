package io.osmoda.agents;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The proxy in a process of its own, for tests with real peers: {@code LOG ON_FAILURE FAIL_FROM
 * FAIL_TO COMMAND…}. Seals into LOG.
 */
final class WrapMain {
  private WrapMain() {}

  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    int exit;
    try (FileRecorder recorder =
        new FileRecorder(
            Path.of(words.get(0)),
            Integer.parseInt(words.get(2)),
            Integer.parseInt(words.get(3)))) {
      exit =
          McpWrap.builder(recorder, "tester", words.subList(4, words.size()))
              .standardStreams()
              .onFailure(FailureMode.parse(words.get(1)))
              .build()
              .run();
    }
    System.exit(exit);
  }
}
