package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.verify.LedgerVerifier;
import io.osmoda.verify.MemoryDisk;
import io.osmoda.verify.Verdict;
import io.osmoda.verify.Verification;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the real writer wrote, changed byte by byte: no change may go unnoticed. */
final class RealLedgerMutationTest {
  private static final long SEED = Seed.fixed(20260924);

  @TempDir private Path temp;

  /** A closed ledger by the real writer: segments, a redaction, a rotation, a restart. */
  private Path realLedger() throws IOException {
    Path folder = temp.resolve("real ledger");
    LedgerOptions options = LedgerOptions.defaults().withSegmentBytes(4_096);
    EntryDraft draft =
        EntryDraft.builder("api", "agent:tester", "tool_call")
            .payload(JsonObject.builder().put("patient", "A-17").build())
            .build();
    try (Ledger ledger = Ledger.create(folder, "real.example/one", options)) {
      long redacted = ledger.appendDurably(draft).seq();
      ledger.appendDurably(draft);
      ledger.redact(redacted, redacted, "asked", JsonObject.EMPTY);
      ledger.rotateKeys("test");
    }
    try (Ledger ledger = Ledger.open(folder, options)) {
      ledger.appendDurably(draft);
    }
    return folder;
  }

  private void everyByteOfARealLedger(int stride) throws Exception {
    Path folder = realLedger();
    Path policy = folder.resolveSibling("real ledger.keys").resolve("trust.policy");
    TrustPolicy trust = TrustPolicy.load(policy);
    MemoryDisk disk = MemoryDisk.of(folder);
    assertThat(verify(disk, folder, trust).findings()).isEmpty();
    assertThat(verify(disk, folder, trust).verdict()).isEqualTo(Verdict.INTACT);
    assertThat(verify(disk, folder, trust).redacted()).isEqualTo(1);
    Random random = new Random(SEED);
    for (Path path : disk.paths()) {
      boolean evidence =
          path.startsWith(folder.resolve("segments"))
              || path.startsWith(folder.resolve("checkpoints"))
              || path.equals(folder.resolve("ledger.json"));
      if (!evidence) {
        continue;
      }
      byte[] bytes = disk.get(path);
      for (int at = random.nextInt(stride); at < bytes.length; at += stride) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        disk.put(path, flipped);
        Verification result = verify(disk, folder, trust);
        assertThat(result.verdict())
            .as("%s byte %d, seed %d", path, at, SEED)
            .isNotEqualTo(Verdict.INTACT);
      }
      disk.put(path, bytes);
    }
  }

  @Test
  void bytesOfARealLedgerCount() throws Exception {
    everyByteOfARealLedger(61);
  }

  @Test
  @Tag("soak")
  void everyByteOfARealLedgerCounts() throws Exception {
    everyByteOfARealLedger(1);
  }

  private static Verification verify(MemoryDisk disk, Path folder, TrustPolicy trust)
      throws IOException {
    return LedgerVerifier.verify(
        folder,
        VerifyOptions.defaults().withTrust(trust, "test keys").withDisk(disk).withThreads(1));
  }
}
