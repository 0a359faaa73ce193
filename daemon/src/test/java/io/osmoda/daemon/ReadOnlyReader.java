package io.osmoda.daemon;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReadOnlyException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Reads a ledger that its process may only read, and tries to write; says what came of it. */
final class ReadOnlyReader {
  private ReadOnlyReader() {}

  /** {@code LEDGER}: prints the entry 1's actor, the notice, and how writing was refused. */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (LedgerSession access =
        LedgerAccess.open(Path.of(arguments[0]), LedgerOptions.defaults(), Map.of())) {
      out.println("read " + access.entry(1).actor());
      out.println("notice " + access.notice());
      access.append(EntryDraft.builder("api", "agent:b", "tool_call").build());
      out.println("written");
    } catch (LedgerReadOnlyException e) {
      out.println("refused " + e.getMessage());
    }
  }
}
