package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.MemoryFolder;
import io.osmoda.fixtures.Seed;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReader;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index whose making is killed. */
class IndexCrashTest {
  private static final int MOST_MILLIS = 400;

  @Test
  void aKilledBuildIsGoneOnWithAndAnswersWhatAScanAnswers(
      @TempDir(factory = MemoryFolder.class) Path temp) throws Exception {
    rounds(temp, 12);
  }

  @Test
  void soItIsOnARealDisk(@TempDir Path temp) throws Exception {
    rounds(temp, 2);
  }

  private static void rounds(Path temp, int rounds) throws Exception {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    Path folder = temp.resolve("ledger");
    RandomEntries entries = new RandomEntries(random);
    LedgerOptions options = LedgerOptions.defaults().withSegmentBytes(40_000);
    try (Ledger ledger = Ledger.create(folder, "query.example/crash", options)) {
      entries.seal(ledger, 300);
      ledger.redact(5, 9, "a person asked", JsonObject.EMPTY);
    }
    for (int round = 0; round < rounds; round++) {
      Process victim =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  IndexVictim.class.getName(),
                  folder.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader out = victim.inputReader()) {
        assertThat(out.readLine()).isEqualTo("begun");
        // A moment of its choice: any is as good, and none is waited for.
        assertThat(victim.waitFor(random.nextInt(MOST_MILLIS), TimeUnit.MILLISECONDS)).isFalse();
        victim.destroyForcibly().waitFor();
      }
      check(folder, entries, "seed " + seed + ", round " + round);
    }
  }

  private static void check(Path folder, RandomEntries entries, String where) throws Exception {
    try (LedgerReader reader = LedgerReader.open(folder);
        LedgerIndex index = LedgerIndex.open(reader)) {
      answersRight(index, entries, where + ", as it was left");
      IndexFollower.makeAll(index, 1, made -> {});
      assertThat(index.missing()).as(where).isZero();
      answersRight(index, entries, where + ", made whole");
    }
  }

  private static void answersRight(LedgerIndex index, RandomEntries entries, String where)
      throws Exception {
    EntrySearch search = new EntrySearch(index);
    for (int i = 0; i < 5; i++) {
      Condition condition = entries.condition(1, List.of(Instant.now()), 300);
      EntryFilter filter = new EntryFilter(null, null, Map.of(), null, condition);
      long scanned = 0;
      try (var cursor = index.ledger().read(0, Long.MAX_VALUE)) {
        for (var entry = cursor.next(); entry != null; entry = cursor.next()) {
          scanned += condition.matches(entry) ? 1 : 0;
        }
      }
      assertThat(search.count(filter, Deadline.none()))
          .as("%s: %s", where, condition)
          .isEqualTo(scanned);
    }
  }
}
