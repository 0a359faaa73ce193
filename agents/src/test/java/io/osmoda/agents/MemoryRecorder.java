package io.osmoda.agents;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Recorder;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A ledger in memory that seals in order, with real hashes, and that can be told to hold its
 * receipts back, to fail, or to refuse. It checks that causes name entries that it has sealed.
 */
final class MemoryRecorder implements Recorder {
  /** A sealed entry. */
  record Entry(
      long seq,
      Hash hash,
      String action,
      Status status,
      @Nullable String tool,
      @Nullable String target,
      List<CauseReference> causes,
      JsonObject payload,
      @Nullable EntryDraft draft) {
    /** A string in the payload; empty if there is none. */
    String text(String member) {
      String text = payload.string(member);
      return text == null ? "" : text;
    }

    JsonValue value(String member) {
      JsonValue value = payload.get(member);
      return value == null ? new JsonString("absent") : value;
    }

    boolean has(String member) {
      return payload.get(member) != null;
    }

    /** The payload as JSON text. */
    String json() {
      try {
        return new String(CanonicalJson.write(payload), java.nio.charset.StandardCharsets.UTF_8);
      } catch (JsonException e) {
        throw new AssertionError(e);
      }
    }
  }

  private record Waiting(CompletableFuture<Receipt> receipt, Receipt value) {}

  private final List<Entry> entries = new ArrayList<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private boolean holding;
  private @Nullable IOException failure;
  private Predicate<EntryDraft> refused = draft -> false;
  private final List<String> failed = new ArrayList<>();

  @Override
  public synchronized CompletableFuture<Receipt> append(EntryDraft draft) {
    if (refused.test(draft)) {
      return CompletableFuture.failedFuture(
          new io.osmoda.format.entry.DraftRefusedException("payload", "refused by the test"));
    }
    JsonObject payload;
    try {
      payload = (JsonObject) CanonicalJson.parse(draft.payload());
    } catch (JsonException e) {
      throw new AssertionError(e);
    }
    return seal(
        draft.action(),
        draft.status(),
        draft.tool(),
        draft.target(),
        draft.causedBy(),
        payload,
        draft);
  }

  @Override
  public Receipt appendDurably(EntryDraft draft) throws IOException {
    try {
      return append(draft).join();
    } catch (java.util.concurrent.CompletionException e) {
      throw new IOException(e.getCause());
    }
  }

  @Override
  public synchronized CompletableFuture<Receipt> capture(CaptureEvent event) {
    return seal(
        event.kind().action(), Status.OK, null, event.instance(), List.of(), event.details(), null);
  }

  private CompletableFuture<Receipt> seal(
      String action,
      Status status,
      @Nullable String tool,
      @Nullable String target,
      List<CauseReference> causes,
      JsonObject payload,
      @Nullable EntryDraft draft) {
    if (failure != null) {
      failed.add(action);
      notifyAll();
      return CompletableFuture.failedFuture(failure);
    }
    for (CauseReference cause : causes) {
      if (!entries.get((int) cause.seq()).hash().equals(cause.entryHash())) {
        return CompletableFuture.failedFuture(new AssertionError("a cause that is no entry"));
      }
    }
    long seq = entries.size();
    Hash before = entries.isEmpty() ? Hash.ZERO : entries.getLast().hash();
    Hash hash = hash(before, action, payload);
    Entry entry = new Entry(seq, hash, action, status, tool, target, causes, payload, draft);
    entries.add(entry);
    notifyAll();
    Receipt receipt = new Receipt(seq, hash);
    if (!holding) {
      return CompletableFuture.completedFuture(receipt);
    }
    CompletableFuture<Receipt> later = new CompletableFuture<>();
    waiting.add(new Waiting(later, receipt));
    return later;
  }

  private static Hash hash(Hash before, String action, JsonObject payload) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(before.toBytes());
      digest.update(action.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      digest.update(CanonicalJson.write(payload));
      return Hash.of(digest.digest());
    } catch (NoSuchAlgorithmException | JsonException e) {
      throw new AssertionError(e);
    }
  }

  /** From now on entries are taken but no receipt is given. */
  synchronized void hold() {
    holding = true;
  }

  /** Gives all receipts held back, and no longer holds any. */
  void release() {
    List<Waiting> due;
    synchronized (this) {
      holding = false;
      due = List.copyOf(waiting);
      waiting.clear();
    }
    due.forEach(one -> one.receipt().complete(one.value()));
  }

  /** From now on nothing is taken; null: all is well again. */
  synchronized void fail(@Nullable IOException reason) {
    failure = reason;
  }

  /** Drafts that are refused from now on. */
  synchronized void refuse(Predicate<EntryDraft> drafts) {
    refused = drafts;
  }

  synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  List<Entry> of(String action) {
    return entries().stream().filter(entry -> entry.action().equals(action)).toList();
  }

  /** Waits until so many entries of an action are sealed. */
  synchronized List<Entry> await(String action, int count) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (of(action).size() < count) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError(
            "waited for "
                + count
                + " × "
                + action
                + ", have "
                + entries().stream().map(Entry::action).toList());
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return of(action);
  }

  /** Waits until so many entries of an action were not taken. */
  synchronized void awaitFailed(String action, int count) throws InterruptedException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (java.util.Collections.frequency(failed, action) < count) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("waited for " + count + " failed × " + action + ": " + failed);
      }
      wait(left);
    }
  }

  /** The entry that another names as its first cause. */
  Entry cause(Entry entry) {
    assertCause(entry);
    return entries().get((int) entry.causes().getFirst().seq());
  }

  private static void assertCause(Entry entry) {
    if (entry.causes().isEmpty()) {
      throw new AssertionError(entry.action() + " names no cause");
    }
  }

  @Override
  public void close() {}
}
