package io.osmoda.ledger;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.ControlActions;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Recorder;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.Timestamps;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.folder.LedgerHolder;
import io.osmoda.format.folder.LedgerJson;
import io.osmoda.format.folder.LedgerNotFoundException;
import io.osmoda.format.folder.SegmentName;
import io.osmoda.format.folder.UnknownFormatException;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.InclusionProof;
import io.osmoda.format.log.SignedCheckpoint;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A ledger opened for writing; at most one at a time holds a folder. Thread-safe.
 *
 * <p>Receipts come only after their entries are on stable storage. After a failed write or sync the
 * ledger takes no more entries: open it again, and it recovers from disk (section 4).
 */
public final class Ledger implements Recorder {
  /** How often a quiet ledger looks whether a day has begun, in milliseconds. */
  private static final long QUIET_MILLIS = 60_000;

  private final Disk disk;
  private final LedgerFolder folder;
  private final LedgerOptions options;
  private final String origin;
  private final Closeable lock;
  private final KeyFolder keys;
  private final Salts salts;
  private final ChainSealer sealer;
  private final SegmentWriter segments;
  private final CommitPipeline pipeline;
  private final CheckpointStore checkpoints;
  private final LedgerReader reader;
  private final Thread checkpointing;
  private final List<RedactedRange> redactions;

  /** Held while a checkpoint is made, so that a rotation can keep others from being made. */
  private final ReentrantLock signing = new ReentrantLock();

  /** Held while holds are looked at, set or released, and while a redaction is announced. */
  private final ReentrantLock holding = new ReentrantLock();

  private final LegalHolds holds;

  /** Guards the tree; its holder waits for its turn by sequence number. */
  private final Object treeTurn = new Object();

  private final TreeFiles tree;

  /** Guards the growth that readers and the checkpointer wait for. */
  private final Object growth = new Object();

  // Written under growth; read by anyone, who then never waits for it.
  private volatile Tip tip;
  private volatile Tip anchored;
  private boolean closing;
  private volatile boolean isStateTold;

  /** How far something reaches: entries, and the timestamp of the last of them. */
  private record Tip(long size, String timestamp) {}

  private Ledger(
      Disk disk,
      LedgerFolder folder,
      LedgerOptions options,
      String origin,
      Closeable lock,
      KeyFolder keys,
      TreeFiles tree,
      CheckpointStore checkpoints,
      Recovery.Outcome recovered)
      throws IOException {
    this.disk = disk;
    this.folder = folder;
    this.options = options;
    this.origin = origin;
    this.lock = lock;
    this.keys = keys;
    this.tree = tree;
    this.checkpoints = checkpoints;
    this.salts = new Salts(options.random());
    this.redactions = new ArrayList<>(recovered.redactions());
    this.tip = new Tip(recovered.nextSeq(), recovered.lastTimestamp());
    this.anchored = new Tip(recovered.adoptedFrom(), recovered.lastTimestamp());
    this.reader = new LedgerReader(disk, folder, new LedgerGrowth());
    this.holds = new LegalHolds(reader);
    long last = lastNanos(recovered.lastTimestamp());
    this.sealer =
        new ChainSealer(
            recovered.nextSeq(),
            recovered.tip(),
            Timestamps.epochDay(last),
            new LedgerClock(options.time(), last),
            new CaptureSources(),
            salts,
            this::storedHash);
    this.segments =
        new SegmentWriter(
            disk,
            folder,
            options.segmentBytes(),
            reader,
            recovered.segment(),
            recovered.segmentBytes(),
            recovered.segments());
    this.pipeline = new CommitPipeline(sealer, segments, this::afterSync);
    this.checkpointing =
        Thread.ofPlatform().daemon().name("osmoda-checkpointer").unstarted(this::checkpointLoop);
  }

  private static long lastNanos(String timestamp) throws LedgerDamagedException {
    try {
      return Timestamps.epochNanos(Timestamps.parse(timestamp));
    } catch (ArithmeticException e) {
      throw new LedgerDamagedException(
          FindingKind.BAD_MEMBER,
          null,
          "the newest entry is of " + timestamp + "; time cannot go on from there",
          e);
    }
  }

  /**
   * Makes a ledger and its keys, and opens it.
   *
   * @param origin the name that its checkpoints carry (section 3)
   * @throws LedgerExistsException if there is one already
   * @throws KeyFolderException if the key folder exists already or cannot be made
   * @throws DraftRefusedException if the origin is not one
   */
  public static Ledger create(Path dir, String origin, LedgerOptions options) throws IOException {
    LedgerCreation.create(dir, origin, options);
    return open(dir, options);
  }

  /**
   * Opens a ledger for writing: takes the lock, recovers what a crash left, completes redactions
   * and rotations that were announced.
   *
   * @throws LedgerNotFoundException if there is none in the folder
   * @throws LedgerLockedException if another process writes to it
   * @throws LedgerDamagedException if it does not hold what its newest checkpoint states
   * @throws KeyFolderException if the keys are missing, unreadable or open to others
   * @throws LedgerReadOnlyException if the folder cannot be written to
   * @throws UnknownFormatException if it has a format that this software does not know
   */
  public static Ledger open(Path dir, LedgerOptions options) throws IOException {
    Disk disk = options.disk();
    LedgerFolder folder = new LedgerFolder(dir);
    LedgerJson claims = LedgerJson.read(disk, folder);
    if (!disk.isWritable(dir)) {
      throw new LedgerReadOnlyException(
          "the folder " + dir + " cannot be written to, so nothing can be sealed");
    }
    Closeable lock = lock(disk, folder);
    TreeFiles tree = null;
    Ledger ledger = null;
    try {
      boolean endedInOrder = !disk.exists(folder.holder());
      disk.replace(folder.holder(), holder(options));
      KeyFolder keys = KeyFolder.load(options.keysFor(folder));
      CheckpointStore checkpoints = new CheckpointStore(disk, folder);
      SignedCheckpoint newest = checkpoints.newest();
      if (newest == null || newest.checkpoint().size() < 1) {
        throw new LedgerDamagedException(
            FindingKind.TRUNCATED, null, "there is no checkpoint in " + folder.checkpoints());
      }
      KeyRotation rotation = new KeyRotation(disk, folder, keys, claims);
      rotation.checkKeys(newest);
      checkpoints.continueFrom(newest.checkpoint().size());
      tree = TreeFiles.openWrite(disk, folder.tree());
      Recovery.Outcome recovered =
          new Recovery(disk, folder, tree, options.isLargeCutAccepted()).run(newest.checkpoint());
      ledger =
          new Ledger(
              disk, folder, options, claims.origin(), lock, keys, tree, checkpoints, recovered);
      ledger.start(rotation, recovered, newest);
      if (!endedInOrder) {
        ledger.sealStateAtStart(); // what was on then is off, and nothing else says so
      }
      return ledger;
    } catch (IOException | RuntimeException | Error e) {
      if (ledger != null) {
        ledger.abandon(e);
      }
      closeAfter(e, tree);
      closeAfter(e, lock);
      throw e;
    }
  }

  private static void closeAfter(Throwable failure, @Nullable Closeable resource) {
    try {
      if (resource != null) {
        resource.close();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static Closeable lock(Disk disk, LedgerFolder folder) throws IOException {
    Closeable lock = disk.tryLock(folder.lock());
    if (lock != null) {
      return lock;
    }
    String who =
        LedgerHolder.of(disk, folder)
            .map(
                h ->
                    "the process "
                        + (h.get("pid") instanceof JsonNumber pid ? (long) pid.value() : "?")
                        + ", since "
                        + h.string("since"))
            .orElse("another process");
    throw new LedgerLockedException(
        who
            + ", writes to the ledger in "
            + folder.root()
            + "; there is one writer at a time: use its socket, or stop it");
  }

  private static byte[] holder(LedgerOptions options) {
    JsonObject.Builder holder =
        JsonObject.builder()
            .put("pid", ProcessHandle.current().pid())
            .put("since", Instant.now().toString());
    options.holder().members().forEach(holder::put);
    try {
      return CanonicalJson.write(holder.build());
    } catch (JsonException e) {
      throw new DraftRefusedException("holder", e.getMessage() + "");
    }
  }

  private void start(KeyRotation rotation, Recovery.Outcome recovered, SignedCheckpoint newest)
      throws IOException {
    pipeline.start();
    rotation.completeAfterStart(recovered.rotation(), newest, this::publishFirst);
    if (recovered.adopted() > 0 || recovered.cut() != null) {
      sealRecovery(recovered);
    }
    completeRedactions();
    checkpointing.start();
  }

  private void sealRecovery(Recovery.Outcome recovered) throws IOException {
    Recovery.Cut cut = recovered.cut();
    JsonObject.Builder payload = JsonObject.builder();
    payload
        .put("length", cut == null ? 0 : cut.length())
        .put("lines", cut == null ? 0 : cut.lines())
        .put("offset", cut == null ? recovered.segmentBytes() : cut.offset())
        .put("segment", SegmentName.of(recovered.segment()))
        .put("sha256", cut == null ? Hash.wrap(Digests.sha256().digest()).hex() : cut.sha256());
    if (cut != null) {
      payload.put("quarantine", cut.file());
    }
    String target =
        recovered.adopted() > 0
            ? RedactedRange.target(recovered.adoptedFrom(), recovered.nextSeq() - 1)
            : null;
    await(
        appendControl(ControlActions.RECOVER, Status.OK, target, null, List.of(), payload.build()));
    checkpoint();
  }

  private void completeRedactions() throws IOException {
    Redactor redactor = new Redactor(disk, folder, reader);
    redactor.discardUnfinished();
    for (RedactedRange range : redactions) {
      if (redactor.isIncomplete(range)) {
        removePayloads(redactor, range);
      }
    }
  }

  /** Gives up after a failed start: nothing more is written. */
  private void abandon(Throwable cause) {
    pipeline.stop(cause);
    try {
      pipeline.close();
      segments.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Reads this ledger; sees what is durable, at once. */
  public LedgerReader reader() {
    return reader;
  }

  /** The origin that checkpoints carry. */
  public String origin() {
    return origin;
  }

  /** The policy file that names this ledger's keys: what one gives to an auditor. */
  public Path trustFile() {
    return keys.policyFile();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Stages that depend on the future without an executor run on the ledger's own thread: they
   * must not wait for anything.
   */
  @Override
  public CompletableFuture<Receipt> append(EntryDraft draft) {
    return append(draft, freshSalt());
  }

  /**
   * The same with a salt that a client made, so that it can tell after a lost connection whether
   * its draft was sealed. Only for our own clients: the salt must be 16 unpredictable bytes, used
   * once.
   */
  public CompletableFuture<Receipt> append(EntryDraft draft, byte[] salt) {
    try {
      ControlActions.refuseFromCallers(draft);
      return pipeline.submit(new PreparedEntry(draft, checkedSalt(salt)), null);
    } catch (DraftRefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static byte[] checkedSalt(byte[] salt) {
    if (salt.length != Salts.LENGTH) {
      throw new DraftRefusedException("payload_salt", "must have 16 bytes, has " + salt.length);
    }
    return salt;
  }

  @Override
  public Receipt appendDurably(EntryDraft draft) throws IOException {
    ControlActions.refuseFromCallers(draft);
    return pipeline.submitAndWait(new PreparedEntry(draft, freshSalt()));
  }

  @Override
  public CompletableFuture<Receipt> capture(CaptureEvent event) {
    return capture(event, freshSalt());
  }

  /** The same with a salt that a client made; see {@link #append(EntryDraft, byte[])}. */
  public CompletableFuture<Receipt> capture(CaptureEvent event, byte[] salt) {
    return submitControl(draftOf(event), event, checkedSalt(salt));
  }

  private static EntryDraft.Builder draftOf(CaptureEvent event) {
    Status status = event.kind() == CaptureEvent.Kind.GAP ? Status.ERROR : Status.OK;
    JsonObject.Builder payload = JsonObject.builder();
    event.details().members().forEach(payload::put);
    payload.put("source", event.source());
    return ControlActions.draft(
        event.kind().action(), status, event.instance(), null, List.of(), payload.build());
  }

  /**
   * Entries that a caller waits for and that share one sync: sealed on the thread that calls {@link
   * #seal} where the ledger is idle, which saves the hand-overs to the ledger's own threads and
   * back. Not thread-safe.
   */
  public final class Batch {
    private final List<PendingAppend> appends = new ArrayList<>();

    private Batch() {}

    /** Adds a draft; see {@link Ledger#append(EntryDraft, byte[])}. */
    public CompletableFuture<Receipt> append(EntryDraft draft, byte[] salt) {
      ControlActions.refuseFromCallers(draft);
      return add(new PreparedEntry(draft, checkedSalt(salt)), null);
    }

    /** Adds an event of a capture source; see {@link Ledger#capture}. */
    public CompletableFuture<Receipt> capture(CaptureEvent event, byte[] salt) {
      return add(new PreparedEntry(draftOf(event).build(), checkedSalt(salt)), event);
    }

    private CompletableFuture<Receipt> add(PreparedEntry entry, @Nullable CaptureEvent event) {
      PendingAppend append = new PendingAppend(entry, event);
      appends.add(append);
      return append;
    }

    /** Hands over what was added; the futures are done, or will be. To be called once. */
    public void seal() {
      pipeline.submitTogether(appends);
    }
  }

  /** Begins a batch. */
  public Batch batch() {
    return new Batch();
  }

  /**
   * Seals a control entry (section 1). For our own code only: {@code ledger_query}, {@code
   * ledger_export}, {@code witness_cosign} and the like; who asked stands in the payload.
   */
  public CompletableFuture<Receipt> appendControl(
      String action,
      Status status,
      @Nullable String target,
      @Nullable String reason,
      List<CauseReference> causes,
      JsonObject payload) {
    if (!ControlActions.isControl(action)) {
      throw new DraftRefusedException("action", action + " is no control action");
    }
    return submitControl(
        ControlActions.draft(action, status, target, reason, causes, payload), null, freshSalt());
  }

  /**
   * Seals what a person states ({@code review}, {@code sign_off}), with a source of its own, and
   * waits until it is durable. For our own command and API, which know who the person is; no draft
   * of anybody else's has this source or these actions.
   *
   * @param actor {@code user:…}
   */
  public Receipt appendStatement(
      String action,
      String actor,
      @Nullable String target,
      List<CauseReference> causes,
      JsonObject payload)
      throws IOException {
    if (!ControlActions.isStatement(action)
        || action.equals(ControlActions.HOLD_SET)
        || action.equals(ControlActions.HOLD_RELEASE)) {
      throw new DraftRefusedException("action", action + " is no review or sign-off");
    }
    return state(action, actor, target, null, causes, payload);
  }

  private Receipt state(
      String action,
      String actor,
      @Nullable String target,
      @Nullable String reason,
      List<CauseReference> causes,
      JsonObject payload)
      throws IOException {
    EntryDraft draft =
        EntryDraft.builder(ControlActions.STATEMENT_SOURCE, actor, action)
            .target(target)
            .reason(reason)
            .causedBy(causes)
            .payload(payload)
            .build();
    return pipeline.submitAndWait(new PreparedEntry(draft, freshSalt()));
  }

  /**
   * Seals that the ledger's own configuration is another than before, with a source that no draft
   * of anybody else's has, and waits until it is durable. For our own code, which read it.
   *
   * @param target the file's name
   * @param reason what changed, in words
   */
  public Receipt appendConfigurationChange(String target, String reason, JsonObject payload)
      throws IOException {
    EntryDraft draft =
        EntryDraft.builder(
                ControlActions.CONFIGURATION_SOURCE,
                ControlActions.CONFIGURATION_ACTOR,
                ControlActions.CONFIGURATION_CHANGE)
            .target(target)
            .reason(reason)
            .payload(payload)
            .build();
    return pipeline.submitAndWait(new PreparedEntry(draft, freshSalt()));
  }

  /**
   * The legal holds in force, in the order in which they were set. The first look after a start
   * reads the whole ledger: what a derived file lacks must not let a payload go.
   *
   * @throws LedgerDamagedException if an entry is not what was sealed: then nobody knows
   */
  public List<Hold> holds() throws IOException {
    holding.lock();
    try {
      return holds.inForce();
    } finally {
      holding.unlock();
    }
  }

  /**
   * Sets a legal hold: from now on nothing that it covers is redacted.
   *
   * @param reason why; required
   * @param actor who sets it, {@code user:…}
   */
  public Hold setHold(HoldScope scope, String reason, String actor) throws IOException {
    holding.lock();
    try {
      Receipt set =
          state(
              ControlActions.HOLD_SET, actor, scope.target(), reason, List.of(), JsonObject.EMPTY);
      return Hold.of(reader.entry(set.seq()));
    } finally {
      holding.unlock();
    }
  }

  /**
   * Releases a legal hold.
   *
   * @param hold the sequence number of the entry that set it
   * @param reason why; required
   * @param actor who releases it, {@code user:…}
   * @throws DraftRefusedException if no such hold is in force
   */
  public Receipt releaseHold(long hold, String reason, String actor) throws IOException {
    holding.lock();
    try {
      for (Hold each : holds.inForce()) {
        if (each.seq() == hold) {
          return state(
              ControlActions.HOLD_RELEASE,
              actor,
              "#" + hold,
              reason,
              List.of(new CauseReference("", hold, each.entryHash())),
              JsonObject.EMPTY);
        }
      }
      throw new HoldRefusedException("hold", "there is no hold " + hold + " in force", hold, false);
    } finally {
      holding.unlock();
    }
  }

  private CompletableFuture<Receipt> submitControl(
      EntryDraft.Builder draft, @Nullable CaptureEvent event, byte[] salt) {
    return pipeline.submit(new PreparedEntry(draft.build(), salt), event);
  }

  private byte[] freshSalt() {
    byte[] salt = new byte[Salts.LENGTH];
    salts.next(salt, 0);
    return salt;
  }

  /**
   * Seals {@code capture_state}, what is on, since when and what it has lost, for the start of a
   * writer that stays (section 1). Does nothing where opening the ledger did so already, after a
   * writer that ended without a word.
   */
  public void sealStateAtStart() throws IOException {
    if (!isStateTold) {
      isStateTold = true;
      sealState();
    }
  }

  /** Seals {@code capture_state} where a UTC day has begun without an entry (section 1). */
  void sealStateOfNewDay() throws IOException {
    if (pipeline.exclusively(sealer::isNewDay)) {
      sealState();
    }
  }

  private void sealState() throws IOException {
    await(
        appendControl(
            ControlActions.CAPTURE_STATE,
            Status.OK,
            null,
            null,
            List.of(),
            pipeline.exclusively(() -> sealer.sources().state())));
  }

  /** Makes the newest entries anchored; returns the checkpoint that covers them. */
  public SignedCheckpoint checkpoint() throws IOException {
    signing.lock();
    try {
      Tip target = currentTip();
      if (target.size() == anchoredTip().size()) {
        return reader.newestCheckpoint();
      }
      return publish(keys.signer(), false);
    } finally {
      signing.unlock();
    }
  }

  private Tip currentTip() {
    return tip;
  }

  private Tip anchoredTip() {
    return anchored;
  }

  /** Signs the tree of the durable entries; the caller holds {@link #signing}. */
  private SignedCheckpoint publish(LogSigner signer, boolean pinned) throws IOException {
    Tip target;
    Hash root;
    synchronized (treeTurn) {
      target = currentTip();
      root = tree.root(target.size());
    }
    SignedCheckpoint note = signer.sign(new Checkpoint(origin, target.size(), root));
    try {
      checkpoints.publish(note, target.timestamp(), pinned);
    } catch (IOException | RuntimeException e) {
      pipeline.stop(e);
      throw e;
    }
    synchronized (growth) {
      anchored = target;
      growth.notifyAll();
    }
    return note;
  }

  private SignedCheckpoint publishFirst(LogSigner signer) throws IOException {
    signing.lock();
    try {
      return publish(signer, true);
    } finally {
      signing.unlock();
    }
  }

  /**
   * The proof that an entry stands in the newest checkpoint's tree; makes a checkpoint where none
   * covers it yet. Rebuilds the derived tree where it turns out to be damaged.
   */
  public InclusionProof prove(long seq) throws IOException {
    if (seq >= anchoredTip().size() && seq < currentTip().size()) {
      checkpoint();
    }
    try {
      return reader.proveFromFiles(seq, reader.newestCheckpoint());
    } catch (TreeDamagedException e) {
      rebuildTree();
      return reader.prove(seq);
    }
  }

  /** As {@link LedgerReader#tile}; rebuilds the derived tree where it turns out to be damaged. */
  public byte @Nullable [] tile(String path) throws IOException {
    try {
      return reader.tileFromFiles(path);
    } catch (TreeDamagedException e) {
      rebuildTree();
      return reader.tile(path);
    }
  }

  private void rebuildTree() throws IOException {
    signing.lock();
    try {
      Checkpoint newest = reader.newestCheckpoint().checkpoint();
      pipeline.exclusively(
          () -> {
            synchronized (treeTurn) {
              tree.truncate(0);
              reader.appendAllTo(tree, Long.MAX_VALUE);
              if (!tree.root(newest.size()).equals(newest.root())) {
                LedgerDamagedException damage =
                    new LedgerDamagedException(
                        FindingKind.ROOT_MISMATCH,
                        null,
                        "the entries do not have the root that the newest checkpoint states");
                pipeline.stop(damage);
                throw damage;
              }
              return newest;
            }
          });
    } finally {
      signing.unlock();
    }
  }

  /**
   * Removes the payloads of a range for good (section 5): announces it, anchors the announcement,
   * then rewrites the segments. Copies and exports made earlier are out of reach.
   *
   * @param last inclusive
   * @param reason why; required
   * @param payload who asked and on what basis
   * @return the range with the entry that announces it
   * @throws DraftRefusedException if the range is not below the tip, or holds an entry that
   *     explains the ledger and therefore stays, or one that a legal hold covers
   */
  public RedactedRange redact(long first, long last, String reason, JsonObject payload)
      throws IOException {
    RedactedRange announced;
    holding.lock(); // so that no hold comes between the look and the announcement
    try {
      announced = announceRedaction(first, last, reason, payload);
    } finally {
      holding.unlock();
    }
    signing.lock();
    try {
      publish(keys.signer(), true);
      synchronized (redactions) {
        redactions.add(announced);
      }
      removePayloads(new Redactor(disk, folder, reader), announced);
    } finally {
      signing.unlock();
    }
    return announced;
  }

  private RedactedRange announceRedaction(long first, long last, String reason, JsonObject payload)
      throws IOException {
    RedactedRange range = new RedactedRange(-1, first, last);
    if (last >= currentTip().size()) {
      throw new DraftRefusedException(
          "target", "there is no entry " + last + "; the newest is " + (currentTip().size() - 1));
    }
    List<Hold> inForce = holds.inForce();
    try (EntryCursor cursor = reader.read(first, last + 1)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (entry.isContext()) {
          throw new DraftRefusedException(
              "target",
              "entry "
                  + entry.seq()
                  + " ("
                  + entry.action()
                  + ") explains the ledger, holds no personal data and stays; leave it out of the"
                  + " range");
        }
        for (Hold hold : inForce) {
          if (hold.covers(entry)) {
            throw new HoldRefusedException(
                "target",
                ("entry %d is under legal hold %d of %s (%s: %s);"
                        + " nothing that it covers is redacted before it is released")
                    .formatted(
                        entry.seq(),
                        hold.seq(),
                        hold.timestamp().substring(0, 10),
                        hold.scope(),
                        hold.reason()),
                hold.seq(),
                true);
          }
        }
      }
    }
    Receipt receipt =
        await(
            appendControl(
                ControlActions.REDACT, Status.OK, range.target(), reason, List.of(), payload));
    return new RedactedRange(receipt.seq(), first, last);
  }

  private void removePayloads(Redactor redactor, RedactedRange range) throws IOException {
    if (range.last() >= segments.firstSeq()) {
      pipeline.exclusively(
          () -> {
            try {
              segments.rotate(sealer.nextSeq());
            } catch (IOException | RuntimeException e) {
              pipeline.stop(e);
              throw e;
            }
            return range;
          });
    }
    redactor.redact(range);
  }

  /** All redactions that were announced, in the order of their entries. */
  public List<RedactedRange> redactions() {
    synchronized (redactions) {
      return List.copyOf(redactions);
    }
  }

  /** Replaces the log's keys (section 3): the old ones vouch for the new. */
  public void rotateKeys(String why) throws IOException {
    signing.lock();
    try {
      LogSigner next = keys.beginRotation();
      await(
          appendControl(
              ControlActions.ROTATE,
              Status.OK,
              null,
              null,
              List.of(),
              KeyRotation.payload(keys.vkeys(), next.vkeys(), why)));
      publish(keys.signer().and(next), true);
      KeyRotation.finish(disk, folder, keys, next);
    } finally {
      signing.unlock();
    }
  }

  /** An operator says that the machine's clock is right after a step forward (section 4). */
  public Receipt confirmClock(String who) throws IOException {
    long jump = pipeline.exclusively(() -> sealer.clock().confirm());
    long seconds = Math.round(jump / 1e9);
    return await(
        appendControl(
            ControlActions.CLOCK_STEP,
            Status.OK,
            (seconds >= 0 ? "+" : "") + seconds,
            null,
            List.of(),
            JsonObject.builder()
                .put("confirmed_by", who)
                .put("followed", true)
                .put("nanoseconds", Long.toString(jump))
                .build()));
  }

  /**
   * How the writer stands, as it was last published. Never waits: neither for entries that are
   * being sealed nor for a disk that does not answer.
   */
  public LedgerStatus status() {
    Throwable stopped = pipeline.stopped();
    Tip covered = anchored; // first, so that it is never past the other
    Tip now = tip;
    SegmentWriter.Extent extent = segments.extent();
    return new LedgerStatus(
        origin,
        now.size(),
        covered.size(),
        now.timestamp(),
        covered.timestamp(),
        extent.segments(),
        extent.activeBytes(),
        pipeline.backlogBytes(),
        stopped != null ? JsonObject.EMPTY : sealer.sources().state(),
        stopped == null && sealer.clock().isHeld(),
        stopped != null ? 0 : sealer.clock().ahead(),
        stopped == null ? null : stopped.toString());
  }

  private void afterSync(Group group) {
    try {
      synchronized (treeTurn) {
        while (tree.size() != group.firstSeq() && pipeline.stopped() == null) {
          treeTurn.wait(100);
        }
        if (tree.size() != group.firstSeq()) {
          throw pipeline.stoppedException(); // the groups before are not in the tree
        }
        tree.append(group.entryHashes(), 0, group.count());
        byte[] timestamp = new byte[Timestamps.LENGTH];
        Timestamps.write(group.lastTimestamp(), timestamp, 0);
        Tip reached = new Tip(tree.size(), new String(timestamp, StandardCharsets.US_ASCII));
        synchronized (growth) {
          tip = reached;
          growth.notifyAll();
        }
        treeTurn.notifyAll();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      // An interrupt of a caller that seals itself must not part tree and segments.
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the tree was behind", e);
    }
  }

  private Hash storedHash(long seq) throws IOException {
    synchronized (treeTurn) {
      return tree.entryHash(seq);
    }
  }

  private static Receipt await(CompletableFuture<Receipt> future) throws IOException {
    try {
      return future.join();
    } catch (java.util.concurrent.CompletionException e) {
      throw CommitPipeline.rethrown(e.getCause());
    }
  }

  private void checkpointLoop() {
    try {
      while (!isClosing()) {
        if (!awaitUnanchored()) {
          sealStateOfNewDay();
        } else if (awaitInterval()) {
          checkpoint();
        }
      }
    } catch (IOException | RuntimeException e) {
      pipeline.stop(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      pipeline.stop(e);
    }
  }

  private boolean isClosing() {
    synchronized (growth) {
      return closing;
    }
  }

  /** Waits for an entry that no checkpoint covers, or the end; false after a quiet minute. */
  private boolean awaitUnanchored() throws InterruptedException {
    synchronized (growth) {
      long deadline = System.nanoTime() + QUIET_MILLIS * 1_000_000;
      while (!closing && tip.size() == anchored.size()) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        growth.wait(left);
      }
      return true;
    }
  }

  /** Waits for as long as an entry may be unanchored; false when the ledger closes. */
  private boolean awaitInterval() throws InterruptedException {
    synchronized (growth) {
      long deadline = System.nanoTime() + options.checkpointInterval().toNanos();
      while (!closing) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          break;
        }
        growth.wait(left / 1_000_000 + 1);
      }
      return !closing;
    }
  }

  /** What readers in this process wait for. */
  private final class LedgerGrowth implements LedgerReader.Growth {
    @Override
    public long durableSize() {
      return currentTip().size();
    }

    @Override
    public void awaitMoreThan(long size, long millis) throws InterruptedException {
      long deadline = System.nanoTime() + millis * 1_000_000;
      synchronized (growth) {
        while (tip.size() <= size && !closing) {
          long left = (deadline - System.nanoTime()) / 1_000_000;
          if (left <= 0) {
            return;
          }
          growth.wait(left);
        }
      }
    }
  }

  /**
   * Ends in order: seals what was handed over, a {@code capture_stop} for each source that is on,
   * and a last checkpoint, then lets go of the lock.
   *
   * @throws IOException if the end could not be sealed; the lock is free all the same
   */
  @Override
  public void close() throws IOException {
    synchronized (growth) {
      if (closing) {
        return;
      }
      closing = true;
      growth.notifyAll();
    }
    joinCheckpointer();
    Throwable failure = null;
    for (Closing step :
        List.<Closing>of(
            this::sealEnd,
            pipeline::close,
            this::anchorEnd,
            segments::close,
            tree::close,
            reader::close,
            () -> disk.delete(folder.holder()),
            lock::close)) {
      try {
        step.run();
      } catch (IOException | RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw CommitPipeline.rethrown(failure);
    }
  }

  private interface Closing {
    void run() throws IOException;
  }

  private void joinCheckpointer() {
    boolean interrupted = false;
    while (checkpointing.isAlive()) {
      try {
        checkpointing.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void sealEnd() throws IOException {
    if (pipeline.stopped() != null) {
      throw pipeline.stoppedException();
    }
    List<CaptureEvent> stops = pipeline.exclusively(() -> sealer.sources().stops());
    for (CaptureEvent stop : stops) {
      await(capture(stop));
    }
  }

  /** Anchors the last entries, and leaves what makes the next start short. */
  private void anchorEnd() throws IOException {
    if (pipeline.stopped() != null) {
      return; // told by the step that seals the end
    }
    checkpoint();
    for (long segment : reader.segments()) {
      reader.keepOffsets(segment);
    }
    Tip covered = anchoredTip();
    Hash root;
    synchronized (treeTurn) {
      root = tree.root(covered.size());
    }
    List<RedactedRange> ranges;
    synchronized (redactions) {
      ranges = List.copyOf(redactions);
    }
    new RedactionIndex(covered.size(), ranges).write(disk, folder, root);
  }
}
