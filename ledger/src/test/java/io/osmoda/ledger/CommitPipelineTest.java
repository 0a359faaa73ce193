package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pipeline by itself, at its edges: what is held back, what fails, what waits for whom. */
@Timeout(60)
class CommitPipelineTest {
  private static final int LARGE_BYTES = 1_000_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final FaultDisk disk = new FaultDisk();
  private final LedgerFolder folder = new LedgerFolder(Path.of("no-such-folder"));
  private final ConcurrentLinkedQueue<Long> synced = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean afterSyncFails = new AtomicBoolean();
  private FaultDisk.Hold hold = new FaultDisk.Hold(new CountDownLatch(0), new CountDownLatch(0));
  private final CommitPipeline pipeline = pipeline();

  private CommitPipeline pipeline() {
    try {
      LedgerReader reader = new LedgerReader(disk, folder, null);
      SegmentWriter segments = new SegmentWriter(disk, folder, 1L << 40, reader, 0, 0, 1);
      ChainSealer sealer =
          new ChainSealer(
              1,
              Hash.ZERO,
              new SettableTime().wallNanos() / SettableTime.DAY,
              new LedgerClock(new SettableTime(), Long.MIN_VALUE),
              new CaptureSources(),
              new Salts(RANDOM),
              seq -> Hash.ZERO);
      CommitPipeline made =
          new CommitPipeline(
              sealer,
              segments,
              group -> {
                if (afterSyncFails.get()) {
                  throw new IllegalStateException("the tree failed");
                }
                for (int i = 0; i < group.count(); i++) {
                  synced.add(group.firstSeq() + i);
                }
              });
      made.start();
      return made;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** From now on no sync ends before {@link #letGo}. */
  private void holdSyncs() {
    hold = disk.holdSyncs();
  }

  private void letGo() {
    hold.letGo().countDown();
  }

  @AfterEach
  void end() throws IOException {
    letGo();
    pipeline.close();
  }

  private static EntryDraft.Builder draft() {
    return EntryDraft.builder("api", "agent:a", "tool_call");
  }

  private static PreparedEntry prepared(EntryDraft draft) {
    byte[] salt = new byte[Salts.LENGTH];
    RANDOM.nextBytes(salt);
    return new PreparedEntry(draft, salt);
  }

  private static PreparedEntry small() {
    return prepared(draft().build());
  }

  private static PreparedEntry large() {
    String text = "x".repeat(LARGE_BYTES);
    return prepared(draft().payload(JsonObject.builder().put("text", text).build()).build());
  }

  private CompletableFuture<Receipt> submit(PreparedEntry entry) {
    return pipeline.submit(entry, null);
  }

  @Test
  void noReceiptComesBeforeItsSync() throws Exception {
    holdSyncs();
    CompletableFuture<Receipt> first = submit(small());
    hold.begun().await();
    CompletableFuture<Receipt> second = submit(small());
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();
    assertThat(synced).isEmpty();
    letGo();
    assertThat(first.join().seq()).isEqualTo(1);
    assertThat(second.join().seq()).isEqualTo(2);
    assertThat(synced).containsExactly(1L, 2L);
  }

  @Test
  void whatCameDuringASyncSharesTheNextOnes() throws Exception {
    holdSyncs();
    CompletableFuture<Receipt> first = submit(small());
    hold.begun().await();
    List<CompletableFuture<Receipt>> during = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      during.add(submit(small()));
    }
    letGo();
    first.join();
    for (int i = 0; i < during.size(); i++) {
      assertThat(during.get(i).join().seq()).isEqualTo(i + 2);
    }
    assertThat(disk.log())
        .filteredOn(operation -> operation.endsWith(".ndjson") && operation.startsWith("sync "))
        .hasSizeLessThan(during.size());
  }

  @Test
  void aFailedSyncFailsAllThatWaitAndAllThatComesAfter() throws Exception {
    holdSyncs();
    List<CompletableFuture<Receipt>> waiting = new ArrayList<>();
    waiting.add(submit(small()));
    hold.begun().await();
    for (int i = 0; i < 20; i++) {
      waiting.add(submit(small()));
    }
    disk.failAt(0, FaultDisk.Fault.EIO);
    letGo();
    for (CompletableFuture<Receipt> each : waiting) {
      assertThatThrownBy(each::join)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(LedgerStoppedException.class)
          .hasStackTraceContaining("Input/output error (injected)");
    }
    assertThat(pipeline.stopped()).hasMessageContaining("(injected)");
    assertThat(synced).isEmpty();
    assertThatThrownBy(submit(small())::join).hasCauseInstanceOf(LedgerStoppedException.class);
    assertThatThrownBy(() -> pipeline.submitAndWait(small()))
        .isInstanceOf(LedgerStoppedException.class);
    assertThatThrownBy(() -> pipeline.exclusively(() -> "ran"))
        .isInstanceOf(LedgerStoppedException.class);
    assertThat(pipeline.backlogBytes()).isZero();
  }

  @Test
  void aSyncThatFailsOnTheCallersOwnThreadStopsItToo() {
    disk.failAt(1, FaultDisk.Fault.EIO); // the write, then the sync
    assertThatThrownBy(() -> pipeline.submitAndWait(small()))
        .isInstanceOf(LedgerStoppedException.class)
        .hasMessageContaining("(injected)");
    assertThatThrownBy(submit(small())::join).hasCauseInstanceOf(LedgerStoppedException.class);
  }

  @Test
  void aFailureAfterTheSyncGivesNoReceiptAndStopsIt() {
    afterSyncFails.set(true);
    assertThatThrownBy(submit(small())::join)
        .hasCauseInstanceOf(LedgerStoppedException.class)
        .hasStackTraceContaining("the tree failed");
    afterSyncFails.set(false);
    assertThatThrownBy(submit(small())::join).hasCauseInstanceOf(LedgerStoppedException.class);
    assertThat(synced).isEmpty();
  }

  @Test
  void aFullBacklogMakesCallersWaitAndLosesNothing() throws Exception {
    holdSyncs();
    List<CompletableFuture<Receipt>> taken = new ArrayList<>();
    int enough = (int) (CommitPipeline.BACKLOG_BYTES / LARGE_BYTES) + 30;
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < enough; i++) {
                    taken.add(submit(large()));
                  }
                });
    await().until(() -> caller.getState() == Thread.State.WAITING);
    assertThat(pipeline.backlogBytes())
        .isBetween(CommitPipeline.BACKLOG_BYTES / 2, CommitPipeline.BACKLOG_BYTES);
    letGo();
    caller.join();
    assertThat(taken).hasSize(enough);
    for (int i = 0; i < enough; i++) {
      assertThat(taken.get(i).join().seq()).isEqualTo(i + 1);
    }
  }

  @Test
  void aCallerThatIsInterruptedWhileItWaitsForRoomIsToldAndItsEntryNotTaken() throws Exception {
    holdSyncs();
    AtomicReference<CompletableFuture<Receipt>> last = new AtomicReference<>();
    AtomicInteger submitted = new AtomicInteger();
    AtomicBoolean stillInterrupted = new AtomicBoolean();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    last.set(submit(large()));
                    submitted.incrementAndGet();
                  }
                  stillInterrupted.set(true);
                });
    await().until(() -> caller.getState() == Thread.State.WAITING);
    caller.interrupt();
    caller.join();
    assertThat(stillInterrupted).isTrue();
    assertThatThrownBy(last.get()::join).hasCauseInstanceOf(InterruptedIOException.class);
    letGo();
    assertThat(submit(small()).join().seq()).isEqualTo(submitted.get());
  }

  @Test
  void aStopFreesTheCallersThatWaitForRoom() throws Exception {
    holdSyncs();
    AtomicReference<CompletableFuture<Receipt>> last = new AtomicReference<>();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (pipeline.stopped() == null) {
                    last.set(submit(large()));
                  }
                });
    await().until(() -> caller.getState() == Thread.State.WAITING);
    pipeline.stop(new IOException("unplugged"));
    caller.join();
    letGo();
    assertThatThrownBy(last.get()::join).hasStackTraceContaining("unplugged");
  }

  @Test
  void aRefusedDraftFailsAloneAndTakesNoPlace() throws Exception {
    Receipt first = pipeline.submitAndWait(small());
    EntryDraft early =
        draft().causedBy(List.of(new CauseReference("", 99, first.entryHash()))).build();
    assertThatThrownBy(() -> pipeline.submitAndWait(prepared(early)))
        .isInstanceOf(DraftRefusedException.class)
        .hasMessageContaining("not sealed yet");
    assertThatThrownBy(submit(prepared(early))::join)
        .hasCauseInstanceOf(DraftRefusedException.class);
    assertThat(pipeline.submitAndWait(small()).seq()).isEqualTo(2);
    assertThat(pipeline.stopped()).isNull();
  }

  @Test
  void theDraftsOfOneThreadKeepTheirOrder() throws Exception {
    int threads = 4;
    int each = 300;
    Phaser together = new Phaser(threads);
    List<List<CompletableFuture<Receipt>>> all = new ArrayList<>();
    List<Thread> callers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      List<CompletableFuture<Receipt>> mine = new ArrayList<>();
      all.add(mine);
      callers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    together.arriveAndAwaitAdvance();
                    for (int i = 0; i < each; i++) {
                      mine.add(submit(small()));
                      if (i % 50 == 49) {
                        try { // on its own thread where the queue is empty
                          mine.add(
                              CompletableFuture.completedFuture(pipeline.submitAndWait(small())));
                        } catch (IOException e) {
                          mine.add(CompletableFuture.failedFuture(e));
                        }
                      }
                    }
                  }));
    }
    for (Thread caller : callers) {
      caller.join();
    }
    List<Long> seqs = new ArrayList<>();
    for (List<CompletableFuture<Receipt>> mine : all) {
      List<Long> own = mine.stream().map(receipt -> receipt.join().seq()).toList();
      assertThat(own).isSorted();
      seqs.addAll(own);
    }
    assertThat(seqs).doesNotHaveDuplicates().hasSize(threads * (each + each / 50));
    assertThat(List.copyOf(synced)).isSorted().hasSameSizeAs(seqs);
  }

  @Test
  void whatRunsExclusivelyFindsNothingOnItsWay() throws Exception {
    holdSyncs();
    CompletableFuture<Receipt> first = submit(small());
    hold.begun().await();
    AtomicInteger found = new AtomicInteger(-1);
    Thread other =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    found.set(pipeline.exclusively(synced::size));
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    assertThat(found).hasValue(-1);
    letGo();
    other.join();
    first.join();
    assertThat(found.get()).isNotNegative();
    assertThat(pipeline.exclusively(() -> "free again")).isEqualTo("free again");
    assertThat(pipeline.submitAndWait(small()).seq()).isEqualTo(2);
  }

  @Test
  void itsEndWaitsForAllThatWasHandedOverAndTakesNothingMore() throws Exception {
    holdSyncs();
    List<CompletableFuture<Receipt>> before = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      before.add(submit(small()));
    }
    Thread closer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    pipeline.close();
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    await().until(() -> closer.getState() == Thread.State.WAITING);
    letGo();
    closer.join();
    assertThat(before).allSatisfy(receipt -> assertThat(receipt).isCompleted());
    assertThatThrownBy(submit(small())::join)
        .hasCauseInstanceOf(LedgerStoppedException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> pipeline.submitAndWait(small()))
        .isInstanceOf(LedgerStoppedException.class);
  }
}
