package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.osmoda.fixtures.MemoryFolder;
import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.LedgerException;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.BadPolicyException;
import io.osmoda.format.log.Hash;
import io.osmoda.verify.LedgerVerifier;
import io.osmoda.verify.Verdict;
import io.osmoda.verify.Verification;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fails every single operation of a ledger's life in turn, in every way, and looks at what is left:
 * nothing acknowledged is lost, and the ledger opens again without help.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LedgerFaultTest {

  private Path dir;
  private LedgerOptions options;
  private FaultDisk created;

  /** A life of a ledger; what it acknowledges goes into the map. */
  private interface Life {
    void live(Ledger ledger, Map<Long, Hash> acknowledged) throws IOException;
  }

  @BeforeAll
  void create(@TempDir(factory = MemoryFolder.class) Path temp) throws IOException {
    dir = temp.resolve("ledger");
    created = new FaultDisk();
    options =
        LedgerOptions.defaults()
            .withKeys(temp.resolve("keys"))
            .withSegmentBytes(4_000)
            .withCheckpointInterval(LedgerOptions.MAX_CHECKPOINT_INTERVAL);
    Ledger.create(dir, "faults.example/one", options.withDisk(created)).close();
  }

  private static EntryDraft draft(int i) {
    return EntryDraft.builder("api", "agent:tester", "tool_call")
        .tool("tool-" + i)
        .payload(JsonObject.builder().put("secret", "payload number " + i).build())
        .build();
  }

  private static void append(Ledger ledger, int i, Map<Long, Hash> acknowledged)
      throws IOException {
    Receipt receipt = ledger.appendDurably(draft(i));
    acknowledged.put(receipt.seq(), receipt.entryHash());
  }

  private static void appendTogether(Ledger ledger, int from, int to, Map<Long, Hash> acknowledged)
      throws IOException {
    List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
    for (int i = from; i < to; i++) {
      receipts.add(ledger.append(draft(i)));
    }
    IOException failure = null;
    for (CompletableFuture<Receipt> receipt : receipts) {
      try {
        Receipt r = receipt.join();
        acknowledged.put(r.seq(), r.entryHash());
      } catch (CompletionException e) {
        failure = new IOException(e.getCause());
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Test
  void appendRotationAndCheckpointLoseNothingAcknowledged() throws IOException {
    everyOperationFails(
        1,
        (ledger, acknowledged) -> {
          for (int i = 0; i < 6; i++) {
            append(ledger, i, acknowledged);
          }
          ledger.checkpoint();
          appendTogether(ledger, 6, 20, acknowledged);
          append(ledger, 20, acknowledged);
        });
  }

  @Test
  void redactionLosesNothingAndIsCompletedOnceAnchored() throws IOException {
    everyOperationFails(
        1,
        (ledger, acknowledged) -> {
          for (int i = 0; i < 7; i++) {
            append(ledger, i, acknowledged);
          }
          ledger.redact(2, 3, "a person asked", JsonObject.EMPTY);
          append(ledger, 7, acknowledged);
          ledger.redact(6, 6, "another asked", JsonObject.EMPTY);
        });
  }

  @Test
  void aSegmentWhoseNameWasNotSyncedLosesNothingThatCameAfterARestart() throws IOException {
    Life life =
        (ledger, acknowledged) -> {
          for (int i = 0; i < 20; i++) { // until the segment is full
            append(ledger, i, acknowledged);
            ledger.checkpoint(); // a start that adopts nothing has no other reason to sync names
          }
        };
    FaultDisk whole = created.copy();
    whole.failAt(-1, FaultDisk.Fault.NONE);
    live(whole, life, new TreeMap<>());
    int at = whole.log().indexOf("sync folder segments");
    assertThat(at).isPositive();
    for (long seed : Seed.first(50)) {
      Map<Long, Hash> acknowledged = new TreeMap<>();
      FaultDisk disk = created.copy();
      disk.failAt(at, FaultDisk.Fault.EIO);
      long number = seed;
      assertThatThrownBy(() -> live(disk, life, acknowledged))
          .as("seed %d", number)
          .isInstanceOf(IOException.class);
      disk.endProcess();
      check(disk, acknowledged, "seed " + seed + ", restarted");
      disk.restart(seed);
      check(disk, acknowledged, "seed " + seed + ", after power loss");
    }
  }

  @Test
  @Tag("soak")
  void manySeedsLoseNothing() throws IOException {
    everyOperationFails(
        20,
        (ledger, acknowledged) -> {
          append(ledger, 0, acknowledged);
          appendTogether(ledger, 1, 9, acknowledged);
          ledger.checkpoint();
          ledger.redact(2, 3, "a person asked", JsonObject.EMPTY);
          append(ledger, 10, acknowledged);
        });
  }

  @Test
  void aRotationThatFailsAtAnyPointIsCompletedOrNeverWas(
      @TempDir(factory = MemoryFolder.class) Path rotations) throws Exception {
    FaultDisk whole = created.copy();
    LedgerOptions counting = options.withKeys(keysCopy(rotations.resolve("count")));
    int operations;
    try (Ledger ledger = Ledger.open(dir, counting.withDisk(whole))) {
      ledger.appendDurably(draft(0));
      whole.failAt(-1, FaultDisk.Fault.NONE);
      ledger.rotateKeys("yearly");
      operations = whole.operations();
    }
    assertThat(operations).isGreaterThan(10);
    for (FaultDisk.Fault fault : faults()) {
      for (int at = 0; at < operations; at++) {
        Path keys = keysCopy(rotations.resolve(fault + "-" + at));
        LedgerOptions own = options.withKeys(keys);
        FaultDisk disk = created.copy();
        Map<Long, Hash> acknowledged = new TreeMap<>();
        Ledger ledger = Ledger.open(dir, own.withDisk(disk));
        append(ledger, 0, acknowledged);
        disk.failAt(at, fault);
        String where = "rotation, " + fault + " at " + at;
        assertThatCode(
                () -> {
                  ledger.rotateKeys("yearly");
                  ledger.close();
                })
            .as(where)
            .isInstanceOf(IOException.class);
        closeAnyhow(ledger);
        disk.restart(at);
        check(disk, acknowledged, where + ", after " + disk.log(), own);
      }
    }
  }

  /** Ends the writer; that its end cannot be sealed after a fault is nothing new. */
  private static void closeAnyhow(Ledger ledger) {
    try {
      ledger.close();
    } catch (IOException e) {
      assertThat(e).hasMessageNotContaining("lock");
    }
  }

  private Path keysCopy(Path to) throws IOException {
    LedgerTest.copyTree(options.keysFor(new LedgerFolder(dir)), to);
    return to;
  }

  @Test
  void recoveryThatFailsAtAnyPointIsRepeatedWithoutLoss() throws IOException {
    Map<Long, Hash> acknowledged = new TreeMap<>();
    FaultDisk crashed = created.copy();
    Ledger ledger = Ledger.open(dir, options.withDisk(crashed));
    for (int i = 0; i < 6; i++) {
      append(ledger, i, acknowledged);
    }
    crashed.failAt(1, FaultDisk.Fault.CRASH_AFTER); // the write of the next line, before its sync
    assertThatCode(() -> ledger.appendDurably(draft(99))).isInstanceOf(IOException.class);
    assertThatCode(ledger::close).isInstanceOf(IOException.class);
    for (long seed : Seed.first(2)) {
      FaultDisk torn = crashedCopy(crashed, seed);
      int operations = operationsOfOpening(torn);
      for (FaultDisk.Fault fault : faults()) {
        for (int at = 0; at < operations; at++) {
          FaultDisk disk = torn.copy();
          disk.failAt(at, fault);
          try {
            Ledger.open(dir, options.withDisk(disk)).close();
          } catch (IOException e) {
            assertThat(disk.hasStruck()).as("failed without a fault: %s", e).isTrue();
          }
          disk.restart(at);
          check(
              disk,
              new TreeMap<>(acknowledged),
              "opening, seed " + seed + ", " + fault + " at " + at);
        }
      }
    }
  }

  private static FaultDisk crashedCopy(FaultDisk crashed, long seed) {
    FaultDisk copy = crashed.unsyncedCopy();
    copy.restart(seed);
    return copy;
  }

  private int operationsOfOpening(FaultDisk disk) throws IOException {
    FaultDisk copy = disk.copy();
    copy.failAt(-1, FaultDisk.Fault.NONE);
    Ledger.open(dir, options.withDisk(copy)).close();
    return copy.operations();
  }

  private static List<FaultDisk.Fault> faults() {
    return List.of(
        FaultDisk.Fault.EIO,
        FaultDisk.Fault.ENOSPC,
        FaultDisk.Fault.CRASH_BEFORE,
        FaultDisk.Fault.CRASH_AFTER);
  }

  private void everyOperationFails(int seeds, Life life) throws IOException {
    FaultDisk whole = created.copy();
    whole.failAt(-1, FaultDisk.Fault.NONE);
    live(whole, life, new TreeMap<>());
    int operations = whole.operations();
    assertThat(operations).isGreaterThan(40);
    for (FaultDisk.Fault fault : faults()) {
      // Groups form differently each time, so a few more than were counted.
      for (int at = 0; at < operations + 5; at++) {
        for (long seed : Seed.first(seeds)) {
          Map<Long, Hash> acknowledged = new TreeMap<>();
          FaultDisk disk = created.copy();
          disk.failAt(at, fault);
          String where = fault + " at " + at + ", seed " + seed;
          try {
            live(disk, life, acknowledged);
          } catch (IOException e) {
            assertThat(disk.hasStruck()).as("%s: failed without a fault: %s", where, e).isTrue();
          }
          if (seed % 2 == 0 && fault == FaultDisk.Fault.EIO) {
            // The process dies and comes back before the machine does.
            disk.endProcess();
            check(disk, acknowledged, where + ", restarted");
          }
          disk.restart(seed * 1_000 + at);
          check(disk, acknowledged, where + ", after " + disk.log());
        }
      }
    }
  }

  private void live(FaultDisk disk, Life life, Map<Long, Hash> acknowledged) throws IOException {
    Ledger ledger = Ledger.open(dir, options.withDisk(disk));
    try {
      life.live(ledger, acknowledged);
    } catch (IOException e) {
      try {
        ledger.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
    ledger.close();
  }

  /** Opens again without help, and everything acknowledged is there. */
  private void check(FaultDisk disk, Map<Long, Hash> acknowledged, String where)
      throws IOException {
    check(disk, acknowledged, where, options);
  }

  private void check(FaultDisk disk, Map<Long, Hash> acknowledged, String where, LedgerOptions with)
      throws IOException {
    try (Ledger ledger = Ledger.open(dir, with.withDisk(disk))) {
      long last = -1;
      try (EntryCursor cursor = ledger.reader().read(0, Long.MAX_VALUE)) {
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
          Hash expected = acknowledged.get(entry.seq());
          if (expected != null) {
            assertThat(entry.entryHash())
                .as("%s: entry %d", where, entry.seq())
                .isEqualTo(expected);
          }
          last = entry.seq();
        }
      }
      for (long seq : acknowledged.keySet()) {
        assertThat(seq).as("%s: acknowledged", where).isLessThanOrEqualTo(last);
      }
      Receipt next = ledger.appendDurably(draft(1_000));
      acknowledged.put(next.seq(), next.entryHash());
    } catch (LedgerException e) {
      fail(where + ": does not open again: " + e.getMessage(), e);
    }
    LedgerReader reader = new LedgerReader(disk, new LedgerFolder(dir), null);
    Verification verification;
    try {
      verification =
          LedgerVerifier.verify(
              dir,
              VerifyOptions.defaults()
                  .withDisk(disk)
                  .withTrust(with.keysFor(new LedgerFolder(dir)).resolve("trust.policy"))
                  .withThreads(1));
    } catch (BadPolicyException e) {
      throw new AssertionError(where + ": the trust file is broken", e);
    }
    assertThat(verification.findings()).as(where).isEmpty();
    assertThat(verification.verdict()).as(where).isEqualTo(Verdict.INTACT);
    assertThat(verification.anchored()).as(where).isEqualTo(reader.size());
  }
}
