package io.osmoda.verify;

import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.Findings;
import io.osmoda.format.folder.ReadDisk;
import io.osmoda.format.log.CompactRange;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.HexBytes;
import io.osmoda.format.log.MerkleTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one chunk of a segment, that is the lines that begin in it, and checks all that can be
 * checked of them. Reusable, used by one thread at a time.
 *
 * <p>Chunks are checked on all cores, each on the assumption that all is well and that the first
 * line follows on what came before. {@link LedgerScan} takes the results in order: where an
 * assumption does not hold, or a line has a fault, it lets the chunk be checked again with what is
 * known by then. So a finding never depends on how the work was split.
 */
final class ChunkScan {
  /** Bytes of a chunk: lines that begin in them belong to it. */
  static final int SIZE = 1 << 20;

  /** Read past the chunk's end at first, for the line that begins in it and ends after it. */
  private static final int OVERLAP = 4_096;

  private static final byte[][] CONTEXT_ACTIONS = {
    ascii("ledger_create"),
    ascii("ledger_recover"),
    ascii("ledger_redact"),
    ascii("ledger_restore"),
    ascii("key_rotate"),
    ascii("clock_step"),
    ascii("capture_start"),
    ascii("capture_stop"),
    ascii("capture_gap"),
    ascii("capture_state")
  };
  private static final byte[][] SPECIAL_ACTIONS = {
    ascii("ledger_recover"), ascii("ledger_redact"), ascii("key_rotate")
  };

  private final byte[] origin;
  private final long[] rootSizes;
  private final EntryLine line = new EntryLine();
  private final MessageDigest sha256 = Digests.sha256();
  private final MerkleTree tree = new MerkleTree();

  /** One byte before the chunk, the chunk, and the longest line that may begin at its end. */
  private final byte[] buffer;

  private int segment = -1;
  private long from; // offset of the chunk in its segment
  private long segmentSize;
  private long base; // offset of buffer[0] in its segment
  private int filled;
  private int chunkEnd; // lines that begin before this index of the buffer belong to the chunk
  private int firstLine;
  private ReadDisk.@Nullable ReadFile file;
  private @Nullable IOException failure;

  // What the check found, besides findings.
  private final ChainTip tip = new ChainTip();
  private final byte[] firstPrevHash = new byte[Hash.LENGTH];
  private final byte[] firstTimestamp = new byte[EntryLine.TIMESTAMP_LENGTH];
  private boolean clean;
  private long firstSeq;
  private int lines;
  private int firstBad; // lines before the first whose hash is unknown: it is no object
  private int[] starts = new int[64];
  private byte[] hashes = new byte[64 * Hash.LENGTH];
  private byte[] subtrees = new byte[0];
  private int subtreeCount;
  private int[] subtreeLevels = new int[64];
  private int[] subtreeStarts = new int[64];
  private long[] redacted = new long[16];
  private int redactedCount;
  private int[] specials = new int[16];
  private int specialCount;
  private long[] causes = new long[64]; // pairs of own and referred number
  private int[] causeHashes = new int[32]; // where in the buffer the hash stands
  private int causeCount;
  private long foreignCauses;
  private boolean endsWithoutLineFeed;

  /**
   * A scanner for the chunks of one ledger.
   *
   * @param origin the ledger's origin, empty where it is not known
   * @param rootSizes the tree sizes whose roots will be asked for, ascending
   * @param largestSegment bytes of the largest segment that it will see
   */
  ChunkScan(String origin, long[] rootSizes, long largestSegment) {
    this.buffer = new byte[(int) Math.min(largestSegment, SIZE + EntryLine.MAX_LINE) + 1];
    this.origin = ascii(origin);
    this.rootSizes = rootSizes;
  }

  /** Where a chunk lies. */
  void locate(int chunkSegment, long chunkFrom, long size) {
    segment = chunkSegment;
    from = chunkFrom;
    segmentSize = size;
  }

  int segment() {
    return segment;
  }

  long from() {
    return from;
  }

  /** Bytes of the segment that lie in the chunk. */
  int bytes() {
    return (int) Math.min(SIZE, segmentSize - from);
  }

  boolean isLastOfSegment() {
    return from + SIZE >= segmentSize;
  }

  /** Why the chunk could not be read, or null. */
  @Nullable IOException failure() {
    return failure;
  }

  byte[] buffer() {
    return buffer;
  }

  /** Index in the buffer past the last byte that was read. */
  int limit() {
    return filled;
  }

  /** Index in the buffer where the chunk's own bytes begin. */
  int bufferFrom() {
    return (int) (from - base);
  }

  /** Reads the chunk and checks its lines on the assumption that all is well. */
  void readAndCheck(ReadDisk disk, java.nio.file.Path path) {
    failure = null;
    lines = 0;
    try (ReadDisk.ReadFile opened = disk.openRead(path)) {
      file = opened;
      read();
      check(null, null);
    } catch (IOException e) {
      failure = e;
    } finally {
      file = null;
    }
  }

  /** Checks the lines again, with what is known of those before, and tells what is wrong. */
  void checkAgain(ReadDisk disk, java.nio.file.Path path, ChainTip before, Findings findings)
      throws IOException {
    try (ReadDisk.ReadFile opened = disk.openRead(path)) {
      file = opened;
      check(before, findings);
    } finally {
      file = null;
    }
  }

  /** Whether the check went through on the assumption that all is well. */
  boolean isClean() {
    return clean;
  }

  /** Whether a clean chunk's first line follows on an entry. */
  boolean follows(ChainTip before) {
    return lines == 0
        || (before.due == firstSeq
            && before.holes == 0
            && (!before.linked || Arrays.equals(before.entryHash, firstPrevHash))
            && (!before.timed || Arrays.compareUnsigned(before.timestamp, firstTimestamp) <= 0));
  }

  int lines() {
    return lines;
  }

  /** Number of the first line, -1 where it has none that is well-formed. */
  long firstSeq() {
    return firstSeq;
  }

  /** How many of the lines come before the first that has no hash. */
  int entriesBeforeFirstBad() {
    return firstBad;
  }

  /** Offset of a line in its segment. */
  long lineOffset(int index) {
    return base + starts[index];
  }

  int lineStart(int index) {
    return starts[index];
  }

  /** A copy of a good line with its LF. */
  byte[] copyLine(int index) {
    int start = starts[index];
    return Arrays.copyOfRange(buffer, start, EntryLine.lineFeed(buffer, start, filled) + 1);
  }

  /** The lines' recomputed entry hashes, 32 bytes each; zeros for a line that is no object. */
  byte[] hashes() {
    return hashes;
  }

  ChainTip tip() {
    return tip;
  }

  int redactedCount() {
    return redactedCount;
  }

  long redacted(int index) {
    return redacted[index];
  }

  int specialCount() {
    return specialCount;
  }

  /** Index of a line that means something for the whole ledger. */
  int special(int index) {
    return specials[index];
  }

  int causeCount() {
    return causeCount;
  }

  long causeOwner(int index) {
    return causes[2 * index];
  }

  long causeSeq(int index) {
    return causes[2 * index + 1];
  }

  /** Where in the buffer the 64 digits of the hash begin. */
  int causeHash(int index) {
    return causeHashes[index];
  }

  long foreignCauses() {
    return foreignCauses;
  }

  boolean endsWithoutLineFeed() {
    return endsWithoutLineFeed;
  }

  /** Appends a clean chunk's lines to a tree whose size is the first line's number. */
  void appendTo(CompactRange range, RootSink roots) {
    for (int i = 0; i < subtreeCount; i++) {
      range.appendSubtree(subtreeLevels[i], subtrees, subtreeStarts[i]);
      roots.grown(range);
    }
  }

  /** Told whenever a tree has grown. */
  interface RootSink {
    void grown(CompactRange tree);
  }

  private void read() throws IOException {
    base = from == 0 ? 0 : from - 1;
    filled = 0;
    chunkEnd = (int) (Math.min(segmentSize, from + SIZE) - base);
    fill((int) Math.min(chunkEnd + OVERLAP, segmentSize - base));
    if (filled < chunkEnd) {
      chunkEnd = filled; // the file has got shorter: what is missing will be found missing
      segmentSize = base + filled;
    }
    firstLine = from == 0 ? 0 : EntryLine.lineFeed(buffer, 0, filled) + 1;
    if (firstLine == 0 && from > 0) {
      firstLine = filled; // one line runs through the whole chunk
    }
  }

  /** Reads on until so many bytes are there or the segment ends. */
  private void fill(int wanted) throws IOException {
    ReadDisk.ReadFile source = file;
    if (source == null) {
      throw new IllegalStateException("no file is open");
    }
    ByteBuffer target = ByteBuffer.wrap(buffer);
    target.limit(wanted).position(filled);
    while (target.hasRemaining() && source.read(target, base + target.position()) > 0) {
      // until full or the file got shorter
    }
    filled = target.position();
  }

  /**
   * Checks all lines.
   *
   * @param before what came before; null to assume that the first line follows on it
   * @param findings where faults go; null to stop at the first
   */
  private void check(@Nullable ChainTip before, @Nullable Findings findings) throws IOException {
    clean = true;
    firstSeq = -1;
    lines = 0;
    firstBad = -1;
    redactedCount = 0;
    specialCount = 0;
    causeCount = 0;
    foreignCauses = 0;
    endsWithoutLineFeed = false;
    if (before != null) {
      tip.set(before);
    } else {
      tip.holes = 0;
      tip.numbered = true;
      tip.linked = false;
      tip.timed = false;
    }
    int tipAt = -1; // where in hashes the tip's hash stands, -1: in the tip itself
    int timeAt = -1; // where in the buffer the last timestamp stands, -1: in the tip itself
    int i = firstLine;
    while (i < chunkEnd) {
      int length = line.scanStored(buffer, i, filled);
      if (length < 0) {
        length = lengthOf(i);
        if (length < 0 && base + filled >= segmentSize && filled - i < EntryLine.MAX_LINE) {
          endsWithoutLineFeed = true;
          break;
        }
        if (length < 0 || !line.scan(buffer, i, length)) {
          if (findings == null) {
            clean = false;
            return;
          }
          reportMalformed(findings, length);
          addLine(i);
          if (length < 0 || !line.copyRefusedHash(hashes, (lines - 1) * Hash.LENGTH)) {
            firstBad = firstBad < 0 ? lines - 1 : firstBad;
            Arrays.fill(hashes, (lines - 1) * Hash.LENGTH, lines * Hash.LENGTH, (byte) 0);
          }
          tipAt = -1;
          i = length < 0 ? afterOversized(i) : i + length + 1;
          continue;
        }
      }
      if (findings == null && lines == 0) {
        tip.due = line.seq();
        line.copyHash(EntryLine.PREV_HASH, firstPrevHash, 0);
        System.arraycopy(
            buffer, line.start(EntryLine.TIMESTAMP), firstTimestamp, 0, EntryLine.TIMESTAMP_LENGTH);
      }
      addLine(i);
      if (lines == 1) {
        firstSeq = line.seq();
      }
      int hashAt = (lines - 1) * Hash.LENGTH;
      checkPlace(findings);
      checkLink(findings, tipAt);
      int time = line.start(EntryLine.TIMESTAMP);
      checkTime(findings, timeAt, time);
      timeAt = time;
      tip.timed = true;
      line.entryHash(sha256, hashes, hashAt);
      tip.linked = true;
      tipAt = hashAt;
      if (!line.hashIs(EntryLine.ENTRY_HASH, hashes, hashAt)) {
        report(findings, FindingKind.BAD_HASH, "entry_hash is not the hash of the entry");
        line.copyHash(EntryLine.ENTRY_HASH, tip.entryHash, 0);
        tipAt = -1;
      }
      checkPayload(findings);
      checkCauses(findings);
      noteSpecial();
      if (!clean) {
        return;
      }
      i += length + 1;
    }
    if (firstBad < 0) {
      firstBad = lines;
    }
    if (tipAt >= 0) {
      System.arraycopy(hashes, tipAt, tip.entryHash, 0, Hash.LENGTH);
    }
    if (timeAt >= 0) {
      System.arraycopy(buffer, timeAt, tip.timestamp, 0, EntryLine.TIMESTAMP_LENGTH);
    }
    if (findings == null) {
      foldSubtrees();
    } else {
      clean = false; // subtrees are folded only where the numbers are sure to be right
    }
  }

  /** Length of the line at the index without its LF, or -1 if none follows within the limit. */
  private int lengthOf(int at) throws IOException {
    int limit = (int) Math.min(at + (long) EntryLine.MAX_LINE, segmentSize - base);
    int lineFeed = EntryLine.lineFeed(buffer, at, Math.min(filled, limit));
    if (lineFeed < 0 && filled < limit) {
      int seen = filled;
      fill(limit);
      lineFeed = EntryLine.lineFeed(buffer, seen, Math.min(filled, limit));
    }
    return lineFeed < 0 ? -1 : lineFeed - at;
  }

  /** Where the line after an oversized one begins, as far as this chunk has to know. */
  private int afterOversized(int at) {
    int lineFeed = EntryLine.lineFeed(buffer, Math.min(filled, at + EntryLine.MAX_LINE), filled);
    return lineFeed < 0 ? filled : lineFeed + 1;
  }

  private void addLine(int start) {
    if (lines == starts.length) {
      starts = Arrays.copyOf(starts, 2 * lines);
      hashes = Arrays.copyOf(hashes, 2 * lines * Hash.LENGTH);
    }
    starts[lines++] = start;
  }

  private void report(@Nullable Findings findings, FindingKind kind, String detail) {
    report(findings, kind, line.seq(), detail);
  }

  private void report(@Nullable Findings findings, FindingKind kind, long seq, String detail) {
    if (findings == null) {
      clean = false;
    } else {
      findings.add(kind, seq, detail);
    }
  }

  private void reportMalformed(Findings findings, int length) {
    if (length < 0) {
      findings.add(
          FindingKind.BAD_MEMBER, tip.due, "a line has more than " + EntryLine.MAX_LINE + " bytes");
      tip.holes++;
    } else {
      long seq = line.seq();
      findings.add(line.problem(), seq < 0 ? tip.due : seq, line.detail());
      if (seq < 0) {
        tip.holes++;
      } else {
        checkPlace(findings);
      }
    }
    tip.linked = false;
  }

  /** Checks the number against the one due. */
  private void checkPlace(@Nullable Findings findings) {
    long seq = line.seq();
    long due = tip.due;
    if (seq != due) {
      if (seq < due) {
        report(findings, FindingKind.DUPLICATE_SEQ, seq, "number " + due + " was due here");
      } else if (seq > due + tip.holes) {
        report(findings, FindingKind.MISSING_SEQ, due, "the next line there is has number " + seq);
      }
    }
    tip.numbered &= seq == due + tip.holes;
    tip.due = Math.max(due, seq + 1);
    tip.holes = 0;
  }

  private void checkLink(@Nullable Findings findings, int tipAt) {
    if (tip.linked
        && !line.hashIs(
            EntryLine.PREV_HASH, tipAt < 0 ? tip.entryHash : hashes, Math.max(0, tipAt))) {
      report(
          findings, FindingKind.BROKEN_LINK, "prev_hash is not the entry_hash of the line before");
    }
  }

  private void checkTime(@Nullable Findings findings, int before, int now) {
    if (!tip.timed) {
      return;
    }
    int order =
        before < 0
            ? Arrays.compareUnsigned(
                tip.timestamp,
                0,
                EntryLine.TIMESTAMP_LENGTH,
                buffer,
                now,
                now + EntryLine.TIMESTAMP_LENGTH)
            : Arrays.compareUnsigned(
                buffer,
                before,
                before + EntryLine.TIMESTAMP_LENGTH,
                buffer,
                now,
                now + EntryLine.TIMESTAMP_LENGTH);
    if (order > 0) {
      report(findings, FindingKind.TIME_REVERSED, "timestamp is before that of the line before");
    }
  }

  private void checkPayload(@Nullable Findings findings) {
    if (line.hasPayload()) {
      if (!line.payloadHashMatches(sha256)) {
        report(
            findings,
            FindingKind.BAD_PAYLOAD_HASH,
            "payload_hash is not the hash of payload_salt and payload");
      }
      return;
    }
    if (redactedCount == redacted.length) {
      redacted = Arrays.copyOf(redacted, 2 * redactedCount);
    }
    redacted[redactedCount++] = line.seq();
    if (line.isControl() && actionIsOneOf(CONTEXT_ACTIONS)) {
      report(
          findings,
          FindingKind.PAYLOAD_MISSING,
          "a context entry has no payload, and such entries cannot be redacted");
    }
  }

  private boolean actionIsOneOf(byte[][] actions) {
    for (byte[] action : actions) {
      if (line.actionIs(action)) {
        return true;
      }
    }
    return false;
  }

  private void checkCauses(@Nullable Findings findings) {
    for (int i = 0; i < line.causeCount(); i++) {
      int originLength = line.causeOriginLength(i);
      int start = line.causeStart(i);
      long seq = line.causeSeq(i);
      if (originLength > 0) {
        if (Arrays.equals(buffer, start, start + originLength, origin, 0, origin.length)) {
          report(findings, FindingKind.BAD_CAUSE, "caused_by spells out this ledger's own origin");
        } else {
          foreignCauses++;
        }
      } else if (seq >= line.seq()) {
        report(
            findings, FindingKind.BAD_CAUSE, "caused_by names entry " + seq + ", which is later");
      } else if (findings == null && clean && seq >= firstSeq) {
        int at = (int) (seq - firstSeq) * Hash.LENGTH;
        if (!HexBytes.isHexOf(hashes, at, buffer, line.causeHashStart(i))) {
          report(findings, FindingKind.BAD_CAUSE, ""); // told when the chunk is checked again
        }
      } else if (tip.numbered) {
        addCause(seq, line.causeHashStart(i));
      }
    }
  }

  private void addCause(long seq, int hash) {
    if (causeCount == causeHashes.length) {
      causes = Arrays.copyOf(causes, 4 * causeCount);
      causeHashes = Arrays.copyOf(causeHashes, 2 * causeCount);
    }
    causes[2 * causeCount] = line.seq();
    causes[2 * causeCount + 1] = seq;
    causeHashes[causeCount++] = hash;
  }

  private void noteSpecial() {
    if (line.seq() == 0 || (line.isControl() && actionIsOneOf(SPECIAL_ACTIONS))) {
      if (specialCount == specials.length) {
        specials = Arrays.copyOf(specials, 2 * specialCount);
      }
      specials[specialCount++] = lines - 1;
    }
  }

  /**
   * Hashes the leaves up to the largest complete subtrees that they form by themselves, never
   * across a size whose root is needed.
   */
  private void foldSubtrees() {
    subtreeCount = 0;
    if (lines == 0) {
      return;
    }
    if (subtrees.length < lines * Hash.LENGTH) {
      subtrees = new byte[hashes.length];
    }
    for (int i = 0; i < lines; i++) {
      tree.leaf(hashes, i * Hash.LENGTH, subtrees, i * Hash.LENGTH);
    }
    long at = firstSeq;
    long end = firstSeq + lines;
    int next = Arrays.binarySearch(rootSizes, at + 1);
    next = next < 0 ? -next - 1 : next;
    while (at < end) {
      while (next < rootSizes.length && rootSizes[next] <= at) {
        next++;
      }
      long stop = next < rootSizes.length ? Math.min(end, rootSizes[next]) : end;
      long count = Long.highestOneBit(stop - at);
      if (at != 0) {
        count = Math.min(count, Long.lowestOneBit(at));
      }
      if (subtreeCount == subtreeLevels.length) {
        subtreeLevels = Arrays.copyOf(subtreeLevels, 2 * subtreeCount);
        subtreeStarts = Arrays.copyOf(subtreeStarts, 2 * subtreeCount);
      }
      int start = (int) (at - firstSeq) * Hash.LENGTH;
      tree.fold(subtrees, start, (int) count);
      subtreeLevels[subtreeCount] = Long.numberOfTrailingZeros(count);
      subtreeStarts[subtreeCount++] = start;
      at += count;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
