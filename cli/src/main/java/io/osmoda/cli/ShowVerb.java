package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonNumber;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description = {
      "Shows one entry in full and what was checked: its hashes are recomputed (a mismatch is an"
          + " error, and the entry is not shown), and the checkpoint that covers it is looked up."
          + " To check that checkpoint's signatures and the rest of the ledger, use osmoda verify."
          + " The read is itself recorded.",
      "With --json, prints the entry's line exactly as stored, as input for verify-proof and"
          + " sha256sum."
    },
    footer = {
      "  osmoda show 17",
      "  osmoda show 17 --json | jq .payload",
      "  osmoda show 17 --json > entry-17.json",
    })
final class ShowVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "SEQ", description = "The entry's sequence number.")
  String seq = "";

  @Mixin Rendering rendering = new Rendering();

  @Override
  int run(Shell shell) throws IOException {
    long number = SeqArgument.parseOne(seq);
    try (LedgerSession access = access(shell)) {
      Entry entry = access.entry(number);
      if (rendering.json) {
        shell.out().println(entry.toJson());
      } else {
        Style style = style(shell);
        shell.out().print(EntryText.of(entry, style, rendering));
        shell.out().println();
        shell.out().println(checked(access, entry, style));
      }
      tellNotice(shell, access);
      return ExitCode.DONE;
    }
  }

  private static String checked(LedgerSession access, Entry entry, Style style) throws IOException {
    String hashes =
        style.good("✓")
            + (entry.isRedacted()
                ? " entry hash recomputed (the payload was removed, so its hash cannot be checked)"
                : " entry hash and payload hash recomputed");
    long size = access.status().get("anchored") instanceof JsonNumber n ? (long) n.value() : 0;
    return hashes
        + "\n"
        + (entry.seq() < size
            ? style.good("✓") + " covered by the checkpoint of %,d entries".formatted(size)
            : style.warning("…")
                + " not covered by a checkpoint yet (the newest has %,d entries)".formatted(size));
  }
}
