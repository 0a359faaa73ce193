package io.osmoda.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command finds around it: its streams, environment, terminal and clock. Handed in, so that
 * a test can be the shell.
 */
record Shell(
    InputStream in,
    ResultStream out,
    PrintStream err,
    Map<String, String> environment,
    Terminal terminal,
    Clock clock) {
  private static final int OUT_BUFFER = 1 << 15;

  /** The process's own surroundings. Standard output is buffered: whoever waits flushes first. */
  static Shell ofProcess() {
    return new Shell(
        System.in,
        ResultStream.to(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), OUT_BUFFER)),
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.err)),
            true,
            StandardCharsets.UTF_8),
        System.getenv(),
        Terminal.detect(),
        Clock.systemUTC());
  }

  /** Streams of a caller, none of them a terminal. */
  static Shell of(
      InputStream in, OutputStream out, OutputStream err, Map<String, String> environment) {
    return new Shell(
        in,
        ResultStream.to(out),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        environment,
        Terminal.NONE,
        Clock.systemUTC());
  }

  /** A variable's value; null where it is unset or empty. */
  @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }
}
