package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.MemoryFolder;
import io.osmoda.fixtures.QuickJvm;
import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.log.Hash;
import io.osmoda.verify.LedgerVerifier;
import io.osmoda.verify.Verdict;
import io.osmoda.verify.Verification;
import io.osmoda.verify.VerifyOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a writing process at random moments: nothing that it acknowledged may be lost. */
class LedgerCrashTest {
  private static final int LANES = 2;

  @Test
  void aHundredKillsUnderLoadLoseNothingAcknowledged(
      @TempDir(factory = MemoryFolder.class) Path folder) throws Exception {
    rounds(folder, 100, Seed.fresh());
  }

  @Test
  void killsOnARealDiskLoseNothingAcknowledged(@TempDir Path folder) throws Exception {
    rounds(folder, 6, Seed.fresh());
  }

  @Test
  @Tag("soak")
  void twoThousandKillsUnderLoadLoseNothingAcknowledged(@TempDir Path folder) throws Exception {
    rounds(folder, 2_000, Seed.fresh());
  }

  private void rounds(Path folder, int rounds, long seed) throws Exception {
    Path training = folder.resolve("training");
    Ledger.create(training, "crash.example/one", LedgerOptions.defaults()).close();
    QuickJvm jvm = QuickJvm.of(folder, CrashVictim.class, training.toString(), "0");
    List<Callable<Long>> lanes = new ArrayList<>();
    for (int lane = 0; lane < LANES; lane++) {
      Path dir = folder.resolve("lane " + lane);
      long laneSeed = seed + lane;
      lanes.add(() -> lane(jvm, dir, rounds / LANES, laneSeed));
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(LANES)) {
      for (Future<Long> acknowledged : executor.invokeAll(lanes)) {
        assertThat(acknowledged.get()).as("seed %d", seed).isGreaterThan(rounds);
      }
    }
  }

  private static long lane(QuickJvm jvm, Path dir, int rounds, long seed) throws Exception {
    Random random = new Random(seed);
    Ledger.create(dir, "crash.example/one", LedgerOptions.defaults()).close();
    long acknowledged = 0;
    long checkedTo = 0;
    for (int round = 0; round < rounds; round++) {
      String where = "seed " + seed + ", round " + round;
      Map<Long, String> told =
          killedAfter(jvm, dir, 1 + random.nextInt(400), 1 + random.nextInt(8));
      acknowledged += told.size();
      try (Ledger ledger = Ledger.open(dir, LedgerOptions.defaults());
          EntryCursor cursor = ledger.reader().read(checkedTo, Long.MAX_VALUE)) {
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
          String expected = told.remove(entry.seq());
          if (expected != null) {
            assertThat(entry.entryHash().hex()).as(where).isEqualTo(expected);
          }
          checkedTo = entry.seq();
        }
      }
      assertThat(told).as(where + ": acknowledged and lost").isEmpty();
      if (round % 25 == 24 || round == rounds - 1) {
        Path trust = new LedgerFolder(dir).defaultKeys().resolve("trust.policy");
        Verification verification =
            LedgerVerifier.verify(dir, VerifyOptions.defaults().withTrust(trust));
        assertThat(verification.findings()).as(where).isEmpty();
        assertThat(verification.verdict()).as(where).isEqualTo(Verdict.INTACT);
      }
    }
    return acknowledged;
  }

  private static Map<Long, String> killedAfter(QuickJvm jvm, Path dir, int lines, int threads)
      throws IOException, InterruptedException {
    Process victim =
        jvm.process(dir.toString(), String.valueOf(threads))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Map<Long, String> told = new TreeMap<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        int space = line.indexOf(' ');
        if (space > 0 && line.length() == space + 1 + 2 * Hash.LENGTH) {
          told.put(Long.parseLong(line.substring(0, space)), line.substring(space + 1));
        }
        if (told.size() == lines) {
          victim.toHandle().destroyForcibly(); // SIGKILL; what is in the pipe is still read
        }
      }
    }
    assertThat(victim.waitFor()).as("ended by SIGKILL").isEqualTo(128 + 9);
    assertThat(told).hasSizeGreaterThanOrEqualTo(lines);
    return told;
  }
}
