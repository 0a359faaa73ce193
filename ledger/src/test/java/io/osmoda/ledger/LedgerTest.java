package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.verify.LedgerVerifier;
import io.osmoda.verify.Verdict;
import io.osmoda.verify.Verification;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final int LIVE_ROUNDS = 40;

  @TempDir private Path temp;

  private static EntryDraft draft(String tool) {
    return EntryDraft.builder("api", "agent:tester", "tool_call")
        .tool(tool)
        .payload(JsonObject.builder().put("tool", tool).build())
        .build();
  }

  private Path dir() {
    return temp.resolve("ledger with späce");
  }

  @Test
  void aNewLedgerHoldsEntryZeroUnderACheckpoint() throws IOException {
    try (Ledger ledger = Ledger.create(dir(), "test.example/one", LedgerOptions.defaults())) {
      Entry first = ledger.reader().entry(0);
      assertThat(first.action()).isEqualTo("ledger_create");
      assertThat(first.target()).isEqualTo("test.example/one");
      assertThat(first.actor()).isEqualTo("system:ledger");
      assertThat(ledger.reader().newestCheckpoint().checkpoint().size()).isEqualTo(1);
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aNewLedgersFolderIsClosedToOtherUsersAndWhatItPublishesIsNot() throws IOException {
    Path site = temp.resolve("site");
    try (Ledger ledger =
        Ledger.create(temp.resolve("new/ledger"), "test.example/one", LedgerOptions.defaults())) {
      ledger.reader().publish(site);
    }
    Path byTheUmask = Files.createDirectory(temp.resolve("plain"));
    assertThat(mode(temp.resolve("new/ledger"))).isEqualTo("rwx------");
    assertThat(mode(temp.resolve("new"))).isEqualTo(mode(byTheUmask));
    assertThat(mode(site)).isEqualTo(mode(byTheUmask));
    assertThat(mode(site.resolve("tile/0"))).isEqualTo(mode(byTheUmask));
  }

  @Test
  void aFolderThatWasThereKeepsItsMode() throws IOException {
    Path shared = Files.createDirectory(dir());
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-x---"));
    Ledger.create(shared, "test.example/one", LedgerOptions.defaults()).close();
    assertThat(mode(shared)).isEqualTo("rwxr-x---");
  }

  @Test
  void receiptsNameTheEntriesThatAreReadBack() throws IOException {
    try (Ledger ledger = Ledger.create(dir(), "test.example/one", LedgerOptions.defaults())) {
      Receipt one = ledger.appendDurably(draft("a"));
      Receipt two = ledger.append(draft("b")).join();
      assertThat(one.seq()).isEqualTo(1);
      assertThat(two.seq()).isEqualTo(2);
      assertThat(ledger.reader().entry(1).entryHash()).isEqualTo(one.entryHash());
      Entry second = ledger.reader().entry(2);
      assertThat(second.entryHash()).isEqualTo(two.entryHash());
      assertThat(second.prevHash()).isEqualTo(one.entryHash());
      assertThat(second.tool()).isEqualTo("b");
    }
  }

  @Test
  void aLedgerThatEndedInOrderGoesOnWithoutARecovery() throws IOException {
    Hash last;
    try (Ledger ledger = Ledger.create(dir(), "test.example/one", LedgerOptions.defaults())) {
      last = ledger.appendDurably(draft("a")).entryHash();
    }
    try (Ledger ledger = Ledger.open(dir(), LedgerOptions.defaults())) {
      Receipt next = ledger.appendDurably(draft("b"));
      assertThat(next.seq()).isEqualTo(2);
      assertThat(ledger.reader().entry(2).prevHash()).isEqualTo(last);
    }
  }

  @Test
  void manyThreadsAndSmallSegmentsMakeOneChain() throws Exception {
    LedgerOptions options = LedgerOptions.defaults().withSegmentBytes(20_000);
    int threads = 64;
    int each = 200;
    List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
    try (Ledger ledger = Ledger.create(dir(), "test.example/one", options)) {
      List<Thread> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        String name = "tool-" + t;
        running.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int i = 0; i < each; i++) {
                        CompletableFuture<Receipt> receipt = ledger.append(draft(name));
                        synchronized (receipts) {
                          receipts.add(receipt);
                        }
                        if (i % 50 == 0) {
                          try {
                            ledger.appendDurably(draft(name));
                          } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                          }
                        }
                      }
                    }));
      }
      for (Thread thread : running) {
        thread.join();
      }
      CompletableFuture.allOf(receipts.toArray(CompletableFuture[]::new)).join();
      long total = 1 + threads * (each + each / 50L);
      assertThat(ledger.reader().size()).isEqualTo(total);
      long count = 0;
      try (EntryCursor cursor = ledger.reader().read(0, Long.MAX_VALUE)) {
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
          assertThat(entry.seq()).isEqualTo(count++);
        }
      }
      assertThat(count).isEqualTo(total);
      for (CompletableFuture<Receipt> receipt : receipts) {
        Receipt r = receipt.join();
        assertThat(ledger.reader().entry(r.seq()).entryHash()).isEqualTo(r.entryHash());
      }
    }
    try (var files = Files.list(dir().resolve("segments"))) {
      assertThat(files.count()).isGreaterThan(1); // how many depends on the groups' sizes
    }
    try (LedgerReader reader = LedgerReader.open(dir())) {
      assertThat(reader.newestCheckpoint().checkpoint().size()).isEqualTo(reader.size());
    }
  }

  @Test
  void readersAndVerifiersAreNotMisledByAWriterThatGoesOn() throws Exception {
    LedgerOptions options = LedgerOptions.defaults().withSegmentBytes(20_000);
    try (Ledger ledger = Ledger.create(dir(), "test.example/one", options);
        LedgerReader reader = LedgerReader.open(dir())) {
      Path trust = dir().resolveSibling(dir().getFileName() + ".keys").resolve("trust.policy");
      AtomicBoolean enough = new AtomicBoolean();
      // One may still be under way when a round begins: with one more, two of a verification's
      // three
      // attempts can meet one.
      Semaphore rewrites = new Semaphore(0);
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                while (!enough.get()) {
                  long seq = ledger.append(draft("live")).join().seq();
                  goOn(ledger, seq, rewrites.tryAcquire());
                }
              },
              Executors.newVirtualThreadPerTaskExecutor());
      try {
        for (int round = 0; round < LIVE_ROUNDS; round++) {
          rewrites.drainPermits();
          rewrites.release();
          Verification verification =
              LedgerVerifier.verify(dir(), VerifyOptions.defaults().withTrust(trust));
          assertThat(verification.verdict()).as("%s", verification).isEqualTo(Verdict.INTACT);
          SignedCheckpoint newest = reader.newestCheckpoint();
          long seq = newest.checkpoint().size() - 1;
          assertThat(reader.prove(seq, newest).index()).isEqualTo(seq);
        }
      } finally {
        enough.set(true);
        writer.join();
      }
    }
  }

  /** Signs, which drops the note before, or writes anew what readers have read. */
  private static void goOn(Ledger ledger, long seq, boolean rewrites) {
    try {
      if (!rewrites) {
        ledger.checkpoint();
      } else if (seq % 4 == 0) {
        ledger.rotateKeys("live");
      } else {
        ledger.redact(seq, seq, "live", JsonObject.EMPTY);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSecondWriterIsToldWhoHoldsTheLedger() throws IOException {
    try (Ledger ledger = Ledger.create(dir(), "test.example/one", LedgerOptions.defaults())) {
      assertThatThrownBy(() -> Ledger.open(dir(), LedgerOptions.defaults()))
          .isInstanceOf(LedgerLockedException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      ledger.appendDurably(draft("a"));
    }
  }

  @Test
  void aRedactedPayloadIsGoneAndTheChainHolds() throws IOException {
    try (Ledger ledger = Ledger.create(dir(), "test.example/one", LedgerOptions.defaults())) {
      ledger.appendDurably(draft("secret-tool"));
      Receipt kept = ledger.appendDurably(draft("other"));
      ledger.redact(1, 1, "a person asked", JsonObject.EMPTY);
      assertThat(ledger.reader().entry(1).isRedacted()).isTrue();
      assertThat(ledger.reader().entry(2).entryHash()).isEqualTo(kept.entryHash());
      assertThat(ledger.reader().entry(3).action()).isEqualTo("ledger_redact");
      assertThat(ledger.appendDurably(draft("after")).seq()).isEqualTo(4);
    }
    try (Ledger ledger = Ledger.open(dir(), LedgerOptions.defaults())) {
      assertThat(ledger.reader().size()).isEqualTo(5);
    }
  }

  @Test
  void rotatedKeysSignWhatComesAfter() throws IOException {
    try (Ledger ledger = Ledger.create(dir(), "test.example/one", LedgerOptions.defaults())) {
      List<String> old = ledger.reader().logKeys();
      ledger.rotateKeys("yearly");
      assertThat(ledger.reader().logKeys()).doesNotContainAnyElementsOf(old);
      ledger.appendDurably(draft("a"));
    }
    try (Ledger ledger = Ledger.open(dir(), LedgerOptions.defaults())) {
      assertThat(ledger.appendDurably(draft("b")).seq()).isEqualTo(3);
    }
  }

  @Test
  void wholeLinesPastTheCheckpointAreAdoptedAndTornOnesCut() throws IOException {
    Path copy = temp.resolve("copy");
    try (Ledger ledger =
        Ledger.create(
            dir(),
            "test.example/one",
            LedgerOptions.defaults()
                .withCheckpointInterval(LedgerOptions.MAX_CHECKPOINT_INTERVAL))) {
      ledger.appendDurably(draft("a"));
      ledger.appendDurably(draft("b"));
      copyTree(dir(), copy); // as a crash would leave it: not anchored yet
    }
    copyTree(dir().resolveSibling(dir().getFileName() + ".keys"), temp.resolve("copy.keys"));
    Path segment = copy.resolve("segments/00000000000000000000.ndjson");
    Files.writeString(segment, "{\"action\":\"torn", java.nio.file.StandardOpenOption.APPEND);
    try (Ledger ledger = Ledger.open(copy, LedgerOptions.defaults())) {
      Entry recover = ledger.reader().entry(3);
      assertThat(recover.action()).isEqualTo("ledger_recover");
      assertThat(recover.target()).isEqualTo("#1-2");
      JsonObject payload = recover.payload();
      assertThat(payload).isNotNull();
      assertThat(payload.get("length")).isEqualTo(JsonNumber.of(15));
    }
    assertThat(copy.resolve("quarantine/00000000000000000003-1.cut"))
        .hasContent("{\"action\":\"torn");
  }

  @Test
  void whatTheCheckpointCoversIsNeverCut() throws IOException {
    try (Ledger ledger = Ledger.create(dir(), "test.example/one", LedgerOptions.defaults())) {
      ledger.appendDurably(draft("a"));
      ledger.appendDurably(draft("b"));
    }
    Path segment = dir().resolve("segments/00000000000000000000.ndjson");
    byte[] bytes = Files.readAllBytes(segment);
    Files.write(segment, java.util.Arrays.copyOf(bytes, bytes.length - 10));
    assertThatThrownBy(() -> Ledger.open(dir(), LedgerOptions.defaults()))
        .isInstanceOf(LedgerDamagedException.class)
        .hasMessageContaining("truncated");
    assertThat(Files.size(segment)).isEqualTo(bytes.length - 10);
  }

  @Test
  void everyEntryIsProvenAlsoWithoutAndWithADamagedTree() throws IOException {
    Path hashes = dir().resolve("tree/entry-hashes");
    try (Ledger ledger = Ledger.create(dir(), "test.example/one", LedgerOptions.defaults())) {
      List<Receipt> receipts = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        receipts.add(ledger.appendDurably(draft("t" + i)));
      }
      for (Receipt receipt : receipts) {
        assertThat(ledger.prove(receipt.seq()).leadsToRoot(receipt.entryHash())).isTrue();
      }
      byte[] bytes = Files.readAllBytes(hashes);
      bytes[32 * 5] ^= 1;
      Files.write(hashes, bytes);
      Receipt proven = receipts.get(8);
      assertThat(ledger.prove(proven.seq()).leadsToRoot(proven.entryHash())).isTrue();
      assertThat(Files.readAllBytes(hashes)[32 * 5]).isEqualTo((byte) (bytes[32 * 5] ^ 1));
    }
    Files.delete(hashes);
    try (LedgerReader reader = LedgerReader.open(dir())) {
      assertThat(reader.prove(7).leadsToRoot(reader.entry(7).entryHash())).isTrue();
    }
    try (Ledger ledger = Ledger.open(dir(), LedgerOptions.defaults())) {
      assertThat(ledger.appendDurably(draft("after")).seq()).isEqualTo(21);
    }
    assertThat(hashes).exists();
  }

  static void copyTree(Path from, Path to) throws IOException {
    try (var paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
          Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(path));
        } else {
          Files.copy(path, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
