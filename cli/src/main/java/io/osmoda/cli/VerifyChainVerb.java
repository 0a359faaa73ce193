package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.entry.Entry;
import io.osmoda.query.Condition;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.Member;
import io.osmoda.verify.BundleChain;
import io.osmoda.verify.ChainVerification;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify-chain",
    description = {
      "Checks a folder of consecutive bundles (osmoda schedule) from the files alone: each bundle"
          + " as osmoda verify-bundle does, and that together they form one history. Each must name"
          + " the manifest of the one before, their periods must meet without gap or overlap, and"
          + " the entry where two bundles meet must be the same in both.",
      "Files alone cannot show that the newest bundles are missing, so the output states how far"
          + " the chain reaches. With --ledger DIR, the ledger's exports are checked as well (this"
          + " read is recorded), and exports after the last bundle that are missing from the folder"
          + " become findings.",
      "Exit code: 0 if everything is intact, 1 if a bundle or the chain is not, 2 if it cannot be"
          + " verified."
    },
    footer = {
      "  osmoda verify-chain /srv/evidence --trust auditor.policy",
      "  osmoda verify-chain /srv/evidence --ledger /srv/ledger",
    })
final class VerifyChainVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "DIR", description = "A folder of bundles.")
  Path folder = Path.of("");

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description =
          "Trust file with the public keys to trust (default: the key folder's trust.policy).")
  @Nullable Path trust;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    if (!Files.exists(folder)) {
      throw new NoSuchFileException(folder.toString());
    }
    Trust trusted = Trust.find(trust, keyFolder(shell));
    ChainVerification found = verify(shell, trusted);
    if (json) {
      shell.out().println(JsonText.line(found.toJson()));
    } else {
      print(found, trusted.from(), shell, style(shell));
    }
    return switch (found.outcome()) {
      case INTACT -> ExitCode.DONE;
      case BROKEN -> ExitCode.FINDINGS;
      case UNVERIFIABLE -> ExitCode.FAILED;
    };
  }

  private ChainVerification verify(Shell shell, Trust trusted) throws IOException {
    if (ledger == null) {
      return BundleChain.verify(folder, trusted.options());
    }
    try (LedgerSession access = access(shell)) {
      ChainVerification found =
          BundleChain.verify(folder, trusted.options(), seq -> exports(access, seq));
      tellNotice(shell, access);
      return found;
    }
  }

  private static List<Entry> exports(LedgerSession access, long from) throws IOException {
    List<Entry> found = new ArrayList<>();
    access.query(
        EntryFilter.ALL
            .and(new Condition.Equal(Member.ACTION, "ledger_export"))
            .and(new Condition.SeqBetween(from, LedgerSession.NO_LIMIT)),
        false,
        LedgerSession.NO_LIMIT,
        found::add);
    return found;
  }

  private static void print(ChainVerification found, String trust, Shell shell, Style style) {
    PrintStream out = shell.out();
    out.println(
        switch (found.outcome()) {
          case INTACT ->
              style.good(style.bold("INTACT"))
                  + ": %d bundle%s, one chain from %s to %s"
                      .formatted(
                          found.links().size(),
                          found.links().size() == 1 ? "" : "s",
                          JsonFields.moment(found.links().getFirst().from()),
                          JsonFields.moment(found.links().getLast().to()));
          case BROKEN -> style.bad(style.bold("BROKEN"));
          case UNVERIFIABLE ->
              style.warning(style.bold("UNVERIFIABLE"))
                  + ": no findings, but not everything was checked";
        });
    found.breaks().forEach(text -> out.println("  " + style.bad(Table.printable(text))));
    Table table =
        new Table(
            "  ",
            Table.Column.left("BUNDLE"),
            Table.Column.left("VERDICT"),
            Table.Column.right("ENTRIES"),
            Table.Column.right("MATCHING"),
            Table.Column.left("MANIFEST SHA-256"));
    for (ChainVerification.Link link : found.links()) {
      table.row(
          link.file(),
          link.verdict().text(),
          "%,d".formatted(link.counts().entries()),
          "%,d".formatted(link.counts().matching()),
          link.manifestSha256());
    }
    table.print(out, style, EntryTable.width(shell));
    if (found.origin() != null) {
      out.println("  ledger       " + Table.printable(found.origin()));
    }
    out.println("  trust        " + Table.printable(trust));
    found.notChecked().forEach(text -> out.println("  not checked  " + Table.printable(text)));
    found.notes().forEach(text -> out.println("  note         " + Table.printable(text)));
  }
}
