package io.osmoda.cli;

import io.osmoda.verify.BundleChain;
import io.osmoda.verify.ChainVerification;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify-chain",
    description = {
      "Checks a folder of bundles that were collected one after the other (osmoda schedule), with"
          + " files alone: each bundle as osmoda verify-bundle does, and that together they are one"
          + " history. Each names the manifest of the one before, their times meet without gap or"
          + " overlap, and the entry in which two of them meet is the same in both.",
      "The exit code is 0 if all is intact, 1 if a bundle or the chain is not, 2 if it cannot be"
          + " judged."
    },
    footer = {"  osmoda verify-chain /srv/evidence --trust auditor.policy"})
final class VerifyChainVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "DIR", description = "A folder of bundles.")
  Path folder = Path.of("");

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description = "The policy file with the trusted keys (default: the key folder's).")
  @Nullable Path trust;

  @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    Trust trusted = Trust.find(trust, keyFolder(shell));
    ChainVerification found = BundleChain.verify(folder, trusted.options());
    if (json) {
      shell.out().println(JsonText.line(found.toJson()));
    } else {
      print(found, trusted.from(), shell, style(shell));
    }
    return switch (found.outcome()) {
      case INTACT -> Osmoda.DONE;
      case BROKEN -> Osmoda.FINDINGS;
      case UNVERIFIABLE -> Osmoda.FAILED;
    };
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
                  + ": nothing was found, but not all was checked";
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
