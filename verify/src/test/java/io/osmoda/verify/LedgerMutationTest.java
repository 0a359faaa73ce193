package io.osmoda.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.json.RandomJson;
import io.osmoda.format.log.TestKeys;
import io.osmoda.format.log.TestSigner;
import io.osmoda.format.log.TrustPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every single change of a kind to a closed ledger, in turn: a verifier that has the trust file
 * finds each.
 */
class LedgerMutationTest {
  private static final int SMALL = 6;
  private static final int WHOLE = 50;
  private static final long SEED = Seed.fixed(20_260_301L);

  @TempDir Path temp;

  private static LedgerBuilder ledger(int entries) {
    return ledger(entries, TestKeys.signer(LedgerBuilder.ORIGIN, 1));
  }

  private static LedgerBuilder ledger(int entries, TestSigner signer) {
    LedgerBuilder ledger = LedgerBuilder.begun(signer).withoutNotes();
    ledger.add(entries - 3).redaction("#2").add().checkpoint();
    return ledger.strip(2);
  }

  private static Verification verify(MemoryDisk disk, Path folder, TrustPolicy trust)
      throws IOException {
    return LedgerVerifier.verify(
        folder,
        VerifyOptions.defaults().withDisk(disk).withThreads(1).withTrust(trust, "test keys"));
  }

  /** Changes each byte in turn; all must be told, whatever the change. */
  private void everyByte(LedgerBuilder ledger, int cut) throws IOException {
    Path folder = ledger.write(temp.resolve("ledger"), cut);
    MemoryDisk disk = MemoryDisk.of(folder);
    TrustPolicy trust = ledger.trust();
    assertThat(verify(disk, folder, trust).verdict()).isEqualTo(Verdict.INTACT);
    Random random = new Random(SEED);
    for (Path path : disk.paths()) {
      byte[] bytes = disk.get(path);
      for (int at = 0; at < bytes.length; at++) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        List<byte[]> changes =
            List.of(
                flipped,
                RandomJson.splice(bytes, at, at + 1, new byte[0]),
                RandomJson.splice(bytes, at, at, new byte[] {bytes[at]}));
        for (int kind = 0; kind < changes.size(); kind++) {
          disk.put(path, changes.get(kind));
          Verification result = verify(disk, folder, trust);
          // "format" in ledger.json is read first, and an unknown one is not judged.
          assertThat(result.verdict())
              .as("%s byte %d change %d, seed %d", path, at, kind, SEED)
              .isNotEqualTo(Verdict.INTACT);
          if (result.verdict() == Verdict.UNVERIFIABLE) {
            assertThat(result.notChecked()).singleElement().asString().contains("format");
          }
        }
      }
      disk.put(path, bytes);
    }
  }

  @Test
  void everyByteOfASmallLedgerCounts() throws IOException {
    // One short key: what ML-DSA-44 adds is long, and the test below has it.
    everyByte(ledger(SMALL, TestKeys.ed25519(LedgerBuilder.ORIGIN, 1)), 3);
  }

  @Test
  void everyByteOfANoteByBothKeysCounts() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun();
    Path folder = ledger.write(temp.resolve("ledger"));
    MemoryDisk disk = MemoryDisk.of(folder);
    TrustPolicy trust = ledger.trust();
    Path note = folder.resolve("checkpoints/%020d".formatted(1));
    byte[] bytes = disk.get(note);
    for (int at = 0; at < bytes.length; at++) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      expectFound(disk, folder, note, flipped, trust, "byte " + at);
    }
  }

  @Test
  @Tag("soak")
  void everyByteOfAFiftyEntryLedgerCounts() throws IOException {
    everyByte(ledger(WHOLE), 20);
  }

  @Test
  void everyLineOfAFiftyEntryLedgerCounts() throws IOException {
    LedgerBuilder ledger = ledger(WHOLE);
    Path folder = ledger.write(temp.resolve("ledger"), 20);
    MemoryDisk disk = MemoryDisk.of(folder);
    TrustPolicy trust = ledger.trust();
    for (Path path : disk.paths()) {
      byte[] bytes = disk.get(path);
      List<byte[]> lines = Damage.lines(bytes);
      boolean note = path.startsWith(folder.resolve("checkpoints"));
      for (int i = 0; i < lines.size(); i++) {
        List<byte[]> dropped = new ArrayList<>(lines);
        dropped.remove(i);
        expectFound(disk, folder, path, Damage.join(dropped), trust, "dropped " + i);
        List<byte[]> doubled = new ArrayList<>(lines);
        doubled.add(i, lines.get(i));
        boolean signature = note && i >= lines.size() - 2;
        if (!signature) { // the same genuine signature twice says nothing else than once
          expectFound(disk, folder, path, Damage.join(doubled), trust, "doubled " + i);
        }
        for (int j = i + 1; j < lines.size(); j++) {
          List<byte[]> swapped = new ArrayList<>(lines);
          Collections.swap(swapped, i, j);
          if (!signature) { // they stand in any order
            expectFound(
                disk, folder, path, Damage.join(swapped), trust, "swapped " + i + " and " + j);
          }
        }
      }
      disk.put(path, bytes);
    }
  }

  private static void expectFound(
      MemoryDisk disk, Path folder, Path path, byte[] bytes, TrustPolicy trust, String what)
      throws IOException {
    disk.put(path, bytes);
    assertThat(verify(disk, folder, trust).verdict())
        .as("%s %s", path, what)
        .isEqualTo(Verdict.TAMPERED);
  }

  /** Whatever happens to the bytes, one thread and many say the same. */
  @Test
  void saysTheSameOnOneThreadAndOnMany() throws IOException {
    LedgerBuilder ledger = LedgerBuilder.begun();
    for (int i = 1; i < 6_000; i++) {
      int n = i;
      ledger.add(
          line -> {
            if (n % 7 == 0) {
              int to = n % 70 == 0 ? 1 : n - 1;
              line.set(
                  "caused_by",
                  LedgerBuilder.strings(List.of("#" + to + "@" + ledger.hash(to).hex())));
            }
          });
      if (i % 500 == 0) {
        ledger.redaction("#" + (i - 3) + "-" + (i - 2)).strip(i - 3);
        i++;
      }
      if (i % 1_700 == 0) {
        ledger.checkpoint();
      }
    }
    ledger.checkpoint();
    Path folder = ledger.write(temp.resolve("ledger"), 100, 3_000, 3_001);
    MemoryDisk good = MemoryDisk.of(folder);
    VerifyOptions options = VerifyOptions.defaults().withTrust(ledger.trust(), "test keys");
    Random random = new Random(SEED);
    List<Path> segments =
        good.paths().stream().filter(p -> p.startsWith(folder.resolve("segments"))).toList();
    for (int round = 0; round < 80; round++) {
      MemoryDisk disk = good.copy();
      for (int damage = random.nextInt(4); damage > 0; damage--) {
        Path path = segments.get(random.nextInt(segments.size()));
        disk.put(path, Damage.of(disk.get(path), random));
      }
      Verification one = LedgerVerifier.verify(folder, options.withDisk(disk).withThreads(1));
      Verification many = LedgerVerifier.verify(folder, options.withDisk(disk).withThreads(3));
      assertThat(many)
          .as("seed %d round %d", SEED, round)
          .usingRecursiveComparison()
          .ignoringFields("duration")
          .isEqualTo(one);
    }
  }
}
