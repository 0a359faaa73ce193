package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
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
      "Writes the proof that one entry stands in the ledger under a signed checkpoint (C2SP "
          + "tlog-proof, some KB, whatever the ledger's size). Together with the entry's line and "
          + "the trust file it convinces without the ledger: osmoda verify-proof. If no checkpoint "
          + "covers the entry yet, one is signed first."
    },
    footer = {
      "  osmoda prove 17 -o entry-17.tlog-proof",
      "  osmoda show 17 --json > entry-17.json   # what the proof is about",
    })
final class ProveVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "SEQ", description = "The entry's sequence number.")
  String seq = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write it there instead of to standard output.")
  @Nullable Path output;

  @Override
  int run(Shell shell) throws IOException {
    long number = SeqRange.parseOne(seq);
    byte[] proof;
    try (LedgerAccess access = access(shell)) {
      proof = access.proof(number);
    }
    if (output == null) {
      shell.out().write(proof);
    } else {
      Files.write(output, proof);
    }
    return Osmoda.DONE;
  }
}
