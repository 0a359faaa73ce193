package io.osmoda.verify;

import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.Findings;
import io.osmoda.format.folder.LedgerFiles;
import io.osmoda.format.folder.ReadDisk;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.HexBytes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds entry hashes again by their place in the ledger, at flat memory: those of the last entries
 * are kept, older ones are read back from the segments, in batches sorted by place. Not
 * thread-safe.
 */
final class EntryLookup implements Closeable {
  /** Hashes kept: nearly all causes lie within. */
  private static final int RECENT = 1 << 18;

  /** Of every so many lines the place on disk is kept. */
  static final int STRIDE = 64;

  private static final int PAGE = 1 << 10;
  private static final int BATCH_BITS = 16;
  private static final int BATCH = 1 << BATCH_BITS;
  private static final int SEGMENT_BITS = 24;
  private static final long OFFSET_MASK = (1L << (Long.SIZE - SEGMENT_BITS - 1)) - 1;
  private static final int WINDOW = EntryLine.MAX_LINE + (1 << 16);

  private final ReadDisk disk;
  private final LedgerFiles files;
  private final Findings findings;
  private final int recentSize; // a power of two
  private final byte[] recent;
  private long recentFrom; // the first place whose hash was ever put in
  private long[][] pages = new long[16][];
  private long count;

  // References to older entries, until there is a batch of them.
  private long[] keys = new long[0]; // place and, in the low bits, index
  private long[] owners = new long[0];
  private byte[] hashes = new byte[0];
  private final byte[] refused = new byte[Hash.LENGTH];
  private int pending;

  // The window through which segments are read back.
  private byte[] window = new byte[0];
  private int segment = -1;
  private ReadDisk.@Nullable ReadFile file;
  private long windowFrom;
  private int windowFilled;
  private long place;
  private int lineAt;
  private final EntryLine line = new EntryLine();

  EntryLookup(ReadDisk disk, LedgerFiles files, Findings findings) {
    this.disk = disk;
    this.files = files;
    this.findings = findings;
    long most = files.bytes() / LedgerScan.MIN_LINE + 1;
    recentSize = (int) Math.min(RECENT, 2 * Long.highestOneBit(most));
    recent = new byte[recentSize * Hash.LENGTH];
  }

  /** Takes in a checked chunk's lines, and checks what their {@code caused_by} name. */
  void add(ChunkScan chunk) {
    for (int i = 0; i < chunk.lines(); i++) {
      int slot = (int) ((count + i) & (recentSize - 1)) * Hash.LENGTH;
      System.arraycopy(chunk.hashes(), i * Hash.LENGTH, recent, slot, Hash.LENGTH);
      addPlace(count + i, chunk.segment(), chunk.lineOffset(i));
    }
    count += chunk.lines();
    for (int i = 0; i < chunk.causeCount(); i++) {
      check(chunk.causeOwner(i), chunk.causeSeq(i), chunk.buffer(), chunk.causeHash(i));
    }
  }

  /**
   * Takes in lines that were checked in an earlier run: only their places.
   *
   * @param offsets of each line whose place in the ledger is a multiple of {@link #STRIDE}
   */
  void skip(int segmentIndex, long[] offsets, long lines) {
    long at = (count + STRIDE - 1) / STRIDE * STRIDE;
    for (long offset : offsets) {
      addPlace(at, segmentIndex, offset);
      at += STRIDE;
    }
    count += lines;
    recentFrom = count;
  }

  private void addPlace(long at, int segmentIndex, long offset) {
    if (at % STRIDE != 0) {
      return;
    }
    long slot = at / STRIDE;
    int page = (int) (slot / PAGE);
    if (page >= pages.length) {
      pages = Arrays.copyOf(pages, 2 * page);
    }
    if (pages[page] == null) {
      pages[page] = new long[PAGE];
    }
    boolean fits = segmentIndex >>> SEGMENT_BITS == 0 && offset <= OFFSET_MASK;
    pages[page][(int) (slot % PAGE)] =
        fits ? ((long) segmentIndex << (Long.SIZE - SEGMENT_BITS - 1)) | offset : -1;
  }

  private void check(long owner, long seq, byte[] digits, int digitsAt) {
    if (seq >= count) {
      findings.add(FindingKind.BAD_CAUSE, owner, "caused_by names entry " + seq + ", not there");
    } else if (seq >= Math.max(recentFrom, count - recentSize)) {
      int slot = (int) (seq & (recentSize - 1)) * Hash.LENGTH;
      if (!HexBytes.isHexOf(recent, slot, digits, digitsAt)) {
        mismatch(owner, seq);
      }
    } else {
      if (pending == keys.length) {
        int room = pending == 0 ? 256 : 4 * pending;
        keys = Arrays.copyOf(keys, room);
        owners = Arrays.copyOf(owners, room);
        hashes = Arrays.copyOf(hashes, room * Hash.LENGTH);
      }
      keys[pending] = (seq << BATCH_BITS) | pending;
      owners[pending] = owner;
      HexBytes.decode(digits, digitsAt, 2 * Hash.LENGTH, hashes, pending * Hash.LENGTH);
      pending++;
      if (pending == BATCH) {
        checkPending();
      }
    }
  }

  private void mismatch(long owner, long seq) {
    findings.add(
        FindingKind.BAD_CAUSE,
        owner,
        "caused_by names entry " + seq + " by a hash that is not that entry's");
  }

  /** Checks the references that are still open. */
  void checkPending() {
    Arrays.sort(keys, 0, pending);
    for (int i = 0; i < pending; i++) {
      int index = (int) (keys[i] & (BATCH - 1));
      long seq = keys[i] >>> BATCH_BITS;
      try {
        if (!has(seq, index * Hash.LENGTH)) {
          mismatch(owners[index], seq);
        }
      } catch (IOException e) {
        findings.add(
            FindingKind.UNREADABLE, seq, "the entry cannot be read back for a caused_by: " + e);
      }
    }
    pending = 0;
  }

  /** Whether the line at a place has the hash that stands at an index of those looked for. */
  private boolean has(long seq, int at) throws IOException {
    line.forget();
    return read(seq)
        ? line.hashIs(EntryLine.ENTRY_HASH, hashes, at)
        : line.copyRefusedHash(refused, 0)
            && Arrays.equals(refused, 0, Hash.LENGTH, hashes, at, at + Hash.LENGTH);
  }

  /** Reads the line at a place; whether it is an entry. */
  private boolean read(long wanted) throws IOException {
    if (segment < 0 || wanted < place || wanted - place >= STRIDE) {
      long packed = pages[(int) (wanted / STRIDE / PAGE)][(int) (wanted / STRIDE % PAGE)];
      if (packed < 0) {
        throw new IOException("more or larger segments than there can be");
      }
      place = wanted - wanted % STRIDE;
      seek((int) (packed >>> (Long.SIZE - SEGMENT_BITS - 1)), packed & OFFSET_MASK);
    }
    while (place < wanted) {
      int length = lineLength();
      if (length < 0) {
        return false;
      }
      lineAt += length + 1;
      place++;
      if (windowFrom + lineAt >= files.segments().get(segment).size()) {
        if (segment + 1 >= files.segments().size()) {
          return false;
        }
        seek(segment + 1, 0);
      }
    }
    int length = lineLength();
    return length >= 0 && line.scan(window, lineAt, length);
  }

  private void seek(int wantedSegment, long offset) throws IOException {
    if (wantedSegment != segment || file == null) {
      close();
      file = disk.openRead(files.segments().get(wantedSegment).path());
      segment = wantedSegment;
      windowFilled = 0;
    }
    if (offset >= windowFrom && offset < windowFrom + windowFilled) {
      lineAt = (int) (offset - windowFrom);
    } else {
      windowFrom = offset;
      windowFilled = 0;
      lineAt = 0;
    }
  }

  /** Length of the line at hand without its LF; -1 if none ends within the limit. */
  private int lineLength() throws IOException {
    int from = lineAt;
    while (true) {
      for (int i = from; i < windowFilled; i++) {
        if (window[i] == '\n') {
          return i - lineAt;
        }
      }
      if (windowFilled - lineAt >= EntryLine.MAX_LINE) {
        return -1;
      }
      from = windowFilled - lineAt;
      if (lineAt > 0 || windowFilled == 0) {
        if (window.length == 0) {
          window = new byte[WINDOW];
        }
        System.arraycopy(window, lineAt, window, 0, from);
        windowFrom += lineAt;
        windowFilled = from;
        lineAt = 0;
      }
      if (!readMore()) {
        return -1;
      }
    }
  }

  private boolean readMore() throws IOException {
    ReadDisk.ReadFile source = file;
    if (source == null) {
      throw new IllegalStateException("no segment is open");
    }
    ByteBuffer target = ByteBuffer.wrap(window);
    target.limit(Math.min(window.length, windowFilled + (1 << 16))).position(windowFilled);
    int read = source.read(target, windowFrom + windowFilled);
    windowFilled = target.position();
    return read > 0;
  }

  @Override
  public void close() throws IOException {
    ReadDisk.ReadFile open = file;
    file = null;
    segment = -1;
    if (open != null) {
      open.close();
    }
  }
}
