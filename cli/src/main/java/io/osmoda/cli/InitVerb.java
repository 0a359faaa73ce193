package io.osmoda.cli;

import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "init",
    description = {
      "Creates the ledger's folder with its first entry and checkpoint, and a key folder next to"
          + " it: the private keys that sign checkpoints, and trust.policy, their public part."
          + " Anyone who will verify the ledger needs trust.policy, delivered over a channel this"
          + " machine does not control. Private keys are never stored in the ledger's folder.",
      "Both folders are created with mode 0700, so other users can neither read payloads nor sign."
          + " An existing folder keeps its mode."
    },
    footer = {
      "  osmoda init",
      "  osmoda init --origin audit.example.com/prod-01 --ledger /var/lib/osmoda/ledger",
    })
final class InitVerb extends Verb {
  @Option(
      names = "--origin",
      paramLabel = "NAME",
      description =
          "The ledger's name in every checkpoint, like a URL without the scheme: a-z, 0-9 and . _ /"
              + " : - (default: the host name).")
  @Nullable String origin;

  @Override
  int run(Shell shell) throws IOException {
    Path folder = ledgerFolder(shell);
    String name = origin == null ? Origins.ofMachine() : checked(origin);
    requireWritable(folder);
    try (Ledger ledger = Ledger.create(folder, name, LedgerOptions.defaults().withKeys(keys))) {
      print(shell, folder, name, ledger.trustFile());
    }
    return ExitCode.DONE;
  }

  private static void requireWritable(Path folder) {
    Path parent = folder.toAbsolutePath().normalize().getParent();
    while (parent != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    if (parent != null && !(Files.isDirectory(parent) && Files.isWritable(parent))) {
      throw new CliException(
          "cannot create a folder in " + parent,
          "Choose a folder you can write to with --ledger DIR.");
    }
  }

  private static String checked(String origin) {
    if (!Origins.isOrigin(origin)) {
      throw new CliException(
          "invalid origin: '%s'".formatted(origin),
          "An origin starts with a letter or digit and contains only a-z, 0-9 and . _ / : - (at"
              + " most 255 characters), for example "
              + Origins.fitted(origin));
    }
    return origin;
  }

  private void print(Shell shell, Path folder, String name, Path trustFile) {
    PrintStream out = shell.out();
    Style style = style(shell);
    String option =
        (ledger == null ? "" : " --ledger " + Words.quoted(folder.toString()))
            + (keys == null ? "" : " --keys " + Words.quoted(keys.toString()));
    out.println(style.good("Created a ledger") + " at " + folder.toAbsolutePath().normalize());
    out.println();
    out.println("  origin      " + name);
    out.println(
        "  keys        "
            + trustFile.getParent()
            + "   private: whoever has them can sign as this ledger");
    out.println("  trust file  " + trustFile);
    out.println(
        "              public: give it to everyone who will verify the ledger, over a separate"
            + " channel");
    out.println();
    out.println(style.bold("Next"));
    out.println(
        "  osmoda mcp wrap --agent NAME" + option + " -- SERVER…   record an MCP server's calls");
    out.println("  osmoda append --actor user:me --action deploy" + option);
    out.println("  osmoda tail -f" + option);
    out.println("  osmoda verify" + option);
    out.println();
    out.println(
        style.dim(
            "Running ledger, keys and agents under one user is the quick start. It reveals"
                + " accidents and outsiders,"));
    out.println(
        style.dim(
            "and rewrites by that user up to the last checkpoint kept elsewhere. For more: osmoda"
                + " serve --help"));
  }
}
