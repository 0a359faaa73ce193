package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
import io.osmoda.daemon.LedgerSession;
import io.osmoda.ledger.LedgerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** One verb of the command with the options that every verb has. Used once, by one thread. */
abstract class Verb {
  static final String DEFAULT_LEDGER = "osmoda-ledger";

  @Option(
      names = "--ledger",
      paramLabel = "DIR",
      description =
          "Ledger folder (default: $OSMODA_LEDGER, else osmoda-ledger in the current folder).")
  @Nullable Path ledger;

  @Option(
      names = "--keys",
      paramLabel = "DIR",
      description = "Key folder (default: next to the ledger, its name plus .keys).")
  @Nullable Path keys;

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      description = "Use colors: auto, always or never (default: auto, which respects NO_COLOR).")
  Style.Choice color = Style.Choice.AUTO;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  boolean help;

  /**
   * Does the work.
   *
   * @return the exit code: 0 done or intact, 1 findings, 2 wrong use or unverifiable
   */
  abstract int run(Shell shell) throws Exception;

  /** The folder that the user means, as they wrote it. */
  final Path ledgerFolder(Shell shell) {
    if (ledger != null) {
      if (ledger.toString().isEmpty()) {
        throw new CliException("--ledger: must not be empty", null);
      }
      return ledger;
    }
    String fromEnvironment = shell.variable("OSMODA_LEDGER");
    return Path.of(fromEnvironment == null ? DEFAULT_LEDGER : fromEnvironment);
  }

  /** The ledger through its daemon, where one runs, else in this process. */
  final LedgerSession access(Shell shell) throws IOException {
    return LedgerAccess.open(ledgerFolder(shell), LedgerOptions.defaults().withKeys(keys));
  }

  /** Tells what the reader of a ledger should know of the reading itself. */
  static void tellNotice(Shell shell, LedgerSession access) {
    String notice = access.notice();
    if (notice != null) {
      shell.out().flush();
      shell.err().println("osmoda: " + notice);
    }
  }

  /** The key folder that belongs to the ledger that the user means. */
  final Path keyFolder(Shell shell) {
    if (keys != null) {
      return keys;
    }
    Path folder = ledgerFolder(shell).toAbsolutePath().normalize();
    return folder.resolveSibling(folder.getFileName() + ".keys");
  }

  /** The same, which must exist. */
  final Path existingKeyFolder(Shell shell) {
    Path folder = keyFolder(shell);
    if (!Files.isDirectory(folder)) {
      throw new CliException(
          "no key folder at " + folder,
          "Create a ledger with osmoda init, or pass its key folder with --keys DIR.");
    }
    return folder;
  }

  /** How text for people on standard output looks. */
  final Style style(Shell shell) {
    return Style.of(color, shell.terminal().out(), shell);
  }
}
