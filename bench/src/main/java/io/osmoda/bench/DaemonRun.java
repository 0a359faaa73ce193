package io.osmoda.bench;

import io.osmoda.ledger.Ledger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How soon the daemon answers, and how much memory it keeps when idle. */
final class DaemonRun implements Run {
  private static final double TARGET_READY_MILLIS = 1_000;
  private static final double TARGET_MEGABYTES = 150;
  private static final long IDLE_SECONDS = 3;

  @Override
  public String name() {
    return "daemon";
  }

  @Override
  public String about() {
    return "osmoda serve: time to its first answer, memory when idle";
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    Path osmoda = Launcher.osmoda().orElse(null);
    if (osmoda == null) {
      return ResultTable.skipped(
          this, "there is no osmoda command here; start with ./osmoda bench");
    }
    Path folder = session.folders().next("daemon");
    Files.createDirectories(folder);
    Path home = folder.resolve("ledger");
    try (Ledger ledger = Ledgers.create(home)) {
      Load.full(session.drafts()).forEntries(ledger, Math.min(10_000, session.options().entries()));
    }
    List<Double> ready = new ArrayList<>();
    List<Double> resident = new ArrayList<>();
    for (int round = 0; round <= session.options().rounds(); round++) {
      try (DaemonProcess daemon = DaemonProcess.start(osmoda, home, session.folders().next("d"))) {
        if (round == 0) {
          continue; // builds the command where that is due, and warms the page cache
        }
        ready.add(daemon.readyMillis());
        // Idle memory is what is left once the start is over; there is no condition to wait for.
        TimeUnit.SECONDS.sleep(session.options().rounds() > 1 ? IDLE_SECONDS : 0);
        resident.add(daemon.residentMegabytes());
      }
    }
    Folders.remove(folder);
    Series readyMillis = new Series(ready);
    Series megabytes = new Series(resident);
    return new ResultTable(
        name(),
        about(),
        "",
        List.of(
            Figure.plain("ready", "ms", readyMillis)
                .target("<= 1,000 ms", readyMillis.median() <= TARGET_READY_MILLIS),
            Figure.plain("resident when idle", "MB", megabytes)
                .target("<= 150 MB", megabytes.median() <= TARGET_MEGABYTES)),
        List.of(
            "from the start of ./osmoda serve to a 200 of GET /api/v1/status over its Unix socket,"
                + " on a ledger of some thousand entries"));
  }
}
