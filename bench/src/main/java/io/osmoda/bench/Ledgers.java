package io.osmoda.bench;

import io.osmoda.format.log.BadPolicyException;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.verify.LedgerVerifier;
import io.osmoda.verify.Verification;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Ledgers as the runs make them: with what suits nearly everybody. */
final class Ledgers {
  static final String ORIGIN = "bench.example/ledger";

  private Ledgers() {}

  /** Makes a ledger; its keys come to stand beside it, inside the working folder. */
  static Ledger create(Path folder) throws IOException {
    return Ledger.create(folder, ORIGIN, LedgerOptions.defaults());
  }

  static Ledger open(Path folder) throws IOException {
    return Ledger.open(folder, LedgerOptions.defaults());
  }

  /** Verifies with everything checked, under the trust file beside the ledger. */
  static Verification verify(Path folder, int threads) throws IOException, BadPolicyException {
    VerifyOptions options =
        VerifyOptions.defaults()
            .withTrust(keys(folder).resolve("trust.policy"))
            .withThreads(threads);
    return LedgerVerifier.verify(folder, options);
  }

  static void remove(Path folder) throws IOException {
    Folders.remove(folder);
    Folders.remove(keys(folder));
  }

  static Path keys(Path folder) {
    return folder.resolveSibling(folder.getFileName() + ".keys");
  }

  /** The segment files, oldest first. */
  static List<Path> segments(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("segments"))) {
      return files.sorted(Comparator.comparing(Path::getFileName)).toList();
    }
  }

  static long segmentBytes(Path folder) throws IOException {
    long bytes = 0;
    for (Path segment : segments(folder)) {
      bytes += Files.size(segment);
    }
    return bytes;
  }
}
