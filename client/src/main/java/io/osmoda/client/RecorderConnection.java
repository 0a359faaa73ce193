package io.osmoda.client;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Recorder;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A recorder that hands drafts to the daemon that holds the ledger, over its Unix socket, in the
 * order in which it got them. Drafts that come while a request is under way go together in the
 * next. A draft of which something waits, one that is {@code pending} or appended durably, goes at
 * once; others linger for a moment, so that it finds the connection free and they share its sync.
 * If the daemon is lost, another is found or started, and what was not acknowledged is sent again
 * without being sealed twice (see the daemon's capture endpoint). Thread-safe.
 */
public final class RecorderConnection implements Recorder {
  /** How long drafts wait for a daemon before they fail. */
  public static final Duration OUTAGE = Duration.ofSeconds(10);

  /** How long a draft that nobody waits for may linger: longer than a program takes to go on. */
  private static final Duration LINGER = Duration.ofMillis(1);

  /** As many drafts are worth a request of their own. */
  private static final int LINGERING_DRAFTS = 8;

  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int BATCH_DRAFTS = 4_096;
  private static final int BATCH_BYTES = 4 * Wire.MIB;
  private static final long QUEUE_BYTES = 32L * Wire.MIB;
  private static final long BACK_OFF_MILLIS = 20;
  private static final int SALT_BYTES = 16;
  private static final long UNKNOWN = Long.MIN_VALUE;
  private static final HexFormat HEX = HexFormat.of();

  private final Path ledger;
  private final DaemonLauncher launcher;
  private final Duration outage;
  private final Duration linger;
  private final SecureRandom random;
  private final String client;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Pending> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean awaited;
  private boolean closed;

  // What follows belongs to the sender thread.
  private final Thread sender;
  private final Map<String, CaptureEvent> on = new LinkedHashMap<>();
  private @Nullable UnixHttp connection;
  private String session = "";
  private long resumeAfter = UNKNOWN;

  /** A draft or event on its way; never compared, so the array does no harm. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Pending(
      byte[] line, @Nullable CaptureEvent event, CompletableFuture<Receipt> receipt) {}

  /** Where a request's outcome is unknown, or the daemon asks to come back. */
  private static final class LostException extends IOException {
    private static final long serialVersionUID = 1L;

    LostException(String message) {
      super(message);
    }
  }

  private RecorderConnection(
      Path ledger, DaemonLauncher launcher, Duration outage, Duration linger, SecureRandom random) {
    this.ledger = ledger;
    this.launcher = launcher;
    this.outage = outage;
    this.linger = linger;
    this.random = random;
    byte[] id = new byte[SALT_BYTES];
    random.nextBytes(id);
    this.client = HEX.formatHex(id);
    this.sender = new Thread(this::sendAll, "recorder");
    sender.setDaemon(true);
  }

  /**
   * Connects to the ledger's daemon, and starts one where none runs.
   *
   * @throws IOException if no daemon could be reached within {@link #OUTAGE}
   */
  public static RecorderConnection open(Path ledger, DaemonLauncher launcher) throws IOException {
    return open(ledger, launcher, OUTAGE, LINGER, new SecureRandom());
  }

  /**
   * The same for a ledger that cannot be reached for now: drafts fail until it can, each after
   * {@link #OUTAGE} at the latest.
   */
  public static RecorderConnection openLater(Path ledger, DaemonLauncher launcher) {
    RecorderConnection recorder =
        new RecorderConnection(ledger, launcher, OUTAGE, LINGER, new SecureRandom());
    recorder.sender.start();
    return recorder;
  }

  public static RecorderConnection open(
      Path ledger, DaemonLauncher launcher, Duration outage, SecureRandom random)
      throws IOException {
    return open(ledger, launcher, outage, LINGER, random);
  }

  public static RecorderConnection open(
      Path ledger, DaemonLauncher launcher, Duration outage, Duration linger, SecureRandom random)
      throws IOException {
    RecorderConnection recorder = new RecorderConnection(ledger, launcher, outage, linger, random);
    try {
      recorder.connect(System.nanoTime() + outage.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the daemon", e);
    }
    recorder.sender.start();
    return recorder;
  }

  @Override
  public CompletableFuture<Receipt> append(EntryDraft draft) {
    // What is told as pending is about to happen: it waits until that is on record.
    return enqueue(line(draft), null, draft.status() == Status.PENDING);
  }

  @Override
  public Receipt appendDurably(EntryDraft draft) throws IOException {
    return Receipts.await(enqueue(line(draft), null, true));
  }

  @Override
  public CompletableFuture<Receipt> capture(CaptureEvent event) {
    return enqueue(line(event), event, true);
  }

  private byte[] line(EntryDraft draft) {
    JsonObject frame =
        JsonObject.builder().put("salt", salt()).put("source", draft.source()).build();
    return Json.spliced(frame, "draft", DraftJson.write(draft));
  }

  private byte[] line(CaptureEvent event) {
    return Json.bytes(
        JsonObject.builder().put("event", Wire.json(event)).put("salt", salt()).build());
  }

  private String salt() {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return HEX.formatHex(salt);
  }

  private CompletableFuture<Receipt> enqueue(
      byte[] line, @Nullable CaptureEvent event, boolean isAwaited) {
    CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    lock.lock();
    try {
      while (queuedBytes > QUEUE_BYTES && !closed) {
        changed.await(); // the ledger is behind: its callers wait, nothing is dropped
      }
      if (closed) {
        throw new IOException("the recorder is closed");
      }
      queue.add(new Pending(line, event, receipt));
      queuedBytes += line.length;
      awaited |= isAwaited;
      changed.signalAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      receipt.completeExceptionally(
          new IOException("interrupted before the entry was submitted", e));
    } catch (IOException e) {
      receipt.completeExceptionally(e);
    } finally {
      lock.unlock();
    }
    return receipt;
  }

  private void sendAll() {
    try {
      for (List<Pending> batch = next(); batch != null; batch = next()) {
        send(batch);
      }
    } catch (InterruptedException e) {
      failAll(new IOException("the recorder's thread was interrupted", e));
    } catch (RuntimeException | Error e) {
      failAll(new IOException("the recorder failed: " + e, e));
      throw e;
    } finally {
      disconnect();
    }
  }

  /** Waits for drafts; null when the recorder is closed and none is left. */
  private @Nullable List<Pending> next() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty()) {
        if (closed) {
          return null;
        }
        changed.await();
      }
      long left = linger.toNanos();
      while (!awaited && !closed && queue.size() < LINGERING_DRAFTS && left > 0) {
        left = changed.awaitNanos(left);
      }
      List<Pending> batch = new ArrayList<>();
      int bytes = 0;
      for (Pending first = queue.peek();
          first != null
              && batch.size() < BATCH_DRAFTS
              && (batch.isEmpty() || bytes + first.line.length < BATCH_BYTES);
          first = queue.peek()) {
        batch.add(queue.remove());
        bytes += first.line.length + 1;
        queuedBytes -= first.line.length;
      }
      awaited &= !queue.isEmpty();
      changed.signalAll();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void send(List<Pending> batch) throws InterruptedException {
    byte[] body = body(batch);
    boolean again = false;
    long giveUp = System.nanoTime() + outage.toNanos();
    while (true) {
      try {
        if (connection == null) {
          connect(giveUp);
        }
        complete(batch, post(body, again));
        return;
      } catch (LostException e) {
        disconnect();
        if (!again) {
          again = true;
          giveUp = System.nanoTime() + outage.toNanos();
        } else if (System.nanoTime() - giveUp > 0) {
          fail(batch, e);
          return;
        }
        Thread.sleep(BACK_OFF_MILLIS);
      } catch (IOException e) {
        disconnect();
        fail(batch, e);
        return;
      }
    }
  }

  private static byte[] body(List<Pending> batch) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Pending pending : batch) {
      body.writeBytes(pending.line);
      body.write('\n');
    }
    return body.toByteArray();
  }

  /** Connects, opens a session, and says again which sources are on where the daemon is new. */
  private void connect(long giveUp) throws IOException, InterruptedException {
    while (true) {
      connection = launcher.connect(ledger, giveUp - System.nanoTime());
      try {
        openSession(connection);
        return;
      } catch (LostException e) {
        disconnect();
        if (System.nanoTime() - giveUp > 0) {
          throw e;
        }
        Thread.sleep(BACK_OFF_MILLIS);
      }
    }
  }

  private void openSession(UnixHttp opened) throws IOException {
    JsonObject answer =
        UnixHttp.json(
            request(
                opened,
                "/api/v1/capture/session",
                Map.of(Wire.CLIENT_HEADER, client),
                new byte[0]));
    Long number = Json.integer(answer, "session");
    Long size = Json.integer(answer, "size");
    Long sources = Json.integer(answer, "sources");
    if (number == null || size == null || sources == null) {
      throw new IOException("the daemon sent an unexpected response; are both the same version?");
    }
    session = number.toString();
    if (resumeAfter == UNKNOWN) {
      resumeAfter = size - 1;
    }
    if (sources < on.size()) {
      announceAgain();
    }
  }

  private void announceAgain() throws IOException {
    List<Pending> events = new ArrayList<>();
    for (CaptureEvent event : on.values()) {
      JsonObject.Builder details = JsonObject.builder();
      event.details().members().forEach(details::put);
      CaptureEvent resumed =
          new CaptureEvent(
              CaptureEvent.Kind.START,
              event.source(),
              event.instance(),
              details.put("resumed", true).build());
      events.add(new Pending(line(resumed), null, new CompletableFuture<>()));
    }
    post(body(events), false);
  }

  /** Sends lines and gives the answer's lines. */
  private byte[] post(byte[] body, boolean again) throws IOException {
    UnixHttp open = connection;
    if (open == null) {
      throw new LostException("the connection to the daemon was lost");
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", Wire.NDJSON);
    headers.put(Wire.CLIENT_HEADER, client);
    headers.put(Wire.SESSION_HEADER, session);
    if (again) {
      headers.put(Wire.RESUME_HEADER, Long.toString(resumeAfter));
    }
    return request(open, "/api/v1/capture", headers, body);
  }

  private static byte[] request(
      UnixHttp connection, String path, Map<String, String> headers, byte[] body)
      throws IOException {
    UnixHttp.Reply reply;
    byte[] answer;
    try {
      reply = connection.send("POST", path, headers, body, ANSWER);
      answer = reply.bytes();
    } catch (IOException e) {
      LostException lost =
          new LostException("the connection to the daemon was lost: " + e.getMessage());
      lost.initCause(e);
      throw lost;
    }
    if (reply.status() == 200) {
      return answer;
    }
    String detail = UnixHttp.json(answer).string("detail");
    // A stale session and a stopping daemon are reasons to come back, all else is not.
    if (reply.status() == 409 || reply.status() == 503) {
      throw new LostException("the daemon did not accept it: " + detail);
    }
    throw new IOException("the daemon refused with status " + reply.status() + ": " + detail);
  }

  /** Completes each draft of a batch by its line of the answer. */
  private void complete(List<Pending> batch, byte[] answer) throws IOException {
    List<String> lines = new String(answer, StandardCharsets.UTF_8).lines().toList();
    if (lines.size() != batch.size()) {
      throw new IOException(
          "the daemon answered " + lines.size() + " of " + batch.size() + " drafts");
    }
    for (int i = 0; i < lines.size(); i++) {
      complete(batch.get(i), UnixHttp.json(lines.get(i).getBytes(StandardCharsets.UTF_8)));
    }
  }

  private void complete(Pending pending, JsonObject answer) throws IOException {
    if (answer.get("error") instanceof JsonObject problem) {
      String member = problem.string("member");
      String reason = problem.string("reason");
      pending.receipt.completeExceptionally(
          member != null && reason != null
              ? new DraftRefusedException(member, reason)
              : new IOException(problem.string("detail")));
      return;
    }
    Long seq = Json.integer(answer, "seq");
    String hash = answer.string("entry_hash");
    if (seq == null || hash == null) {
      throw new IOException("the daemon sent an unexpected response; are both the same version?");
    }
    resumeAfter = Math.max(resumeAfter, seq);
    CaptureEvent event = pending.event;
    if (event != null) {
      String key = event.source() + ' ' + event.instance();
      switch (event.kind()) {
        case START -> on.put(key, event);
        case STOP -> on.remove(key);
        case GAP -> {}
      }
    }
    pending.receipt.complete(new Receipt(seq, Hash.fromHex(hash)));
  }

  private void disconnect() {
    UnixHttp open = connection;
    connection = null;
    if (open != null) {
      open.close();
    }
  }

  private static void fail(List<Pending> batch, IOException cause) {
    for (Pending pending : batch) {
      pending.receipt.completeExceptionally(cause);
    }
  }

  /** Fails what is queued, and all that may still come. */
  private void failAll(IOException cause) {
    lock.lock();
    try {
      closed = true;
      fail(List.copyOf(queue), cause);
      queue.clear();
      queuedBytes = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all drafts are acknowledged or failed, and lets the daemon go. */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      sender.join();
    } catch (InterruptedException e) {
      sender.interrupt();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while entries were in flight", e);
    }
  }
}
