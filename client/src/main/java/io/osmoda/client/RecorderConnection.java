package io.osmoda.client;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Recorder;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A recorder that hands drafts to the daemon that holds the ledger, over its Unix socket, in the
 * order in which it got them. Drafts that come while a request is under way go together in the
 * next. If the daemon is lost, another is found or started, and what was not acknowledged is sent
 * again without being sealed twice (see the daemon's capture endpoint). Thread-safe.
 *
 * <p>One thread at a time talks to the daemon. A thread that {@link #await}s a receipt does so
 * itself where no other does: it writes the request, reads the answer and completes the receipts in
 * it, and no thread is woken. The recorder's own thread sends what nobody awaits, after a moment in
 * which such drafts join the next request; it goes on where a thread that waited has run out of
 * patience; and it alone finds and starts daemons. Receipts are completed by whichever thread read
 * the answer, and stages that depend on them run there: they must not wait for anything.
 */
public final class RecorderConnection implements Recorder {
  /** How long drafts wait for a daemon before they fail. */
  public static final Duration OUTAGE = Duration.ofSeconds(10);

  /** How long, at most, drafts wait for a daemon that is on its way. */
  public static final Duration LONGEST_START = DaemonLauncher.LONGEST_START.plus(OUTAGE);

  /** How long a draft that nobody waits for may linger: longer than a program takes to go on. */
  private static final Duration LINGER = Duration.ofMillis(1);

  /** As many drafts are worth a request of their own. */
  private static final int LINGERING_DRAFTS = 8;

  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Duration FOREVER = Duration.ofDays(1_000);
  private static final int BATCH_DRAFTS = 4_096;
  private static final int BATCH_BYTES = 4 * Wire.MIB;
  private static final long QUEUE_BYTES = 32L * Wire.MIB;
  private static final long BACK_OFF_MILLIS = 20;
  private static final int SALT_BLOCK = 64 * CaptureFrames.SALT_BYTES;
  private static final long UNKNOWN = Long.MIN_VALUE;
  private static final HexFormat HEX = HexFormat.of();

  private final Path ledger;
  private final DaemonLauncher launcher;
  private final Duration outage;
  private final Duration linger;
  private final String client;
  private final Thread sender;

  private final Object saltLock = new Object();
  private final SecureRandom random;
  private final byte[] salts = new byte[SALT_BLOCK];
  private int saltsUsed = SALT_BLOCK;

  private final ReentrantLock lock = new ReentrantLock();

  /** The sender waits for it: there is something to do that no other thread does. */
  private final Condition work = lock.newCondition();

  private final Condition room = lock.newCondition();
  private final Deque<Pending> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean urgent;
  private boolean awaited;
  private boolean lingering;
  private boolean closed;

  /** Who talks to the daemon now. */
  private @Nullable Thread worker;

  // What follows belongs to the worker, and is handed on with its turn, under the lock.
  private final Map<String, CaptureEvent> on = new LinkedHashMap<>();
  private @Nullable UnixHttp connection;
  private @Nullable Batch underWay;
  private long resumeAfter = UNKNOWN;
  private volatile boolean connecting;

  /** How soon a draft is to go. */
  private enum Haste {
    /** Nobody waits for it. */
    LATER,
    /** Its caller is about to await it, and sends it then. */
    AWAITED,
    NOW
  }

  /** A draft or event on its way; never compared, so the array does no harm. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Pending(
      byte[] frame, @Nullable CaptureEvent event, CompletableFuture<Receipt> receipt) {}

  /** What goes in one request, and how far that has come. */
  private static final class Batch {
    final List<Pending> drafts;
    boolean again;
    long giveUp;
    long answerBy;
    ByteBuffer out = ByteBuffer.allocate(0);
    Incoming in = new Incoming();

    Batch(List<Pending> drafts) {
      this.drafts = drafts;
      begin(CaptureFrames.SENT_FIRST);
    }

    void begin(long resumeAfter) {
      out = CaptureFrames.request(resumeAfter, drafts.stream().map(Pending::frame).toList());
      in = new Incoming();
      answerBy = System.nanoTime() + ANSWER.toNanos();
    }

    void fail(IOException cause) {
      drafts.forEach(pending -> pending.receipt.completeExceptionally(cause));
    }
  }

  /** A message that is being read. */
  private static final class Incoming {
    private static final int MAX_LENGTH = 64 * Wire.MIB;

    private ByteBuffer part = ByteBuffer.allocate(CaptureFrames.LENGTH_BYTES);
    private boolean isBody;

    /** Reads on until the deadline; the whole message, null where it is not there yet. */
    @Nullable ByteBuffer read(UnixHttp from, long deadline) throws IOException {
      if (!isBody) {
        if (!from.tryRead(part, deadline)) {
          return null;
        }
        int length = part.flip().getInt();
        if (length < 0 || length > MAX_LENGTH) {
          throw new IOException("the daemon's answer has an impossible length");
        }
        part = ByteBuffer.allocate(length);
        isBody = true;
      }
      return from.tryRead(part, deadline) ? part.flip() : null;
    }
  }

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
    this.client = HEX.formatHex(salt());
    this.sender = new Thread(this::sendAll, "recorder");
    sender.setDaemon(true);
  }

  /**
   * Connects to the ledger's daemon, and starts one where none runs.
   *
   * @throws IOException if no daemon could be reached within {@link #OUTAGE}, and none is on its
   *     way either
   */
  public static RecorderConnection open(Path ledger, DaemonLauncher launcher) throws IOException {
    return open(ledger, launcher, OUTAGE, LINGER, new SecureRandom());
  }

  /**
   * The same without waiting for the daemon: drafts are taken at once, and fail where none can be
   * reached within {@link #OUTAGE} and none is on its way either.
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
    Haste haste = draft.status() == Status.PENDING ? Haste.NOW : Haste.LATER;
    return enqueue(CaptureFrames.frame(salt(), draft), null, haste);
  }

  @Override
  public CompletableFuture<Receipt> appendAwaited(EntryDraft draft) {
    return enqueue(CaptureFrames.frame(salt(), draft), null, Haste.AWAITED);
  }

  @Override
  public Receipt appendDurably(EntryDraft draft) throws IOException {
    CompletableFuture<Receipt> receipt = appendAwaited(draft);
    help(receipt, System.nanoTime() + FOREVER.toNanos());
    return Receipts.await(receipt);
  }

  @Override
  public Receipt await(CompletableFuture<Receipt> receipt, Duration patience)
      throws InterruptedException, ExecutionException, TimeoutException {
    long deadline = System.nanoTime() + patience.toNanos();
    help(receipt, deadline);
    return receipt.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  @Override
  public CompletableFuture<Receipt> capture(CaptureEvent event) {
    return enqueue(CaptureFrames.frame(salt(), event), event, Haste.NOW);
  }

  /** One draw a draft from the system's generator would cost more than the draft. */
  private byte[] salt() {
    byte[] salt = new byte[CaptureFrames.SALT_BYTES];
    synchronized (saltLock) {
      if (saltsUsed == SALT_BLOCK) {
        random.nextBytes(salts);
        saltsUsed = 0;
      }
      System.arraycopy(salts, saltsUsed, salt, 0, salt.length);
      saltsUsed += salt.length;
    }
    return salt;
  }

  private CompletableFuture<Receipt> enqueue(
      byte[] frame, @Nullable CaptureEvent event, Haste haste) {
    CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    lock.lock();
    try {
      // The ledger is behind: its callers wait, nothing is dropped. The worker is what they wait
      // for.
      while (queuedBytes > QUEUE_BYTES && !closed && worker != Thread.currentThread()) {
        room.await();
      }
      if (closed) {
        throw new IOException("the recorder is closed");
      }
      queue.add(new Pending(frame, event, receipt));
      queuedBytes += frame.length;
      // The second that waits means a caller that submits many before it awaits the first.
      urgent |= haste == Haste.NOW || (haste == Haste.AWAITED && awaited);
      awaited |= haste == Haste.AWAITED;
      boolean isDue = urgent || queue.size() >= LINGERING_DRAFTS;
      if (worker == null && (isDue || (haste == Haste.LATER && !lingering))) {
        work.signal();
      }
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

  // ---- whose turn it is

  /** Talks to the daemon until the receipt is there, if no other thread does that already. */
  private void help(CompletableFuture<Receipt> receipt, long deadline) {
    if (receipt.isDone() || !takeTurn()) {
      return;
    }
    try {
      UnixHttp open = connection;
      while (open != null && !receipt.isDone()) {
        Batch batch = underWay != null ? underWay : take();
        if (batch == null || !exchange(open, batch, deadline)) {
          return;
        }
        open = connection;
      }
    } finally {
      endTurn();
    }
  }

  /** False where another thread has its turn, or the daemon is to be found first. */
  private boolean takeTurn() {
    lock.lock();
    try {
      if (worker != null || connection == null || closed) {
        urgent = true;
        if (worker == null) {
          work.signal();
        }
        return false;
      }
      worker = Thread.currentThread();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void endTurn() {
    lock.lock();
    try {
      worker = null;
      if (underWay != null || !queue.isEmpty() || closed) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void sendAll() {
    try {
      while (awaitTurn()) {
        try {
          send();
        } finally {
          endTurn();
        }
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

  /** Waits for something to do; false when the recorder is closed and nothing is left. */
  private boolean awaitTurn() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (worker != null) {
          work.await();
        } else if (underWay == null && queue.isEmpty()) {
          if (closed) {
            return false;
          }
          work.await();
        } else if (underWay != null || lingered()) {
          worker = sender;
          return true;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets what nobody waits for wait for company; false where another thread took it along. */
  private boolean lingered() throws InterruptedException {
    long left = linger.toNanos();
    lingering = true;
    try {
      while (!urgent && !closed && queue.size() < LINGERING_DRAFTS && left > 0) {
        left = work.awaitNanos(left);
        if (worker != null || queue.isEmpty()) {
          return false;
        }
      }
      return true;
    } finally {
      lingering = false;
    }
  }

  /** What goes next; null where nothing waits. */
  private @Nullable Batch take() {
    lock.lock();
    try {
      List<Pending> drafts = new ArrayList<>();
      int bytes = 0;
      for (Pending first = queue.peek();
          first != null
              && drafts.size() < BATCH_DRAFTS
              && (drafts.isEmpty() || bytes + first.frame.length < BATCH_BYTES);
          first = queue.peek()) {
        drafts.add(queue.remove());
        bytes += first.frame.length;
      }
      if (drafts.isEmpty()) {
        return null;
      }
      if (queuedBytes > QUEUE_BYTES) {
        room.signalAll();
      }
      queuedBytes -= bytes;
      urgent &= !queue.isEmpty();
      awaited &= !queue.isEmpty();
      Batch batch = new Batch(drafts);
      underWay = batch;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  // ---- the worker's

  /** The sender's turn: one request, with a daemon that is found or started for it. */
  private void send() throws InterruptedException {
    Batch batch = underWay != null ? underWay : take();
    if (batch == null) {
      return;
    }
    try {
      if (connection == null) {
        if (batch.again) {
          Thread.sleep(BACK_OFF_MILLIS);
        }
        connect(batch.again ? batch.giveUp : System.nanoTime() + outage.toNanos());
        batch.begin(batch.again ? resumeAfter : CaptureFrames.SENT_FIRST);
      }
    } catch (LostException e) {
      lost(batch, e);
      return;
    } catch (IOException e) {
      disconnect();
      underWay = null;
      batch.fail(e);
      return;
    }
    UnixHttp open = connection;
    if (open != null) {
      boolean _ = exchange(open, batch, System.nanoTime() + FOREVER.toNanos());
    }
  }

  /** Notes that a request's outcome is unknown: it is sent again, unless that took too long. */
  private void lost(Batch batch, IOException cause) {
    disconnect();
    if (!batch.again) {
      batch.again = true;
      batch.giveUp = System.nanoTime() + outage.toNanos();
    } else if (System.nanoTime() - batch.giveUp > 0) {
      underWay = null;
      batch.fail(cause);
    }
  }

  /**
   * Sends a batch and completes it by its answer, as far as that comes before the deadline.
   *
   * @return false where the deadline came first, or the connection was lost
   */
  private boolean exchange(UnixHttp open, Batch batch, long deadline) {
    try {
      ByteBuffer answer = null;
      long until = deadline - batch.answerBy < 0 ? deadline : batch.answerBy;
      if (open.tryWrite(batch.out, until)) {
        answer = batch.in.read(open, until);
      }
      if (answer == null) {
        if (System.nanoTime() - batch.answerBy >= 0) {
          throw new LostException("the daemon did not answer in " + ANSWER.toSeconds() + " s");
        }
        return false;
      }
      underWay = null;
      complete(batch, answer);
      return true;
    } catch (CaptureFrames.RefusedException e) {
      disconnect();
      batch.fail(new IOException("the daemon refused: " + e.getMessage(), e));
      return true;
    } catch (CaptureFrames.BadFrameException e) {
      disconnect();
      batch.fail(unexpected(e));
      return true;
    } catch (IOException e) {
      LostException lost =
          new LostException("the connection to the daemon was lost: " + e.getMessage());
      lost.initCause(e);
      lost(batch, lost);
      return false;
    }
  }

  private static IOException unexpected(Exception cause) {
    return new IOException(
        "the daemon sent an unexpected response ("
            + cause.getMessage()
            + "): stop it, so that one"
            + " of this version of osmoda is started",
        cause);
  }

  /** Connects, opens a session, and says again which sources are on where the daemon is new. */
  private void connect(long giveUp) throws IOException, InterruptedException {
    connecting = true;
    try {
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
    } finally {
      connecting = false;
    }
  }

  private void openSession(UnixHttp opened) throws IOException {
    long deadline = System.nanoTime() + ANSWER.toNanos();
    UnixHttp.Reply reply;
    byte[] problem;
    try {
      reply =
          opened.upgrade(
              "/api/v1/capture/session",
              Map.of(Wire.CLIENT_HEADER, client),
              CaptureFrames.PROTOCOL,
              ANSWER);
      problem = reply.bytes();
    } catch (IOException e) {
      throw lost(e);
    }
    if (reply.status() != 101) {
      refused(reply.status(), problem);
    }
    ByteBuffer welcome = read(opened, new Incoming(), deadline);
    if (welcome.remaining() != Long.BYTES + Integer.BYTES) {
      throw new IOException("the daemon sent an unexpected response; are both the same version?");
    }
    long size = welcome.getLong();
    int sources = welcome.getInt();
    if (resumeAfter == UNKNOWN) {
      resumeAfter = size - 1;
    }
    if (sources < on.size()) {
      announceAgain(opened, deadline);
    }
  }

  private static void refused(int status, byte[] problem) throws IOException {
    if (status == 200) {
      throw new IOException(
          "the daemon is of an earlier version of osmoda: stop it, so that one of this version is"
              + " started");
    }
    String detail = UnixHttp.json(problem).string("detail");
    // A stopping daemon is a reason to come back, all else is not.
    if (status == 503) {
      throw new LostException("the daemon did not accept it: " + detail);
    }
    throw new IOException("the daemon refused with status " + status + ": " + detail);
  }

  private static LostException lost(IOException cause) {
    LostException lost =
        new LostException("the connection to the daemon was lost: " + cause.getMessage());
    lost.initCause(cause);
    return lost;
  }

  private static ByteBuffer read(UnixHttp from, Incoming in, long deadline) throws LostException {
    try {
      ByteBuffer message = in.read(from, deadline);
      if (message == null) {
        throw new LostException("the daemon did not answer in " + ANSWER.toSeconds() + " s");
      }
      return message;
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private void announceAgain(UnixHttp opened, long deadline) throws IOException {
    List<byte[]> events = new ArrayList<>();
    for (CaptureEvent event : on.values()) {
      JsonObject.Builder details = JsonObject.builder();
      event.details().members().forEach(details::put);
      CaptureEvent resumed =
          new CaptureEvent(
              CaptureEvent.Kind.START,
              event.source(),
              event.instance(),
              details.put("resumed", true).build());
      events.add(CaptureFrames.frame(salt(), resumed));
    }
    try {
      opened.tryWrite(CaptureFrames.request(CaptureFrames.SENT_FIRST, events), deadline);
    } catch (IOException e) {
      throw lost(e);
    }
    ByteBuffer _ = read(opened, new Incoming(), deadline);
  }

  /** Completes each draft of a batch by its part of the answer. */
  private void complete(Batch batch, ByteBuffer answer)
      throws CaptureFrames.RefusedException, CaptureFrames.BadFrameException {
    CaptureFrames.AnswerReader results = new CaptureFrames.AnswerReader(answer);
    for (Pending pending : batch.drafts) {
      CaptureFrames.Result result = results.next();
      Receipt receipt = result.receipt();
      if (receipt == null) {
        pending.receipt.completeExceptionally(failure(result.problem()));
      } else {
        sealed(pending, receipt);
      }
    }
  }

  private static Exception failure(JsonObject problem) {
    String member = problem.string("member");
    String reason = problem.string("reason");
    return member != null && reason != null
        ? new DraftRefusedException(member, reason)
        : new IOException(problem.string("detail"));
  }

  private void sealed(Pending pending, Receipt receipt) {
    resumeAfter = Math.max(resumeAfter, receipt.seq());
    CaptureEvent event = pending.event;
    if (event != null) {
      String key = event.source() + ' ' + event.instance();
      switch (event.kind()) {
        case START -> on.put(key, event);
        case STOP -> on.remove(key);
        case GAP -> {}
      }
    }
    pending.receipt.complete(receipt);
  }

  private void disconnect() {
    UnixHttp open = connection;
    connection = null;
    if (open != null) {
      open.close();
    }
  }

  /** Fails what is queued, and all that may still come. */
  private void failAll(IOException cause) {
    lock.lock();
    try {
      closed = true;
      if (underWay != null) {
        underWay.fail(cause);
      }
      List.copyOf(queue).forEach(pending -> pending.receipt.completeExceptionally(cause));
      queue.clear();
      queuedBytes = 0;
      room.signalAll();
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
      work.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (!sender.join(outage) && connecting) {
        sender.interrupt(); // nobody waits any longer for a daemon that is on its way for so long
      }
      sender.join();
    } catch (InterruptedException e) {
      sender.interrupt();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while entries were in flight", e);
    }
  }
}
