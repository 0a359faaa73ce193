package io.osmoda.verify;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.log.Hash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A piece of entries.ndjson: checks what each of its lines says by itself, on any core, and keeps
 * what {@link BundleVerifier} needs to judge them in order. Reusable, used by one thread at a time.
 */
final class LineChunk {
  /** Bytes to read before a chunk is cut at its last LF. */
  static final int SIZE = LineCheck.MAX_LINE;

  /**
   * Lines that are looked at in one go. More than entries can be in a chunk, so that only lines
   * that are none take several, and memory does not grow with them.
   */
  private static final int MAX_LINES = SIZE / 256;

  private static final int ENTRY = 1;
  private static final int LINE_FEED = 1 << 1;
  private static final int PAYLOAD = 1 << 2;
  private static final int CONTEXT = 1 << 3;
  private static final int MATCHES = 1 << 4;
  private static final int MAKES_THE_LEDGER = 1 << 5;

  /** Something that few lines have. */
  private record Of<T>(int line, T value) {}

  private final Manifest manifest;
  private final LineCheck check = new LineCheck();

  // What LineChunks reads in.
  final byte[] buffer = new byte[SIZE + LineCheck.MAX_LINE];
  int limit; // the lines end there
  boolean beginsOversized; // a line was left out before the first
  boolean oversizedHasLineFeed;

  // What the check found of the lines, by index.
  private int lines;
  private int next; // in the buffer, the first line that was not looked at yet
  private long[] seqs = new long[256];
  private byte[] flags = new byte[256];
  private int[] times = new int[256];
  private byte[] hashes = new byte[256 * Hash.LENGTH];
  private byte[] stated = new byte[256 * Hash.LENGTH];
  private byte[] prev = new byte[256 * Hash.LENGTH];
  private final List<Of<LineCheck.Fault>> faults = new ArrayList<>();
  private final List<Of<CauseReference>> causes = new ArrayList<>();
  private final List<Of<RedactedRange>> redactions = new ArrayList<>();

  LineChunk(Manifest manifest) {
    this.manifest = manifest;
  }

  /** Looks at the first lines; at most all. */
  void check() {
    next = 0;
    forget();
    if (beginsOversized) {
      check.refuseOversized();
      add(oversizedHasLineFeed);
    }
    checkOn();
  }

  /** Whether there are lines that were not looked at. */
  boolean hasMore() {
    return next < limit;
  }

  /** Looks at the lines after those that were looked at, and forgets these. */
  void checkMore() {
    forget();
    checkOn();
  }

  private void forget() {
    lines = 0;
    faults.clear();
    causes.clear();
    redactions.clear();
  }

  private void checkOn() {
    while (next < limit && lines < MAX_LINES) {
      check.check(buffer, next, limit);
      add(check.hasLineFeed());
      next += check.length() + 1;
    }
  }

  private void add(boolean hasLineFeed) {
    if (lines == seqs.length) {
      grow();
    }
    int line = lines++;
    seqs[line] = check.seq();
    flags[line] = (byte) (hasLineFeed ? LINE_FEED : 0);
    check.faults().forEach(fault -> faults.add(new Of<>(line, fault)));
    if (check.isEntry()) {
      addEntry(line);
    } else if (!check.copyRefusedHash(hashes, line * Hash.LENGTH)) {
      Arrays.fill(hashes, line * Hash.LENGTH, (line + 1) * Hash.LENGTH, (byte) 0);
    }
  }

  private void addEntry(int line) {
    times[line] = check.timestampStart();
    check.copyHash(hashes, line * Hash.LENGTH);
    check.copyStatedHash(stated, line * Hash.LENGTH);
    check.copyPrevHash(prev, line * Hash.LENGTH);
    int found = ENTRY;
    if (check.hasPayload()) {
      found |= PAYLOAD;
    }
    if (check.isContext()) {
      found |= CONTEXT;
      RedactedRange redaction = check.redaction();
      if (redaction != null) {
        redactions.add(new Of<>(line, redaction));
      }
    }
    boolean isInside = manifest.timeFrom() == null || manifest.isInside(timestamp(line));
    if (isInside && manifest.filter().matches(check::text)) {
      found |= MATCHES;
    }
    if (check.seq() == 0
        && "ledger_create".equals(check.text("action"))
        && manifest.origin().equals(check.text("target"))) {
      found |= MAKES_THE_LEDGER;
    }
    for (int i = 0; i < check.causeCount(); i++) {
      causes.add(new Of<>(line, check.cause(i)));
    }
    flags[line] |= (byte) found;
  }

  private void grow() {
    int room = 2 * lines;
    seqs = Arrays.copyOf(seqs, room);
    flags = Arrays.copyOf(flags, room);
    times = Arrays.copyOf(times, room);
    hashes = Arrays.copyOf(hashes, room * Hash.LENGTH);
    stated = Arrays.copyOf(stated, room * Hash.LENGTH);
    prev = Arrays.copyOf(prev, room * Hash.LENGTH);
  }

  /** How many lines were looked at. */
  int lines() {
    return lines;
  }

  /** A line's own number; -1 where it has none that is well-formed. */
  long seq(int line) {
    return seqs[line];
  }

  private boolean is(int line, int flag) {
    return (flags[line] & flag) != 0;
  }

  boolean hasLineFeed(int line) {
    return is(line, LINE_FEED);
  }

  /** Whether a line is an entry; what follows may be asked of such a line only. */
  boolean isEntry(int line) {
    return is(line, ENTRY);
  }

  boolean hasPayload(int line) {
    return is(line, PAYLOAD);
  }

  boolean isContext(int line) {
    return is(line, CONTEXT);
  }

  /** Whether it lies in the bundle's time and filter. */
  boolean matches(int line) {
    return is(line, MATCHES);
  }

  /** Whether it is the entry that a ledger of this origin begins with. */
  boolean makesTheLedger(int line) {
    return is(line, MAKES_THE_LEDGER);
  }

  /** Where in the buffer its timestamp begins. */
  int time(int line) {
    return times[line];
  }

  String timestamp(int line) {
    return new String(buffer, times[line], LineCheck.TIMESTAMP_LENGTH, StandardCharsets.ISO_8859_1);
  }

  /** The recomputed entry hashes, 32 bytes each; zeros for a line that is no object. */
  byte[] hashes() {
    return hashes;
  }

  /** The entry hashes that the lines state, 32 bytes each. */
  byte[] statedHashes() {
    return stated;
  }

  /** The hashes that the lines link to, 32 bytes each. */
  byte[] prevHashes() {
    return prev;
  }

  /** Takes what is said of one line. */
  interface Sink<T> {
    void accept(T value);
  }

  /** Goes through what few lines have, in their order. */
  static final class Cursor<T> {
    private final List<Of<T>> all;
    private int at;

    private Cursor(List<Of<T>> all) {
      this.all = all;
    }

    /** One that hands out nothing. */
    static <T> Cursor<T> none() {
      return new Cursor<>(List.of());
    }

    /** Hands out what belongs to a line; lines are asked for in order. */
    void of(int line, Sink<? super T> sink) {
      while (at < all.size() && all.get(at).line() == line) {
        sink.accept(all.get(at++).value());
      }
    }
  }

  Cursor<LineCheck.Fault> faults() {
    return new Cursor<>(faults);
  }

  Cursor<CauseReference> causes() {
    return new Cursor<>(causes);
  }

  Cursor<RedactedRange> redactions() {
    return new Cursor<>(redactions);
  }
}
