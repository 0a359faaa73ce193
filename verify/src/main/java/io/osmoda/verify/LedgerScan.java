package io.osmoda.verify;

import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.Findings;
import io.osmoda.format.folder.LedgerFiles;
import io.osmoda.format.folder.LedgerJson;
import io.osmoda.format.folder.ReadDisk;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.Digits;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.BadKeyException;
import io.osmoda.format.log.CompactRange;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.Origins;
import io.osmoda.format.log.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads all segments once, on all cores, and checks every entry (sections 1 to 3 and 5): what each
 * line says by itself in {@link ChunkScan}, and here, in order, what needs the lines before it.
 * Memory does not grow with the number of entries but for one bit an entry where payloads are
 * missing and one number for every {@link EntryLookup#STRIDE} entries. For one use by one thread.
 */
final class LedgerScan {
  /** Key rotations that are followed; a ledger with one an hour has so many in a year. */
  static final int MAX_ROTATIONS = 10_000;

  /** Shorter than any entry can be. */
  static final int MIN_LINE = 400;

  private static final byte[] RECOVER = ascii("ledger_recover");
  private static final byte[] REDACT = ascii("ledger_redact");
  private static final byte[] ROTATE = ascii("key_rotate");

  /**
   * A {@code key_rotate} entry.
   *
   * @param before the keys that it says were in force
   * @param after the keys after that
   */
  record Rotation(long seq, List<String> before, List<String> after) {}

  /** What entry 0 says of the ledger. */
  record Beginning(String createdAt, String origin, List<String> logKeys) {}

  private final ReadDisk disk;
  private final LedgerFiles files;
  private final String origin;
  private final long[] rootSizes;
  private final long anchorLimit;
  private final int threads;
  private final VerifyOptions.Progress progress;
  private final Findings findings;
  private final EntryLookup lookup;
  private final EntryLine line = new EntryLine();

  private final ChainTip tip = new ChainTip();
  private CompactRange tree = new CompactRange();
  private boolean treeKnown = true;
  private final Map<Long, Hash> roots = new HashMap<>();
  private int nextRoot;

  private long entries;
  private long redacted;
  private long foreignCauses;
  private long bytesDone;
  private final SeqSet missingPayloads;
  private final SeqSet redactions;
  private final SeqSet adopted;
  private long lastRedaction = -1;
  private @Nullable Beginning beginning;
  private @Nullable List<String> keysInForce;
  private final List<Rotation> rotations = new ArrayList<>();
  private long rotationsSeen;

  // What is remembered for the next run, if requested.
  private final @Nullable VerifyState known;
  private final @Nullable VerifyState learned;
  private final MessageDigest segmentDigest = Digests.sha256();
  private VerifyState.@Nullable Seam before;
  private long redactedBefore;
  private long foreignCausesBefore;
  private long[] rangesHere = new long[16];
  private int rangeCount;
  private final List<byte[]> specialsHere = new ArrayList<>();

  /**
   * A scan of the given files.
   *
   * @param origin the ledger's origin, empty where it is not known
   * @param rootSizes tree sizes whose roots will be asked for, ascending, without duplicates
   * @param anchorLimit a {@code ledger_redact} with a lower number is anchored
   * @param known what an earlier run found of segments, or null
   * @param learned where to note what this run finds of closed segments, or null
   */
  LedgerScan(
      ReadDisk disk,
      LedgerFiles files,
      String origin,
      long[] rootSizes,
      long anchorLimit,
      int threads,
      VerifyOptions.Progress progress,
      Findings findings,
      @Nullable VerifyState known,
      @Nullable VerifyState learned) {
    this.known = known;
    this.learned = learned;
    this.disk = disk;
    this.files = files;
    this.origin = origin;
    this.rootSizes = rootSizes;
    this.anchorLimit = anchorLimit;
    this.threads = threads;
    this.progress = progress;
    this.findings = findings;
    this.lookup = new EntryLookup(disk, files, findings);
    long bound = files.bytes() / MIN_LINE + 1;
    missingPayloads = new SeqSet(bound);
    redactions = new SeqSet(bound);
    adopted = new SeqSet(bound);
  }

  /** Reads and checks everything. */
  void run() throws IOException, InterruptedException {
    rootsReached(tree);
    try (lookup) {
      if (threads <= 1) {
        runOnOneThread();
      } else {
        runOnAllCores();
      }
      lookup.checkPending();
    }
    long lowest = missingPayloads.lowestNotIn(redactions);
    if (lowest >= 0) {
      findings.add(
          FindingKind.PAYLOAD_MISSING, lowest, "no anchored ledger_redact names this entry");
    }
  }

  private void runOnOneThread() throws IOException {
    ChunkScan chunk = newChunk();
    for (int i = 0; i < files.segments().size(); i++) {
      LedgerFiles.Segment segment = files.segments().get(i);
      VerifyState.Segment candidate = candidate(i);
      if (candidate != null && skip(i, candidate, print(segment, candidate))) {
        continue;
      }
      for (long from = 0; from < Math.max(1, segment.size()); from += ChunkScan.SIZE) {
        chunk.locate(i, from, segment.size());
        chunk.readAndCheck(disk, segment.path());
        merge(chunk);
      }
    }
  }

  private void runOnAllCores() throws IOException, InterruptedException {
    ExecutorService workers =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("verify-", 0).factory());
    try {
      Deque<ChunkScan> idle = new ArrayDeque<>();
      for (int i = 0; i < 2 * threads; i++) {
        idle.add(newChunk());
      }
      Deque<Future<ChunkScan>> inOrder = new ArrayDeque<>();
      Map<Integer, Future<@Nullable SegmentPrint>> prints = new HashMap<>();
      int nextPrint = 0;
      for (int i = 0; i < files.segments().size(); i++) {
        LedgerFiles.Segment segment = files.segments().get(i);
        VerifyState.Segment candidate = candidate(i);
        if (candidate != null) {
          for (; nextPrint < Math.min(i + threads, files.segments().size()); nextPrint++) {
            VerifyState.Segment ahead = candidate(nextPrint);
            if (ahead != null) {
              LedgerFiles.Segment itsFile = files.segments().get(nextPrint);
              prints.put(nextPrint, workers.submit(() -> print(itsFile, ahead)));
            }
          }
          while (!inOrder.isEmpty()) {
            idle.add(mergeNext(inOrder));
          }
          Future<@Nullable SegmentPrint> print = prints.remove(i);
          if (print != null && skip(i, candidate, done(print))) {
            continue;
          }
        }
        for (long from = 0; from < Math.max(1, segment.size()); from += ChunkScan.SIZE) {
          ChunkScan chunk = idle.isEmpty() ? mergeNext(inOrder) : idle.remove();
          chunk.locate(i, from, segment.size());
          inOrder.add(
              workers.submit(
                  () -> {
                    chunk.readAndCheck(disk, segment.path());
                    return chunk;
                  }));
        }
      }
      while (!inOrder.isEmpty()) {
        mergeNext(inOrder);
      }
    } finally {
      workers.shutdownNow();
    }
  }

  private ChunkScan newChunk() {
    return new ChunkScan(origin, rootSizes, files.largest());
  }

  private ChunkScan mergeNext(Deque<Future<ChunkScan>> inOrder)
      throws IOException, InterruptedException {
    ChunkScan chunk = done(inOrder.remove());
    merge(chunk);
    return chunk;
  }

  private static <T extends @Nullable Object> T done(Future<T> work) throws InterruptedException {
    try {
      return work.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a part of the check failed", e.getCause());
    }
  }

  /** What an earlier run found of a segment, if it may still hold. */
  private VerifyState.@Nullable Segment candidate(int index) {
    if (known == null || index == files.segments().size() - 1) {
      return null; // the last segment may still grow
    }
    LedgerFiles.Segment segment = files.segments().get(index);
    VerifyState.Segment candidate = known.segment(segment.firstSeq());
    return candidate != null && candidate.size() == segment.size() ? candidate : null;
  }

  private @Nullable SegmentPrint print(LedgerFiles.Segment segment, VerifyState.Segment candidate) {
    try {
      return SegmentPrint.of(disk, segment, candidate.before().entries());
    } catch (IOException e) {
      return null; // it will be told when the segment is parsed instead
    }
  }

  /** Takes a segment's bytes as checked, if they and all before them are what they were. */
  private boolean skip(int index, VerifyState.Segment candidate, @Nullable SegmentPrint print) {
    if (print == null
        || !print.sha256().equals(candidate.sha256())
        || !candidate.before().equals(seam())) {
      return false;
    }
    VerifyState.Seam after = candidate.after();
    int lastRoot = nextRoot;
    while (lastRoot < rootSizes.length && rootSizes[lastRoot] <= after.entries()) {
      if (!candidate.roots().containsKey(rootSizes[lastRoot])) {
        return false; // a checkpoint of a size that was not asked for then
      }
      lastRoot++;
    }
    nextRoot = lastRoot;
    roots.putAll(candidate.roots());
    lookup.skip(index, print.offsets(), print.lines());
    for (int i = 0; i < candidate.withoutPayload().length; i += 2) {
      missingPayloads.addRange(candidate.withoutPayload()[i], candidate.withoutPayload()[i + 1]);
    }
    redacted += candidate.redacted();
    foreignCauses += candidate.foreignCauses();
    for (byte[] special : candidate.specials()) {
      special(special, 0, special.length);
    }
    entries = after.entries();
    tree = new CompactRange(after.entries(), after.subtrees());
    tip.due = after.due();
    tip.timed = true;
    tip.linked = true;
    after.entryHash().copyTo(tip.entryHash, 0);
    System.arraycopy(candidate.timestamp(), 0, tip.timestamp, 0, tip.timestamp.length);
    bytesDone += candidate.size();
    if (learned != null) {
      learned.add(candidate);
    }
    progress.progress(bytesDone, files.bytes());
    return true;
  }

  /** The chain as it stands, or null where it is not whole so far. */
  private VerifyState.@Nullable Seam seam() {
    if (!treeKnown || !tip.numbered || !tip.linked || tip.holes != 0 || tree.size() != entries) {
      return null;
    }
    return new VerifyState.Seam(
        entries,
        tip.due,
        Hash.of(tip.entryHash),
        Hash.of(Digests.sha256().digest(tip.timestamp)),
        tree.subtrees());
  }

  private void beginSegment() {
    before = seam();
    segmentDigest.reset();
    redactedBefore = redacted;
    foreignCausesBefore = foreignCauses;
    rangeCount = 0;
    specialsHere.clear();
  }

  private void rememberWithoutPayload(long seq) {
    if (rangeCount > 0 && rangesHere[rangeCount - 1] == seq - 1) {
      rangesHere[rangeCount - 1] = seq;
    } else if (rangeCount < 2 * VerifyState.MAX_RANGES) {
      if (rangeCount == rangesHere.length) {
        rangesHere = Arrays.copyOf(rangesHere, 2 * rangeCount);
      }
      rangesHere[rangeCount++] = seq;
      rangesHere[rangeCount++] = seq;
    } else {
      before = null; // too many to remember
    }
  }

  /** Notes a closed segment for the next run; it counts only if this one finds no fault at all. */
  private void remember(LedgerFiles.Segment segment, VerifyState into) {
    VerifyState.Seam after = seam();
    Hash sha256 = Hash.of(segmentDigest.digest());
    if (before == null || after == null) {
      return;
    }
    Map<Long, Hash> rootsHere = new HashMap<>();
    for (Map.Entry<Long, Hash> root : roots.entrySet()) {
      if (root.getKey() > before.entries() && root.getKey() <= after.entries()) {
        rootsHere.put(root.getKey(), root.getValue());
      }
    }
    into.add(
        new VerifyState.Segment(
            segment.firstSeq(),
            segment.size(),
            sha256,
            before,
            after,
            tip.timestamp.clone(),
            redacted - redactedBefore,
            foreignCauses - foreignCausesBefore,
            Arrays.copyOf(rangesHere, rangeCount),
            List.copyOf(specialsHere),
            rootsHere));
  }

  /** Takes in the next chunk. */
  private void merge(ChunkScan chunk) throws IOException {
    LedgerFiles.Segment segment = files.segments().get(chunk.segment());
    bytesDone += chunk.bytes();
    IOException failure = chunk.failure();
    if (failure == null && !(chunk.isClean() && chunk.follows(tip))) {
      try {
        chunk.checkAgain(disk, segment.path(), tip, findings);
      } catch (IOException e) {
        failure = e;
      }
    }
    if (chunk.from() == 0) {
      beginSegment();
    }
    if (failure != null) {
      before = null;
      unreadable(segment, failure);
      return;
    }
    if (chunk.from() == 0) {
      checkSegmentName(chunk, segment);
    }
    if (chunk.lines() > 0) {
      grow(chunk);
      lookup.add(chunk);
      for (int i = 0; i < chunk.redactedCount(); i++) {
        missingPayloads.add(chunk.redacted(i));
        if (learned != null) {
          rememberWithoutPayload(chunk.redacted(i));
        }
      }
      redacted += chunk.redactedCount();
      foreignCauses += chunk.foreignCauses();
      tip.set(chunk.tip());
      for (int i = 0; i < chunk.specialCount(); i++) {
        int index = chunk.special(i);
        special(chunk.buffer(), chunk.lineStart(index), chunk.limit());
        if (learned != null) {
          specialsHere.add(chunk.copyLine(index));
        }
      }
      entries += chunk.lines();
    }
    if (chunk.endsWithoutLineFeed() && !isBeingWritten(chunk.segment())) {
      findings.add(
          FindingKind.UNREADABLE,
          tip.due,
          "the last line of segments/" + name(segment) + " does not end in a line feed");
      tip.linked = false;
      treeKnown = false;
    }
    if (learned != null) {
      segmentDigest.update(chunk.buffer(), chunk.bufferFrom(), chunk.bytes());
      if (chunk.isLastOfSegment() && chunk.segment() < files.segments().size() - 1) {
        remember(segment, learned);
      }
    }
    progress.progress(bytesDone, files.bytes());
  }

  private static String name(LedgerFiles.Segment segment) {
    return String.valueOf(segment.path().getFileName());
  }

  private void unreadable(LedgerFiles.Segment segment, IOException failure) {
    findings.add(
        FindingKind.UNREADABLE, tip.due, "segments/" + name(segment) + " at entry: " + failure);
    tip.linked = false;
    tip.numbered = false;
    tip.holes = JsonNumber.MAX_SAFE_INTEGER; // as many as were in what could not be read
    treeKnown = false;
  }

  /** Whether a writer has appended since: then a part of a line at the end is no fault. */
  private boolean isBeingWritten(int index) throws IOException {
    if (index != files.segments().size() - 1) {
      return false;
    }
    LedgerFiles.Segment last = files.segments().get(index);
    try (ReadDisk.ReadFile file = disk.openRead(last.path())) {
      return file.size() > last.size();
    }
  }

  private void checkSegmentName(ChunkScan chunk, LedgerFiles.Segment segment) {
    if (segment.size() == 0) {
      // A writer that ended between making the next file and filling it leaves one.
      boolean fresh =
          chunk.segment() == files.segments().size() - 1
              && segment.firstSeq() == tip.due
              && tip.due > 0;
      if (!fresh) {
        findings.add(
            FindingKind.UNREADABLE, tip.due, "segments/" + name(segment) + " holds no line");
      }
    } else if (chunk.firstSeq() >= 0 && chunk.firstSeq() != segment.firstSeq()) {
      findings.add(
          FindingKind.BAD_MEMBER,
          chunk.firstSeq(),
          "segments/" + name(segment) + " is not named by the number of its first entry");
    }
  }

  /** Appends the chunk's lines to the tree. */
  private void grow(ChunkScan chunk) {
    if (!treeKnown) {
      return;
    }
    if (chunk.isClean() && chunk.firstSeq() == tree.size()) {
      chunk.appendTo(tree, this::rootsReached);
      return;
    }
    for (int i = 0; i < chunk.entriesBeforeFirstBad(); i++) {
      tree.append(chunk.hashes(), i * Hash.LENGTH, null);
      rootsReached(tree);
    }
    treeKnown = chunk.entriesBeforeFirstBad() == chunk.lines();
  }

  private void rootsReached(CompactRange range) {
    if (nextRoot < rootSizes.length && rootSizes[nextRoot] == range.size()) {
      roots.put(range.size(), range.root());
      nextRoot++;
    }
  }

  /** An entry that means something for the others. */
  private void special(byte[] bytes, int start, int limit) {
    line.scanStored(bytes, start, limit);
    if (line.seq() == 0 && beginning == null) {
      begin();
    }
    if (line.actionIs(REDACT)) {
      redact();
    } else if (line.actionIs(RECOVER)) {
      adopt();
    } else if (line.actionIs(ROTATE)) {
      rotate();
    }
  }

  private void begin() {
    if (!line.actionIs(ascii("ledger_create"))) {
      findings.add(FindingKind.BAD_MEMBER, 0, "entry 0 is no ledger_create");
      return;
    }
    JsonObject payload = payload();
    if (payload == null) {
      return; // told as payload_missing
    }
    List<String> keys = LedgerJson.strings(payload.get("log_keys"));
    String target = line.has(EntryLine.TARGET) ? line.text(EntryLine.TARGET) : "";
    if (!Origins.isOrigin(target) || !target.equals(payload.string("origin"))) {
      findings.add(
          FindingKind.BAD_MEMBER, 0, "target and payload.origin of entry 0 are not one origin");
    } else if (!JsonNumber.of(1).equals(payload.get("format"))) {
      findings.add(FindingKind.BAD_MEMBER, 0, "payload.format of entry 0 is not 1");
    } else if (keys == null || !areLogKeys(keys, target)) {
      findings.add(
          FindingKind.BAD_MEMBER, 0, "payload.log_keys of entry 0 are no keys of the origin");
    } else {
      beginning = new Beginning(line.text(EntryLine.TIMESTAMP), target, keys);
      keysInForce = keys;
    }
  }

  private void redact() {
    long[] range = targetRange();
    if (range == null || range[1] >= line.seq() || !line.has(EntryLine.REASON)) {
      findings.add(
          FindingKind.BAD_MEMBER,
          line.seq(),
          "a ledger_redact must have a reason and a target #A or #A-B below its own number");
    } else if (line.seq() < anchorLimit) {
      redactions.addRange(range[0], range[1]);
      lastRedaction = line.seq();
    }
  }

  private void adopt() {
    long[] range = targetRange();
    if (range != null) {
      adopted.addRange(range[0], Math.min(range[1], line.seq() - 1));
    }
  }

  private void rotate() {
    JsonObject payload = payload();
    if (payload == null) {
      return; // told as payload_missing
    }
    List<String> before = LedgerJson.strings(payload.get("old"));
    List<String> after = LedgerJson.strings(payload.get("new"));
    if (before == null
        || after == null
        || payload.string("why") == null
        || !before.equals(keysInForce)
        || !areLogKeys(after, origin)) {
      findings.add(
          FindingKind.BAD_MEMBER,
          line.seq(),
          "a key_rotate must have the keys in force as old, keys of this origin as new, and why");
    }
    if (before != null && after != null) {
      keysInForce = after;
      rotationsSeen++;
      if (rotations.size() < MAX_ROTATIONS) {
        rotations.add(new Rotation(line.seq(), before, after));
      }
    }
  }

  private @Nullable JsonObject payload() {
    if (!line.hasPayload()) {
      return null;
    }
    int start = line.start(EntryLine.PAYLOAD);
    try {
      return CanonicalJson.parse(line.bytes(), start, line.end(EntryLine.PAYLOAD) - start)
              instanceof JsonObject object
          ? object
          : null;
    } catch (JsonException e) {
      throw new IllegalStateException("a scanned payload is JSON", e);
    }
  }

  /** The range that a target of the form {@code #A} or {@code #A-B} names, or null. */
  private long @Nullable [] targetRange() {
    if (!line.has(EntryLine.TARGET)) {
      return null;
    }
    String target = line.text(EntryLine.TARGET);
    int dash = target.indexOf('-');
    String first =
        target.substring(Math.min(1, target.length()), dash < 0 ? target.length() : dash);
    String last = dash < 0 ? first : target.substring(dash + 1);
    if (!target.startsWith("#") || !Digits.isDecimal(first) || !Digits.isDecimal(last)) {
      return null;
    }
    long[] range = {Long.parseLong(first), Long.parseLong(last)};
    return range[0] <= range[1] ? range : null;
  }

  /** Whether all are verifier keys of that name. */
  static boolean areLogKeys(List<String> vkeys, String name) {
    try {
      for (String vkey : vkeys) {
        if (!VerifierKey.parse(vkey).name().equals(name)) {
          return false;
        }
      }
      return true;
    } catch (BadKeyException e) {
      return false;
    }
  }

  /** Number of whole lines. */
  long entries() {
    return entries;
  }

  /** The number of the first entry that is not there. */
  long due() {
    return tip.due;
  }

  /** The tree's root at one of the sizes asked for; null where it was not reached or not known. */
  @Nullable Hash root(long size) {
    return roots.get(size);
  }

  long redacted() {
    return redacted;
  }

  long adopted() {
    return adopted.count();
  }

  long foreignCauses() {
    return foreignCauses;
  }

  /** Number of the last {@code ledger_redact} that was held to be anchored, or -1. */
  long lastRedaction() {
    return lastRedaction;
  }

  /** What entry 0 says, or null where it is none that says it properly. */
  @Nullable Beginning beginning() {
    return beginning;
  }

  /** The keys that entry 0 or the last rotation names. */
  @Nullable List<String> keysInForce() {
    return keysInForce;
  }

  List<Rotation> rotations() {
    return rotations;
  }

  /** How many rotations there are past those that are followed. */
  long unfollowedRotations() {
    return rotationsSeen - rotations.size();
  }

  static long[] distinctSorted(long[] sizes) {
    return Arrays.stream(sizes).sorted().distinct().toArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
