package io.osmoda.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One run of the command inside the test's process, and what came of it. */
record CommandLineRun(int code, String out, String err) {

  static CommandLineRun of(String... arguments) {
    return of(new byte[0], Map.of(), arguments);
  }

  static CommandLineRun withInput(String input, String... arguments) {
    return of(input.getBytes(StandardCharsets.UTF_8), Map.of(), arguments);
  }

  static CommandLineRun of(byte[] input, Map<String, String> environment, String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code = Osmoda.run(arguments, new ByteArrayInputStream(input), out, err, environment);
    return new CommandLineRun(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
