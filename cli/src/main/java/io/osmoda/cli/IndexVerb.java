package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "index",
    description = {
      "Updates the search index that osmoda query uses. A daemon updates its index automatically;"
          + " use this for a ledger without one. Queries read unindexed entries directly, so a"
          + " missing index makes them slower, never wrong. The index is derived data: you can"
          + " safely delete the folder index/."
    },
    footer = {"  osmoda index", "  osmoda index --rebuild"})
final class IndexVerb extends Verb {
  @Option(names = "--rebuild", description = "Discard the index and rebuild it.")
  boolean rebuild;

  @Option(names = "--anew", hidden = true, description = "The old name of --rebuild.")
  boolean isRebuildByOldName;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    try (LedgerSession access = access(shell)) {
      long size = size(access.status());
      JsonObject index = make(shell, access, size);
      if (json) {
        shell.out().println(JsonText.line(index));
        return ExitCode.DONE;
      }
      long missing = index.get("missing") instanceof JsonNumber(double left) ? (long) left : size;
      String kept = access.isThroughDaemon() ? "a daemon maintains the index: " : "index: ";
      shell.out().println("%s%,d of %,d entries are indexed".formatted(kept, size - missing, size));
      return ExitCode.DONE;
    }
  }

  private JsonObject make(Shell shell, LedgerSession access, long size) throws IOException {
    try (Progress progress = new Progress(shell, "indexing", Progress.Unit.ENTRIES)) {
      AtomicLong done = new AtomicLong();
      return access.index(
          rebuild || isRebuildByOldName, entries -> progress.at(done.addAndGet(entries), size));
    }
  }

  private static long size(JsonObject status) {
    return status.get("size") instanceof JsonNumber(double size) ? (long) size : 0;
  }
}
