package io.osmoda.agents;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Recorder;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the proxy's drafts to the recorder and keeps count of what the ledger did not take: that is
 * told in a {@code capture_gap} as soon as it takes entries again. Thread-safe.
 */
final class Recording {
  /** The capture point's name in entries. */
  static final String SOURCE = "mcp_proxy";

  /** Longest text of a failure that is written into a gap. */
  private static final int MAX_REASON = 300;

  /** Drafts on their way, in KiB: beyond it a message waits (deny) or goes unrecorded (allow). */
  private static final int WINDOW_KIB = 64 * 1024;

  private final Recorder recorder;
  private final String actor;
  private final String session;
  private final String instance;
  private final FailureMode onFailure;
  private final Clock clock;
  private final Duration retry;
  private final Duration patience;

  private final Semaphore window = new Semaphore(WINDOW_KIB);
  private final AtomicLong sealed = new AtomicLong();
  private final Object gapLock = new Object();
  private long lost;
  private long refused;
  private long passed;
  private long totalLost;
  private long totalRefused;
  private long totalPassed;
  private @Nullable Instant since;
  private @Nullable JsonObject untoldStart;
  private volatile @Nullable CompletableFuture<Receipt> lateStart;
  private String why = "";
  private boolean telling;
  private boolean ended;
  private long outstanding;

  Recording(
      Recorder recorder,
      String actor,
      String session,
      String instance,
      FailureMode onFailure,
      Clock clock,
      Duration retry,
      Duration patience) {
    this.recorder = recorder;
    this.actor = actor;
    this.session = session;
    this.instance = instance;
    this.onFailure = onFailure;
    this.clock = clock;
    this.retry = retry;
    this.patience = patience;
  }

  /** What was counted over the whole run. */
  record Counts(long sealed, long lost, long refused, long passedUnrecorded) {}

  Counts counts() {
    synchronized (gapLock) {
      return new Counts(sealed.get(), totalLost, totalRefused, totalPassed);
    }
  }

  /** Builds a draft; one whose members are refused is told by its action and the reason alone. */
  EntryDraft draft(String action, Status status, Consumer<EntryDraft.Builder> members) {
    EntryDraft.Builder builder =
        EntryDraft.builder(SOURCE, actor, action).status(status).session(session);
    try {
      members.accept(builder);
      return builder.build();
    } catch (DraftRefusedException e) {
      return EntryDraft.builder(SOURCE, actor, action)
          .status(status)
          .session(session)
          .payload(JsonObject.builder().put("unrecordable", shortened(e.getMessage())).build())
          .build();
    }
  }

  /**
   * Hands over a draft of about that many bytes. A loss is counted here, so callers need not look
   * at the future unless they wait for it.
   */
  CompletableFuture<Receipt> append(EntryDraft draft, int bytes) {
    return append(draft, bytes, () -> recorder.append(draft));
  }

  /** The same for a draft whose receipt the caller is about to wait for ({@link #failureOf}). */
  CompletableFuture<Receipt> appendAwaited(EntryDraft draft, int bytes) {
    return append(draft, bytes, () -> recorder.appendAwaited(draft));
  }

  private CompletableFuture<Receipt> append(
      EntryDraft draft, int bytes, Supplier<CompletableFuture<Receipt>> call) {
    int weight = Math.clamp(bytes / 1024 + 1, 1, WINDOW_KIB / 4);
    if (!enter(weight)) {
      IllegalStateException full = new IllegalStateException("the ledger is behind");
      lose(full);
      return CompletableFuture.failedFuture(full);
    }
    CompletableFuture<Receipt> receipt =
        attempt(call)
            .exceptionallyCompose(
                failure ->
                    unwrap(failure) instanceof DraftRefusedException refusal
                        ? attempt(() -> recorder.append(minimal(draft, refusal)))
                        : CompletableFuture.failedFuture(failure));
    return settled(receipt, weight);
  }

  /** Seals {@code capture_start} or {@code capture_stop}. */
  CompletableFuture<Receipt> capture(CaptureEvent.Kind kind, JsonObject details) {
    if (!enter(1)) {
      return CompletableFuture.failedFuture(new IllegalStateException("the ledger is behind"));
    }
    CompletableFuture<Receipt> receipt =
        attempt(() -> recorder.capture(new CaptureEvent(kind, SOURCE, instance, details)));
    if (kind == CaptureEvent.Kind.START && onFailure == FailureMode.ALLOW) {
      receipt = receipt.whenComplete((done, failure) -> started(failure == null ? null : details));
    }
    return settled(receipt, 1);
  }

  /** Notes whether the run's start is still to be told. */
  private void started(@Nullable JsonObject untold) {
    synchronized (gapLock) {
      untoldStart = untold;
    }
  }

  private boolean enter(int weight) {
    if (!window.tryAcquire(weight) && (onFailure == FailureMode.ALLOW || !waitFor(weight))) {
      return false;
    }
    synchronized (gapLock) {
      outstanding++;
    }
    return true;
  }

  private boolean waitFor(int weight) {
    try {
      return window.tryAcquire(weight, patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private CompletableFuture<Receipt> settled(CompletableFuture<Receipt> receipt, int weight) {
    return receipt.whenComplete(
        (done, failure) -> {
          window.release(weight);
          if (failure == null) {
            sealed.incrementAndGet();
          } else {
            lose(unwrap(failure));
          }
          synchronized (gapLock) {
            outstanding--;
            gapLock.notifyAll();
          }
        });
  }

  private static CompletableFuture<Receipt> attempt(Supplier<CompletableFuture<Receipt>> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      // A recorder that throws instead of failing its future must not end the relay of messages.
      return CompletableFuture.failedFuture(e);
    }
  }

  private EntryDraft minimal(EntryDraft draft, DraftRefusedException refusal) {
    byte[] payload = draft.payload();
    JsonObject told =
        JsonObject.builder()
            .put("unrecordable", shortened(refusal.getMessage()))
            .put("omitted_bytes", payload.length)
            .put("sha256", PayloadText.sha256(payload, 0, payload.length))
            .build();
    return EntryDraft.builder(SOURCE, draft.actor(), draft.action())
        .status(draft.status())
        .session(session)
        .causedBy(draft.causedBy())
        .payload(told)
        .build();
  }

  /** Counts an entry that is not on record and never will be. */
  void lose(Throwable failure) {
    synchronized (gapLock) {
      lost++;
      totalLost++;
      begin(failure);
    }
  }

  /** Counts messages that were not passed on because their entry was not sealed. */
  void countRefused(int messages, Throwable failure) {
    synchronized (gapLock) {
      refused += messages;
      totalRefused += messages;
      begin(failure);
    }
  }

  /** Counts messages that were passed on although their entry was not sealed. */
  void countPassed(int messages, Throwable failure) {
    synchronized (gapLock) {
      passed += messages;
      totalPassed += messages;
      begin(failure);
    }
  }

  private void begin(Throwable failure) {
    if (since == null) {
      since = clock.instant();
    }
    why = describe(failure);
    if (!telling && !ended) {
      telling = true;
      Thread.ofVirtual().name("osmoda-gap").start(this::tellGaps);
    }
    gapLock.notifyAll();
  }

  /** Tries until the ledger has taken the gap; one thread at a time. */
  private void tellGaps() {
    while (true) {
      synchronized (gapLock) {
        if (since == null || ended) {
          telling = false;
          gapLock.notifyAll();
          return;
        }
      }
      if (!tellGap(retry)) {
        synchronized (gapLock) {
          try {
            gapLock.wait(Math.max(1, retry.toMillis()));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            telling = false;
            return;
          }
        }
      }
    }
  }

  /** A run that began without the ledger is on from now on in its eyes: one try to say so. */
  private boolean tellStart(Duration patience) {
    JsonObject.Builder late = JsonObject.builder();
    synchronized (gapLock) {
      if (untoldStart == null) {
        return true;
      }
      untoldStart.members().forEach(late::put);
    }
    CompletableFuture<Receipt> told = lateStart;
    if (told == null || told.isCompletedExceptionally()) { // else one is on its way already
      CaptureEvent start =
          new CaptureEvent(
              CaptureEvent.Kind.START, SOURCE, instance, late.put("late", true).build());
      told = attempt(() -> recorder.capture(start));
      lateStart = told;
    }
    if (failureOf(told, patience) != null) {
      return false;
    }
    started(null);
    return true;
  }

  /** One try to seal what is counted; true if nothing is left to tell. */
  private boolean tellGap(Duration patience) {
    if (!tellStart(patience)) {
      return false;
    }
    long lostNow;
    long refusedNow;
    long passedNow;
    Instant from;
    String reason;
    synchronized (gapLock) {
      if (since == null) {
        return true;
      }
      lostNow = lost;
      refusedNow = refused;
      passedNow = passed;
      from = since;
      reason = why;
    }
    JsonObject details =
        JsonObject.builder()
            .put("session", session)
            .put("on_failure", onFailure.text())
            .put("lost", lostNow)
            .put("refused", refusedNow)
            .put("passed_unrecorded", passedNow)
            .put("from", from.toString())
            .put("to", clock.instant().toString())
            .put("why", reason)
            .build();
    CompletableFuture<Receipt> gap =
        attempt(
            () ->
                recorder.capture(
                    new CaptureEvent(CaptureEvent.Kind.GAP, SOURCE, instance, details)));
    if (failureOf(gap, patience) != null) {
      // Not taken yet. Should it be sealed after all, the next one repeats these counts: a gap told
      // twice is safer than a gap told never.
      return false;
    }
    synchronized (gapLock) {
      lost -= lostNow;
      refused -= refusedNow;
      passed -= passedNow;
      since = lost + refused + passed == 0 ? null : clock.instant();
      return since == null;
    }
  }

  /** Waits for all that was handed over and tells the last gap; what is still open is lost. */
  void flush(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (gapLock) {
      ended = true;
      gapLock.notifyAll();
      while (outstanding > 0 || telling) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          break;
        }
        try {
          gapLock.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          break;
        }
      }
      if (outstanding > 0) {
        lost += outstanding;
        totalLost += outstanding;
        since = since == null ? clock.instant() : since;
        why = "no receipt before the end";
      }
    }
    tellGap(Duration.ofNanos(Math.max(deadline - System.nanoTime(), retry.toNanos())));
  }

  /** Waits for a receipt: null once it is there, else what stands in its way. */
  @Nullable Throwable failureOf(CompletableFuture<Receipt> receipt, Duration patience) {
    try {
      recorder.await(receipt, patience.isNegative() ? Duration.ZERO : patience);
      return null;
    } catch (ExecutionException e) {
      return unwrap(e);
    } catch (TimeoutException e) {
      return new TimeoutException("no receipt from the ledger in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e;
    }
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    boolean wrapper =
        failure instanceof CompletionException || failure instanceof ExecutionException;
    return wrapper && cause != null ? cause : failure;
  }

  /** What a failure is, in one short line. */
  static String describe(Throwable failure) {
    String message = failure.getMessage();
    return shortened(message == null ? failure.getClass().getSimpleName() : message);
  }

  private static String shortened(@Nullable String text) {
    String clean = text == null ? null : SecretMask.clean(text, MAX_REASON);
    return clean == null ? "unknown" : clean;
  }
}
