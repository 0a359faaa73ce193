package io.osmoda.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Which of the three standard streams are a terminal. */
record Terminal(boolean in, boolean out, boolean err) {
  static final Terminal NONE = new Terminal(false, false, false);

  private static final int DEFAULT_WIDTH = 80;

  /**
   * Asks the system. On Linux a link in /proc answers, which costs no library and no process;
   * elsewhere the console tells only whether input and output both are one.
   */
  static Terminal detect() {
    if (Files.isDirectory(Path.of("/proc/self/fd"))) {
      return new Terminal(isTerminal(0), isTerminal(1), isTerminal(2));
    }
    boolean all = isConsole(System.console());
    return new Terminal(all, all, all);
  }

  /**
   * Since JDK 22 there may be a console object that is no terminal, and still there may be none.
   */
  private static boolean isConsole(@Nullable Console console) {
    return console != null && console.isTerminal();
  }

  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return false; // a closed descriptor is no terminal
    }
  }

  /** Columns of the terminal: from COLUMNS, else from {@code stty}, else 80. */
  static int width(@Nullable String columns) {
    if (columns != null && columns.matches("[1-9][0-9]{0,3}")) {
      return Integer.parseInt(columns);
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Path.of("/dev/tty").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      if (stty.waitFor(1, TimeUnit.SECONDS) && answer.matches("\\d+ [1-9]\\d*\\s*")) {
        return Integer.parseInt(answer.trim().substring(answer.indexOf(' ') + 1));
      }
    } catch (IOException e) {
      return DEFAULT_WIDTH; // no stty or no terminal to ask
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return DEFAULT_WIDTH;
  }
}
