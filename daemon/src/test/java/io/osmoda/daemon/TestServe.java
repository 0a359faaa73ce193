package io.osmoda.daemon;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * {@code serve} as the launcher calls it, for tests that need daemons in processes of their own.
 */
final class TestServe {
  private TestServe() {}

  /** {@code serve --ledger DIR --no-http --idle-exit SECONDSs}, or {@code --http PORT}. */
  public static void main(String[] arguments) {
    if (!List.of(arguments).contains("--idle-exit")) {
      // Started by a test, not by a launcher: it must not outlive the test.
      ProcessHandle starter = ProcessHandle.current().parent().orElseThrow();
      var _ = starter.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
    }
    DaemonOptions options = DaemonOptions.of(Path.of(arguments[2]));
    for (int i = 3; i < arguments.length; i++) {
      options =
          switch (arguments[i]) {
            case "--no-http" -> options.withHttpPort(null);
            case "--http" -> options.withHttpPort(Integer.valueOf(arguments[++i]));
            case "--idle-exit" -> options.withIdleExit(Duration.parse("PT" + arguments[++i]));
            default -> throw new IllegalArgumentException(arguments[i]);
          };
    }
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    try {
      System.exit(Daemon.run(options, out));
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }
}
