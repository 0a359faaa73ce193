package io.osmoda.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code osmoda append -} as people run it: a process that starts, seals a file, and ends. */
final class AppendStdinRun implements Run {
  private static final long MAX_LINES = 300_000;
  private static final double TARGET_RATE = 100_000;

  @Override
  public String name() {
    return "append-stdin";
  }

  @Override
  public String about() {
    return "osmoda append - as a whole process, beside a running daemon";
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    Path osmoda = Launcher.osmoda().orElse(null);
    if (osmoda == null) {
      return ResultTable.skipped(
          this, "there is no osmoda command here; start with ./osmoda bench");
    }
    Path folder = session.folders().next("append-stdin");
    Files.createDirectories(folder);
    Path home = folder.resolve("ledger");
    Ledgers.create(home).close();
    long lines = Math.min(MAX_LINES, session.options().entries());
    Path drafts = folder.resolve("drafts.ndjson");
    write(drafts, session.events(), lines);
    try (DaemonProcess daemon = DaemonProcess.start(osmoda, home, session.folders().next("d"))) {
      return measure(session, new Inputs(osmoda, home, drafts, folder, lines), daemon);
    } finally {
      Folders.remove(folder);
    }
  }

  private record Inputs(Path osmoda, Path home, Path drafts, Path folder, long lines) {}

  private static void write(Path file, Event[] events, long lines) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (long i = 0; i < lines; i++) {
        out.write(ApiRun.draft(events[(int) (i % events.length)]));
      }
    }
  }

  private ResultTable measure(Session session, Inputs inputs, DaemonProcess daemon)
      throws Exception {
    List<Double> rates = new ArrayList<>();
    List<Double> clientMicros = new ArrayList<>();
    List<Double> daemonMicros = new ArrayList<>();
    for (int round = 0; round <= session.options().rounds(); round++) {
      Duration client = Machine.cpuTimeOfEndedChildren();
      Duration held = daemon.cpuTime();
      long start = System.nanoTime();
      append(inputs, daemon.socket());
      long nanos = System.nanoTime() - start;
      if (round == 0) {
        continue; // warms the daemon and the page cache
      }
      rates.add(inputs.lines() * 1e9 / nanos);
      clientMicros.add(
          Machine.cpuTimeOfEndedChildren().minus(client).toNanos() / 1e3 / inputs.lines());
      daemonMicros.add(daemon.cpuTime().minus(held).toNanos() / 1e3 / inputs.lines());
      session.tell("  round " + round + ": " + ResultTable.number(rates.getLast()) + "/s");
    }
    Series rate = new Series(rates);
    return new ResultTable(
        name(),
        about(),
        "",
        List.of(
            Figure.plain("lines sealed", "entries/s", rate)
                .target(">= 100,000/s", rate.median() >= TARGET_RATE),
            Figure.plain("the command's CPU a line", "µs", new Series(clientMicros)),
            Figure.plain("the daemon's CPU a line", "µs", new Series(daemonMicros))),
        List.of(
            "%,d lines from a file, receipts to a file, from the start of the process to its end"
                .formatted(inputs.lines())));
  }

  private static void append(Inputs inputs, Path socket) throws Exception {
    Path receipts = inputs.folder().resolve("receipts");
    Path errors = inputs.folder().resolve("append.log");
    ProcessBuilder command = new ProcessBuilder(inputs.osmoda().toString(), "append", "-");
    command.environment().putAll(DaemonProcess.environment(inputs.home(), socket));
    command
        .redirectInput(inputs.drafts().toFile())
        .redirectOutput(receipts.toFile())
        .redirectError(errors.toFile());
    int exit = command.start().waitFor();
    try (Stream<String> lines = Files.lines(receipts)) {
      long sealed = lines.count();
      if (exit != 0 || sealed != inputs.lines()) {
        throw new IOException(
            "append - ended with %d after %d receipts for %d lines: %s"
                .formatted(exit, sealed, inputs.lines(), Files.readString(errors).strip()));
      }
    }
  }
}
