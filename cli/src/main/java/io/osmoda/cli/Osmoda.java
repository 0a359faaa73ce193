package io.osmoda.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code osmoda} command's entry point. */
@Command(
    name = "osmoda",
    mixinStandardHelpOptions = true,
    version = "osmoda 0.1.0-SNAPSHOT",
    description = "Tamper-evident audit ledger for AI agents.")
public final class Osmoda implements Runnable {

  private Osmoda() {}

  /** Runs the command and exits with its code: 0 done, 1 findings, 2 wrong use or unverifiable. */
  public static void main(String[] arguments) {
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(new CommandLine(new Osmoda()).setOut(out).setErr(err).execute(arguments));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
