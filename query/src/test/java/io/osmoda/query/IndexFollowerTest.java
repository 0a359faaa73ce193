package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index that keeps up with its ledger, whatever happens to either. */
class IndexFollowerTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String SECRET = "zyxwvutsrq";
  private static final LedgerOptions SMALL_SEGMENTS =
      LedgerOptions.defaults().withSegmentBytes(8_000);

  @TempDir private Path temp;
  private Path folder;

  @BeforeEach
  void createLedger() throws IOException {
    folder = temp.resolve("ledger");
    Ledger.create(folder, "query.example/follow", SMALL_SEGMENTS).close();
  }

  private static void append(Ledger ledger, int count, String word) throws IOException {
    for (int i = 0; i < count; i++) {
      JsonObject payload = JsonObject.builder().put("note", word + " " + i).put("n", i).build();
      ledger.appendDurably(
          EntryDraft.builder("api", "agent:a", "tool_call").tool(word).payload(payload).build());
    }
  }

  private static long count(LedgerIndex index, String where) throws Exception {
    Condition condition =
        WhereParser.parse(where, java.time.Instant.EPOCH, java.time.ZoneOffset.UTC);
    return new EntrySearch(index)
        .count(new EntryFilter(null, null, Map.of(), null, condition), Deadline.none());
  }

  private static void awaitWhole(LedgerIndex index) {
    await().atMost(PATIENCE).until(() -> index.missing() == 0);
  }

  @Test
  void newEntriesAreKnownSoonOverManySegments() throws Exception {
    try (Ledger ledger = Ledger.open(folder, SMALL_SEGMENTS);
        LedgerIndex index = LedgerIndex.open(ledger.reader());
        IndexFollower follower = IndexFollower.start(index)) {
      append(ledger, 60, "first");
      awaitWhole(index);
      append(ledger, 5, "second");
      awaitWhole(index);

      assertThat(ledger.reader().extents()).hasSizeGreaterThan(3);
      assertThat(count(index, "tool:first AND payload.n>=30")).isEqualTo(30);
      assertThat(count(index, "second")).isEqualTo(5);
      IndexStatus status = follower.status();
      assertThat(status.missing()).isZero();
      assertThat(status.lag()).isZero();
      assertThat(status.entries()).isEqualTo(ledger.reader().size());
      assertThat(status.problem()).isNull();
    }
  }

  @Test
  void whatWasMadeIsKeptOverARestart() throws Exception {
    try (Ledger ledger = Ledger.open(folder, SMALL_SEGMENTS);
        LedgerIndex index = LedgerIndex.open(ledger.reader())) {
      IndexFollower follower = IndexFollower.start(index);
      append(ledger, 50, "kept");
      awaitWhole(index);
      follower.close();
    }
    try (Ledger ledger = Ledger.open(folder, SMALL_SEGMENTS);
        LedgerIndex index = LedgerIndex.open(ledger.reader())) {
      assertThat(index.missing()).isLessThan(5); // what an orderly end of the ledger sealed
      assertThat(count(index, "kept")).isEqualTo(50);
    }
  }

  @Test
  void whatWasRedactedIsForgottenAtOnceAlsoInTheFiles() throws Exception {
    try (Ledger ledger = Ledger.open(folder, SMALL_SEGMENTS);
        LedgerIndex index = LedgerIndex.open(ledger.reader());
        IndexFollower follower = IndexFollower.start(index)) {
      append(ledger, 3, SECRET);
      append(ledger, 40, "other");
      awaitWhole(index);
      assertThat(count(index, "payload.note:" + SECRET + "*")).isEqualTo(3);
      assertThat(filesHolding(SECRET + " 1")).isNotEmpty();

      ledger.redact(1, 3, "a person asked", JsonObject.EMPTY);

      assertThat(count(index, "payload.note:" + SECRET + "*")).isZero();
      assertThat(filesHolding(SECRET + " 1")).isEmpty();
      awaitWhole(index);
      assertThat(count(index, "payload.note:" + SECRET + "*")).isZero();
      assertThat(filesHolding(SECRET + " 1")).isEmpty();
      assertThat(count(index, "tool:" + SECRET)).isEqualTo(3); // the tool is no payload
      assertThat(follower.status().problem()).isNull();
    }
    assertThat(filesHolding(SECRET + " 1")).isEmpty();
  }

  /** Files of the ledger's folder that hold a text; those that come and go meanwhile do not. */
  private List<String> filesHolding(String text) throws IOException {
    List<String> holding = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            try {
              byte[] bytes = Files.readAllBytes(file);
              if (new String(bytes, StandardCharsets.ISO_8859_1).contains(text)) {
                holding.add(file.getFileName().toString());
              }
            } catch (NoSuchFileException e) {
              return FileVisitResult.CONTINUE; // dropped by the writer or the index
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    return holding;
  }

  @Test
  void anIndexOfLinesThatARestoreReplacedIsMadeAnew() throws Exception {
    try (Ledger ledger = Ledger.open(folder, SMALL_SEGMENTS);
        LedgerIndex index = LedgerIndex.open(ledger.reader())) {
      append(ledger, 30, "word");
      IndexFollower.makeAll(index, 1, made -> {});
      assertThat(index.missing()).isZero();
    }
    // The same index beside segments whose payloads were redacted elsewhere.
    Path index = folder.resolve("index");
    Path aside = temp.resolve("aside");
    copy(index, aside);
    try (Ledger ledger = Ledger.open(folder, SMALL_SEGMENTS)) {
      ledger.redact(1, 30, "a person asked", JsonObject.EMPTY);
    }
    copy(aside, index);
    try (Ledger ledger = Ledger.open(folder, SMALL_SEGMENTS);
        LedgerIndex opened = LedgerIndex.open(ledger.reader())) {
      assertThat(opened.missing()).isGreaterThan(25);
      assertThat(count(opened, "payload.note:*")).isZero();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.write(target, Files.readAllBytes(file));
        }
      }
    }
  }

  @Test
  void damagedFilesCostTimeAndNeverAnAnswer() throws Exception {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    try (Ledger ledger = Ledger.open(folder, SMALL_SEGMENTS);
        LedgerIndex index = LedgerIndex.open(ledger.reader())) {
      append(ledger, 60, "word");
      IndexFollower.makeAll(index, 1, made -> {});
    }
    Path aside = temp.resolve("whole");
    copy(folder.resolve("index"), aside);
    for (int round = 0; round < 60; round++) {
      String where = "seed " + seed + ", round " + round;
      copy(aside, folder.resolve("index"));
      damage(random);
      try (Ledger ledger = Ledger.open(folder, SMALL_SEGMENTS);
          LedgerIndex index = LedgerIndex.open(ledger.reader())) {
        EntrySearch search = new EntrySearch(index);
        EntryFilter filter = new EntryFilter(null, null, Map.of(), "word", null);
        try (EntryResults results =
            search.search(filter, random.nextBoolean(), null, Deadline.none())) {
          for (Entry entry = results.next(); entry != null; entry = results.next()) {
            assertThat(entry.tool()).as(where).isEqualTo("word");
          }
        }
        Facets facets = search.facets(filter, List.of(Member.TOOL), 10, Deadline.none());
        assertThat(facets.total()).as(where).isNotNegative();
      }
    }
  }

  /** Flips some bytes of an index file, or cuts it, or deletes it. */
  private void damage(Random random) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder.resolve("index"))) {
      files =
          all.filter(Files::isRegularFile)
              .filter(file -> !file.toString().endsWith(".lock"))
              .sorted()
              .toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length == 0 || random.nextInt(8) == 0) {
      Files.delete(file);
    } else if (random.nextInt(4) == 0) {
      Files.write(file, java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)));
    } else {
      for (int i = 0; i < 4; i++) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, bytes);
    }
  }

  @Test
  void foldersOfNoSegmentAreRemoved() throws Exception {
    Path stray = folder.resolve("index/00000000000000000007");
    Files.createDirectories(stray);
    Files.writeString(stray.resolve("segments_1"), "x");
    try (Ledger ledger = Ledger.open(folder, SMALL_SEGMENTS);
        LedgerIndex index = LedgerIndex.open(ledger.reader());
        IndexFollower follower = IndexFollower.start(index)) {
      append(ledger, 1, "word");
      awaitWhole(index);
      assertThat(stray).doesNotExist();
      assertThat(follower.status().problem()).isNull();
    }
  }
}
