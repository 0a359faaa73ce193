package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A ledger of a test's own, and the command run on it. */
record TempLedger(Path folder) {
  static final String ORIGIN = "test.example/ledger";

  /** Makes a ledger whose path has a space and umlauts. */
  static TempLedger create(Path temp) throws IOException {
    return createAt(temp.resolve("ein größeres Ledger"));
  }

  static TempLedger createAt(Path folder) throws IOException {
    Ledger.create(folder, ORIGIN, LedgerOptions.defaults()).close();
    return new TempLedger(folder);
  }

  /** Seals entries 1 to n: {@code agent:a1} and {@code agent:a2} in turn, the third an error. */
  TempLedger fill(int n) throws IOException {
    try (Ledger ledger = Ledger.open(folder, LedgerOptions.defaults())) {
      for (int i = 1; i <= n; i++) {
        ledger.appendDurably(
            EntryDraft.builder("api", "agent:a" + (2 - i % 2), "tool_call")
                .tool("tool-" + i)
                .target("/tmp/" + i)
                .session("run-1")
                .status(i == 3 ? Status.ERROR : Status.OK)
                .payload(JsonObject.builder().put("number", i).put("text", "Größe " + i).build())
                .build());
      }
    }
    return this;
  }

  Path trustFile() {
    return folder.resolveSibling(folder.getFileName() + ".keys").resolve("trust.policy");
  }

  Path segment() {
    return folder.resolve("segments").resolve("00000000000000000000.ndjson");
  }

  CommandLineRun run(String... arguments) {
    return runWithInput("", arguments);
  }

  CommandLineRun runWithInput(String input, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    return CommandLineRun.of(
        input.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        Map.of("OSMODA_LEDGER", folder.toString()),
        all.toArray(String[]::new));
  }

  /** Runs and demands success; gives standard output. */
  String out(String... arguments) {
    CommandLineRun run = run(arguments);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out();
  }
}
