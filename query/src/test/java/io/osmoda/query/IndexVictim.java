package io.osmoda.query;

import io.osmoda.ledger.LedgerReader;
import java.nio.file.Path;

/** Makes an index over and over, in a process that a test kills. */
final class IndexVictim {
  private IndexVictim() {}

  public static void main(String[] arguments) throws Exception {
    // Whoever starts it kills it; were it killed first, this would go on for ever.
    ProcessHandle starter = ProcessHandle.current().parent().orElseThrow();
    var _ = starter.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
    Path folder = Path.of(arguments[0]);
    System.out.println("begun");
    while (true) {
      try (LedgerReader reader = LedgerReader.open(folder);
          LedgerIndex index = LedgerIndex.open(reader)) {
        IndexFollower.makeAll(index, 2, made -> {});
        LedgerIndex.delete(reader);
      }
    }
  }
}
