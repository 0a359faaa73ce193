package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "prove",
    description = {
      "Writes a proof that one entry is in the ledger under a signed checkpoint (C2SP tlog-proof, a"
          + " few KB whatever the ledger's size). With the entry's line and the trust file, anyone"
          + " can check it without the ledger: osmoda verify-proof. If no checkpoint covers the"
          + " entry yet, one is signed first."
    },
    footer = {
      "  osmoda prove 17 -o entry-17.tlog-proof",
      "  osmoda show 17 --json > entry-17.json   # the entry to send with the proof",
    })
final class ProveVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "SEQ", description = "The entry's sequence number.")
  String seq = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write to this file instead of standard output.")
  @Nullable Path output;

  @Override
  int run(Shell shell) throws IOException {
    long number = SeqArgument.parseOne(seq);
    byte[] proof;
    try (LedgerSession access = access(shell)) {
      proof = access.proof(number);
    }
    if (output == null) {
      shell.out().write(proof);
    } else {
      Files.write(output, proof);
    }
    return ExitCode.DONE;
  }
}
