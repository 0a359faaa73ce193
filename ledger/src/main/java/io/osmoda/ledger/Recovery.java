package io.osmoda.ledger;

import io.osmoda.format.entry.ControlActions;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.entry.Finding;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.folder.LineReader;
import io.osmoda.format.folder.ReadDisk.ReadFile;
import io.osmoda.format.folder.SegmentName;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.ledger.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a ledger's writer goes on after a start (section 4): checks that tree and segments
 * hold what the newest checkpoint states, adopts whole lines past it, and cuts off what a crash
 * left behind them. Never cuts below the checkpoint; what is wrong there is damage, not a crash.
 */
final class Recovery {
  /** At most a commit group is ever unsynced; more is cut only with the operator's consent. */
  static final long MAX_CUT = 16L << 20;

  private static final int BATCH = 4_096;
  private static final byte[] REDACT = ControlActions.REDACT.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ROTATE = ControlActions.ROTATE.getBytes(StandardCharsets.US_ASCII);

  private final Disk disk;
  private final LedgerFolder folder;
  private final TreeFiles tree;
  private final boolean largeCut;
  private final LedgerReader reader;
  private final EntryLine scanner = new EntryLine();
  private final MessageDigest digest = Digests.sha256();
  private final byte[] hash = new byte[Hash.LENGTH];
  private final byte[] tip = new byte[Hash.LENGTH];
  private final byte[] batch = new byte[BATCH * Hash.LENGTH];
  private final List<RedactedRange> redactions = new ArrayList<>();
  private int batched;
  private long next;
  private String lastTimestamp = "";
  private @Nullable Entry rotation;

  /**
   * Where the writer goes on.
   *
   * @param nextSeq the next entry's sequence number
   * @param segment first sequence number of the segment that takes it
   * @param segmentBytes bytes in that segment
   * @param adoptedFrom first of the entries past the newest checkpoint; they end at {@code nextSeq}
   * @param cut what was cut off, or null
   * @param redactions all that were announced
   * @param rotation the last {@code key_rotate} past the newest checkpoint, or null
   */
  record Outcome(
      long nextSeq,
      Hash tip,
      String lastTimestamp,
      long segment,
      long segmentBytes,
      long segments,
      long adoptedFrom,
      @Nullable Cut cut,
      List<RedactedRange> redactions,
      @Nullable Entry rotation) {
    long adopted() {
      return nextSeq - adoptedFrom;
    }
  }

  /** Bytes that were moved into {@code quarantine/}. */
  record Cut(long offset, long length, String sha256, long lines, String file) {}

  Recovery(Disk disk, LedgerFolder folder, TreeFiles tree, boolean largeCut) {
    this.disk = disk;
    this.folder = folder;
    this.tree = tree;
    this.largeCut = largeCut;
    this.reader = new LedgerReader(disk, folder, null);
  }

  /**
   * Brings tree and segments to one state.
   *
   * @throws LedgerDamagedException if they do not hold what the newest checkpoint states
   */
  Outcome run(Checkpoint newest) throws IOException {
    long anchored = newest.size();
    List<Long> segments = reader.segments();
    if (segments.isEmpty() || segments.getFirst() != 0) {
      throw damaged(
          FindingKind.MISSING_SEQ, 0L, "the first segment is missing in " + folder.segments());
    }
    RedactionIndex index = RedactionIndex.read(disk, folder, tree, anchored);
    boolean treeHolds = tree.size() >= anchored && tree.root(anchored).equals(newest.root());
    if (treeHolds && index != null) {
      tree.truncate(anchored);
      redactions.addAll(index.ranges());
      continueAt(newest, index.size());
    } else {
      rebuild(newest, segments);
    }
    return adoptTail(anchored, segments);
  }

  /** Reads everything below the checkpoint, link by link, and rebuilds the tree. */
  private void rebuild(Checkpoint newest, List<Long> segments) throws IOException {
    tree.truncate(0);
    next = 0;
    for (int i = 0; i < segments.size() && next < newest.size(); i++) {
      if (segments.get(i) != next) {
        throw damaged(FindingKind.MISSING_SEQ, next, "no segment begins with it");
      }
      try (ReadFile file = disk.openRead(folder.segment(segments.get(i)))) {
        LineReader lines = new LineReader(file, 0);
        while (next < newest.size() && lines.next()) {
          Finding problem = take(lines);
          if (problem != null) {
            throw damaged(problem.kind(), problem.seq(), problem.detail());
          }
        }
      }
    }
    flush();
    if (next < newest.size()) {
      throw truncated(newest, next);
    }
    if (!tree.root(newest.size()).equals(newest.root())) {
      throw damaged(
          FindingKind.ROOT_MISMATCH,
          null,
          "the entries do not have the root that the checkpoint of size "
              + newest.size()
              + " states");
    }
  }

  /** Continues from the checkpoint's last entry; reads what the redaction index does not cover. */
  private void continueAt(Checkpoint newest, long indexed) throws IOException {
    long last = newest.size() - 1;
    try (EntryCursor cursor = reader.read(Math.min(indexed, last), newest.size())) {
      Entry entry = cursor.next();
      for (; entry != null && entry.seq() < last; entry = cursor.next()) {
        noteRedaction(entry);
      }
      if (entry == null) {
        throw truncated(newest, reader.size());
      }
      if (!entry.entryHash().equals(tree.entryHash(last))) {
        throw damaged(
            FindingKind.BAD_HASH, last, "it is not the one that the newest checkpoint covers");
      }
      if (indexed <= last) {
        noteRedaction(entry);
      }
      entry.entryHash().copyTo(tip, 0);
      lastTimestamp = entry.timestamp();
      next = newest.size();
    }
  }

  private void noteRedaction(Entry entry) {
    String target = entry.target();
    if (entry.action().equals(ControlActions.REDACT) && target != null) {
      RedactedRange.parse(target, entry.seq()).ifPresent(redactions::add);
    }
  }

  private Outcome adoptTail(long anchored, List<Long> segments) throws IOException {
    int at = segments.size() - 1;
    while (at > 0 && segments.get(at) >= next) {
      at--;
    }
    Cut cut = null;
    long size = 0;
    for (; at < segments.size(); at++) {
      long first = segments.get(at);
      boolean isLast = at == segments.size() - 1;
      if (first > next) {
        throw damaged(FindingKind.MISSING_SEQ, next, "no segment begins with it");
      }
      Path path = folder.segment(first);
      try (ReadFile file = disk.openRead(path)) {
        LineReader lines = new LineReader(file, reader.endOf(next - 1, first));
        long from = lines.position();
        long whole = from;
        Finding problem = null;
        while (problem == null && lines.next()) {
          problem = take(lines);
          if (problem == null) {
            whole = lines.position();
          }
        }
        size = file.size();
        if (whole < size) {
          if (problem == null) {
            problem = new Finding(FindingKind.UNREADABLE, next, "the last line has no end");
          }
          if (!isLast) {
            throw damaged(
                problem.kind(),
                problem.seq(),
                problem.detail() + " (in " + path + ", which is not the last segment)");
          }
          cut = cut(path, whole, size, problem);
          size = whole;
        }
        if (from < whole) {
          writeAgain(path, from, whole);
        }
      }
    }
    flush();
    return new Outcome(
        next,
        Hash.of(tip),
        lastTimestamp,
        segments.getLast(),
        size,
        segments.size(),
        anchored,
        cut,
        List.copyOf(redactions),
        rotation);
  }

  /**
   * Makes adopted lines durable. Where a sync failed before the restart, the system may show bytes
   * that it will never write by itself; written again, they are, and sync tells if not.
   */
  private void writeAgain(Path segment, long from, long to) throws IOException {
    try (DiskFile file = disk.openWrite(segment)) {
      byte[] chunk = new byte[1 << 16];
      for (long at = from; at < to; ) {
        int read = file.read(ByteBuffer.wrap(chunk, 0, (int) Math.min(chunk.length, to - at)), at);
        if (read <= 0) {
          throw new IOException(segment + " became shorter while it was recovered");
        }
        file.write(ByteBuffer.wrap(chunk, 0, read), at);
        at += read;
      }
      file.sync();
    }
    disk.syncDirectory(folder.segments());
  }

  /** Takes in a line as the next entry; tells what speaks against it, or null. */
  private @Nullable Finding take(LineReader lines) throws IOException {
    if (!scanner.scan(lines.buffer(), lines.offset(), lines.length())) {
      return new Finding(scanner.problem(), next, scanner.detail());
    }
    if (scanner.seq() != next) {
      return scanner.seq() > next
          ? new Finding(
              FindingKind.MISSING_SEQ, next, "the next line there is has number " + scanner.seq())
          : new Finding(
              FindingKind.DUPLICATE_SEQ, scanner.seq(), "number " + next + " was due here");
    }
    if (!scanner.hashIs(EntryLine.PREV_HASH, tip, 0)) {
      return new Finding(
          FindingKind.BROKEN_LINK, next, "prev_hash is not the entry_hash of the line before");
    }
    scanner.entryHash(digest, hash, 0);
    if (!scanner.hashIs(EntryLine.ENTRY_HASH, hash, 0)) {
      return new Finding(FindingKind.BAD_HASH, next, "entry_hash is not the hash of the entry");
    }
    if (scanner.hasPayload() && !scanner.payloadHashMatches(digest)) {
      return new Finding(
          FindingKind.BAD_PAYLOAD_HASH,
          next,
          "payload_hash is not the hash of payload_salt and payload");
    }
    String timestamp = scanner.text(EntryLine.TIMESTAMP);
    if (timestamp.compareTo(lastTimestamp) < 0) {
      return new Finding(
          FindingKind.TIME_REVERSED, next, "timestamp is before that of the line before");
    }
    if (scanner.actionIs(REDACT) && scanner.has(EntryLine.TARGET)) {
      RedactedRange.parse(scanner.text(EntryLine.TARGET), next).ifPresent(redactions::add);
    }
    if (scanner.actionIs(ROTATE)) {
      rotation =
          Entry.parse(
              Arrays.copyOfRange(lines.buffer(), lines.offset(), lines.offset() + lines.length()));
    }
    System.arraycopy(hash, 0, tip, 0, Hash.LENGTH);
    System.arraycopy(hash, 0, batch, batched * Hash.LENGTH, Hash.LENGTH);
    if (++batched == BATCH) {
      flush();
    }
    lastTimestamp = timestamp;
    next++;
    return null;
  }

  private void flush() throws IOException {
    if (batched > 0) {
      tree.append(batch, 0, batched);
      batched = 0;
    }
  }

  private Cut cut(Path segment, long from, long size, Finding why) throws IOException {
    long length = size - from;
    if (length > MAX_CUT && !largeCut) {
      throw new LargeCutException(new LedgerDamagedException(why), segment, length);
    }
    String name = SegmentName.digits(next) + "-" + freeNumber(next);
    disk.createDirectories(folder.quarantine());
    MessageDigest sha256 = Digests.sha256();
    long lines = 0;
    Path kept = folder.quarantine().resolve(name + ".cut");
    try (ReadFile in = disk.openRead(segment);
        DiskFile out = disk.create(kept)) {
      byte[] chunk = new byte[1 << 16];
      for (long at = from; at < size; ) {
        int read = in.read(ByteBuffer.wrap(chunk, 0, (int) Math.min(chunk.length, size - at)), at);
        if (read <= 0) {
          throw new IOException(segment + " became shorter while it was recovered");
        }
        out.write(ByteBuffer.wrap(chunk, 0, read), at - from);
        sha256.update(chunk, 0, read);
        for (int i = 0; i < read; i++) {
          lines += chunk[i] == '\n' ? 1 : 0;
        }
        at += read;
      }
      out.sync();
    }
    disk.replace(
        folder.quarantine().resolve(name + ".reason"),
        ("cut off "
                + segment.getFileName()
                + " at byte "
                + from
                + " where entry "
                + next
                + " was due\n"
                + new LedgerDamagedException(why).getMessage()
                + "\n")
            .getBytes(StandardCharsets.UTF_8));
    disk.syncDirectory(folder.quarantine());
    try (DiskFile file = disk.openWrite(segment)) {
      file.truncate(from);
      file.sync();
    }
    return new Cut(from, length, HexFormat.of().formatHex(sha256.digest()), lines, name + ".cut");
  }

  private int freeNumber(long seq) throws IOException {
    List<String> names = disk.list(folder.quarantine());
    int number = 1;
    while (names.contains(SegmentName.digits(seq) + "-" + number + ".cut")) {
      number++;
    }
    return number;
  }

  private LedgerDamagedException truncated(Checkpoint newest, long found) {
    return damaged(
        FindingKind.TRUNCATED,
        found,
        "the newest checkpoint states " + newest.size() + " entries, there are " + found);
  }

  private LedgerDamagedException damaged(FindingKind kind, @Nullable Long seq, String detail) {
    return new LedgerDamagedException(kind, seq, detail + " (in " + folder.root() + ")");
  }
}
