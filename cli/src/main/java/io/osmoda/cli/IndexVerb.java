package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "index",
    description = {
      "Makes what is missing of the index that osmoda query uses. A daemon keeps the index by"
          + " itself; this is for a ledger that none holds. What the index lacks is read instead,"
          + " so it costs time and never an answer. It is derived: deleting the folder index/ loses"
          + " nothing."
    },
    footer = {"  osmoda index", "  osmoda index --anew"})
final class IndexVerb extends Verb {
  @Option(names = "--anew", description = "Forget what there is, and make all of it.")
  boolean anew;

  @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    try (LedgerAccess access = access(shell)) {
      long size = size(access.status());
      JsonObject index = make(shell, access, size);
      if (json) {
        shell.out().println(JsonText.line(index));
        return Osmoda.DONE;
      }
      long missing = index.get("missing") instanceof JsonNumber(double left) ? (long) left : size;
      String kept = access.isThroughDaemon() ? "a daemon keeps the index: " : "index: ";
      shell.out().println("%s%,d of %,d entries are in it".formatted(kept, size - missing, size));
      return Osmoda.DONE;
    }
  }

  private JsonObject make(Shell shell, LedgerAccess access, long size) throws IOException {
    try (Progress progress = new Progress(shell, "indexing", Progress.Unit.ENTRIES)) {
      AtomicLong done = new AtomicLong();
      return access.index(anew, entries -> progress.at(done.addAndGet(entries), size));
    }
  }

  private static long size(JsonObject status) {
    return status.get("size") instanceof JsonNumber(double size) ? (long) size : 0;
  }
}
