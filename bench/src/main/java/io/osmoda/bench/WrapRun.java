package io.osmoda.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What {@code osmoda mcp wrap} adds to one tool call, beside a bare sync. */
final class WrapRun implements Run {
  private static final double TARGET_MILLIS = 1;
  private static final int CALLS_PER_BLOCK = 50;
  private static final int WARM_UP_CALLS = 500;

  @Override
  public String name() {
    return "wrap";
  }

  @Override
  public String about() {
    return "what osmoda mcp wrap adds to one tool call, its durable intent included";
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    Path osmoda = Launcher.osmoda().orElse(null);
    if (osmoda == null) {
      return ResultTable.skipped(
          this, "there is no osmoda command here; start with ./osmoda bench");
    }
    Path folder = session.folders().next("wrap");
    Files.createDirectories(folder);
    Path home = folder.resolve("ledger");
    Ledgers.create(home).close();
    List<String> server =
        Launcher.java(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"), EchoServer.class);
    try (DaemonProcess daemon = DaemonProcess.start(osmoda, home, session.folders().next("d"));
        McpConversation bare = new McpConversation(server, folder.resolve("bare.log"));
        McpConversation wrapped =
            new McpConversation(
                wrapped(osmoda, home, daemon.socket(), server), folder.resolve("wrap.log"))) {
      return measure(session, folder, bare, wrapped);
    } finally {
      Folders.remove(folder);
    }
  }

  private static List<String> wrapped(Path osmoda, Path home, Path socket, List<String> server) {
    List<String> command = new ArrayList<>();
    command.add("env");
    DaemonProcess.environment(home, socket)
        .forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(List.of(osmoda.toString(), "mcp", "wrap", "--agent", "bench", "--"));
    command.addAll(server);
    return command;
  }

  private ResultTable measure(
      Session session, Path folder, McpConversation bare, McpConversation wrapped)
      throws Exception {
    Duration time = session.options().time();
    boolean isShort = time.toMillis() < 500;
    for (int i = 0; i < (isShort ? 1 : WARM_UP_CALLS); i++) {
      bare.call();
      wrapped.call();
    }
    Lines lines = Lines.of(1, 1 << 20);
    int[] oneLine = {(int) lines.averageBytes()};
    List<Double> bareMedians = new ArrayList<>();
    List<Double> wrappedMedians = new ArrayList<>();
    List<Double> added = new ArrayList<>();
    List<Double> added99 = new ArrayList<>();
    List<Double> syncs = new ArrayList<>();
    for (int round = 0; round < session.options().rounds(); round++) {
      Histogram bareNanos = new Histogram(3);
      Histogram wrappedNanos = new Histogram(3);
      long end = System.nanoTime() + time.toNanos();
      do {
        for (int i = 0; i < CALLS_PER_BLOCK; i++) {
          bareNanos.recordValue(bare.call());
        }
        for (int i = 0; i < CALLS_PER_BLOCK; i++) {
          wrappedNanos.recordValue(wrapped.call());
        }
      } while (System.nanoTime() < end);
      double bareMillis = bareNanos.getValueAtPercentile(50) / 1e6;
      double wrappedMillis = wrappedNanos.getValueAtPercentile(50) / 1e6;
      bareMedians.add(bareMillis);
      wrappedMedians.add(wrappedMillis);
      added.add(wrappedMillis - bareMillis);
      added99.add(
          (wrappedNanos.getValueAtPercentile(99) - bareNanos.getValueAtPercentile(99)) / 1e6);
      Path floor = folder.resolve("floor-" + round);
      syncs.add(
          Floor.write(floor, lines.buffer(), oneLine, time.dividedBy(4)).medianMicros() / 1e3);
      session.tell(
          "  round " + (round + 1) + ": " + ResultTable.number(added.getLast()) + " ms added");
    }
    Series addedMillis = new Series(added);
    return new ResultTable(
        name(),
        about(),
        "",
        List.of(
            Figure.plain("added, median", "ms", addedMillis)
                .target("<= 1 ms", addedMillis.median() <= TARGET_MILLIS),
            Figure.plain("added, p99", "ms", new Series(added99)),
            Figure.plain("call to the bare server, median", "ms", new Series(bareMedians)),
            Figure.plain("call through the proxy, median", "ms", new Series(wrappedMedians)),
            Figure.plain("a write and a sync alone, median", "ms", new Series(syncs))),
        List.of(
            "an echo server in a process of its own, called bare and wrapped in alternating blocks"
                + " of %d calls; the ledger is held by a daemon".formatted(CALLS_PER_BLOCK)));
  }
}
