package io.osmoda.ledger;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.entry.NoSuchEntryException;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.folder.LedgerJson;
import io.osmoda.format.folder.LedgerNotFoundException;
import io.osmoda.format.folder.LineReader;
import io.osmoda.format.folder.ReadDisk.ReadFile;
import io.osmoda.format.folder.SegmentName;
import io.osmoda.format.folder.UnknownFormatException;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.InclusionProof;
import io.osmoda.format.log.RangeProof;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TilePath;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads a ledger's folder beside its writer, in the same process or another, also where nothing can
 * be written. Whatever it hands out was re-hashed. It sees whole lines; those of another process's
 * writer may not be on stable storage yet. Thread-safe.
 */
public final class LedgerReader implements Closeable {
  /** How often a reader without a writer in its process looks for new entries, milliseconds. */
  private static final long POLL_MILLIS = 100;

  private final Disk disk;
  private final LedgerFolder folder;
  private final @Nullable Growth growth;
  private final NavigableMap<Long, SegmentOffsets> offsets = new TreeMap<>();
  private final ReentrantLock offsetsLock = new ReentrantLock();
  private final ConcurrentMap<Long, Long> rewrites = new ConcurrentHashMap<>();

  /** What a writer in this process tells its readers. */
  interface Growth {
    /** Entries that are durable. */
    long durableSize();

    /** Waits until more than {@code size} are, at most that many milliseconds. */
    void awaitMoreThan(long size, long millis) throws InterruptedException;
  }

  LedgerReader(Disk disk, LedgerFolder folder, @Nullable Growth growth) {
    this.disk = disk;
    this.folder = folder;
    this.growth = growth;
  }

  /**
   * Opens a ledger for reading.
   *
   * @throws LedgerNotFoundException if there is none in the folder
   * @throws UnknownFormatException if it has a format that this software does not know
   * @throws LedgerDamagedException if its {@code ledger.json} is not what the format says
   */
  public static LedgerReader open(Path dir) throws IOException {
    LedgerFolder folder = new LedgerFolder(dir);
    LedgerJson.read(RealDisk.INSTANCE, folder);
    return new LedgerReader(RealDisk.INSTANCE, folder, null);
  }

  /** The ledger's folder. */
  public Path folder() {
    return folder.root();
  }

  /** The origin that the ledger states. */
  public String origin() throws IOException {
    return LedgerJson.read(disk, folder).origin();
  }

  /** The keys that the ledger states, as vkeys: claims, not trust. */
  public List<String> logKeys() throws IOException {
    return LedgerJson.read(disk, folder).logKeys();
  }

  /** First sequence numbers of the segments, ascending. */
  List<Long> segments() throws IOException {
    List<Long> segments = new ArrayList<>();
    for (String name : disk.list(folder.segments())) {
      OptionalLong first = SegmentName.parse(name);
      if (first.isPresent()) {
        segments.add(first.getAsLong());
      }
    }
    return segments;
  }

  /** The segments, oldest first, up to the entries that can be read now. */
  public List<SegmentExtent> extents() throws IOException {
    long size = size();
    List<Long> firsts = segments();
    List<SegmentExtent> extents = new ArrayList<>(firsts.size());
    for (int i = 0; i < firsts.size(); i++) {
      long first = firsts.get(i);
      boolean isLast = i + 1 == firsts.size();
      long end = isLast ? Math.max(first, size) : firsts.get(i + 1);
      extents.add(new SegmentExtent(first, end, !isLast, rewrites.getOrDefault(first, 0L)));
    }
    return extents;
  }

  /** Tells that a segment's rewriting begins, or that it ended. */
  void countRewrite(long firstSeq) {
    rewrites.merge(firstSeq, 1L, Long::sum);
  }

  /**
   * Where files stand that are derived from one segment, one folder a segment. A redaction deletes
   * it together with what it holds, before it rewrites the segment.
   */
  public Path derivedFolder(long firstSeq) {
    return folder.derived(firstSeq);
  }

  /** The folder of all that is derived for finding entries. */
  public Path indexFolder() {
    return folder.index();
  }

  /** Number of entries that can be read now. */
  public long size() throws IOException {
    if (growth != null) {
      return growth.durableSize();
    }
    List<Long> segments = segments();
    if (segments.isEmpty()) {
      throw new LedgerDamagedException(
          FindingKind.TRUNCATED, null, "there are no segments in " + folder.segments());
    }
    return segments.getLast() + linesOf(segments.getLast());
  }

  /** Bytes in all segments. */
  public long bytes() throws IOException {
    long bytes = 0;
    for (long first : segments()) {
      try (ReadFile file = disk.openRead(folder.segment(first))) {
        bytes += file.size();
      }
    }
    return bytes;
  }

  private long linesOf(long firstSeq) throws IOException {
    try (ReadFile file = disk.openRead(folder.segment(firstSeq))) {
      return offsets(firstSeq, file).lines();
    }
  }

  /** The segment's offsets, made or read on until the file's present end. */
  private SegmentOffsets offsets(long firstSeq, ReadFile file) throws IOException {
    offsetsLock.lock();
    try {
      SegmentOffsets known = offsets.get(firstSeq);
      if (known == null) {
        known = SegmentOffsets.read(disk, offsetsFile(firstSeq), file.size());
      }
      if (known == null || known.bytes() > file.size()) {
        known = new SegmentOffsets();
      }
      if (known.bytes() < file.size()) {
        known.extend(file);
      }
      offsets.put(firstSeq, known);
      return known;
    } finally {
      offsetsLock.unlock();
    }
  }

  private Path offsetsFile(long firstSeq) {
    return folder.index().resolve(SegmentName.digits(firstSeq) + ".offsets");
  }

  /** Keeps what is known of a segment in {@code index/}, for later starts. */
  void keepOffsets(long firstSeq) throws IOException {
    offsetsLock.lock();
    try {
      try (ReadFile file = disk.openRead(folder.segment(firstSeq))) {
        SegmentOffsets known = offsets(firstSeq, file);
        if (known.isChanged()) {
          disk.createDirectories(folder.index());
          known.write(disk, offsetsFile(firstSeq));
        }
      }
    } finally {
      offsetsLock.unlock();
    }
  }

  /**
   * Takes in a group that the writer in this process wrote at the end of a segment, so that nobody
   * need read it again to know where its lines begin. Where another thread is at the offsets, the
   * writer does not wait: then they are read when they are needed.
   */
  void written(long firstSeq, long position, Group group) {
    if (!offsetsLock.tryLock()) {
      return;
    }
    try {
      SegmentOffsets known = offsets.get(firstSeq);
      if (known == null && position == 0) {
        known = new SegmentOffsets();
        offsets.put(firstSeq, known);
      }
      if (known != null && known.bytes() >= position) {
        for (int i = 0; i < group.count(); i++) {
          long end = position + group.end(i);
          if (end > known.bytes()) { // else a reader saw it before it was synced
            known.addLineEndingAt(end);
          }
        }
      }
    } finally {
      offsetsLock.unlock();
    }
  }

  /** Forgets a segment's offsets, which a redaction moved. */
  void forgetOffsets(long firstSeq) throws IOException {
    offsetsLock.lock();
    try {
      offsets.remove(firstSeq);
      disk.delete(offsetsFile(firstSeq));
    } finally {
      offsetsLock.unlock();
    }
  }

  /** The offsets of an open file, rebuilt. */
  private SegmentOffsets freshOffsets(long firstSeq, ReadFile file) throws IOException {
    offsetsLock.lock();
    try {
      SegmentOffsets fresh = new SegmentOffsets();
      fresh.extend(file);
      offsets.put(firstSeq, fresh);
      return fresh;
    } finally {
      offsetsLock.unlock();
    }
  }

  /**
   * One entry.
   *
   * @throws NoSuchEntryException if there is no such entry yet
   * @throws LedgerDamagedException if what stands there is not what was sealed
   */
  public Entry entry(long seq) throws IOException {
    try (EntryCursor cursor = read(seq, seq + 1)) {
      Entry entry = cursor.next();
      if (entry == null) {
        throw new NoSuchEntryException(
            "there is no entry " + seq + "; the ledger has " + size() + " entries");
      }
      return entry;
    }
  }

  /** Entries from {@code first} to {@code end}, exclusive, or to the last there is. */
  public EntryCursor read(long first, long end) throws IOException {
    if (first < 0) {
      throw new NoSuchEntryException("sequence numbers begin with 0, not " + first);
    }
    return new Forward(first, Math.min(end, growth == null ? end : growth.durableSize()));
  }

  /** The same entries from the last to the first. */
  public EntryCursor readBackwards(long first, long end) throws IOException {
    return new Backward(Math.max(0, first), Math.min(end, size()));
  }

  /**
   * Hands out entries as they come, until the consumer says no or the thread is interrupted.
   *
   * @param consumer false ends the following
   */
  public void follow(long from, Predicate<Entry> consumer)
      throws IOException, InterruptedException {
    long next = from;
    while (true) {
      try (EntryCursor cursor = read(next, Long.MAX_VALUE)) {
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
          next = entry.seq() + 1;
          if (!consumer.test(entry)) {
            return;
          }
        }
      }
      awaitMoreThan(next);
    }
  }

  /** Waits until there may be more entries than that; returns from time to time without. */
  public void awaitMoreThan(long size) throws InterruptedException {
    if (growth == null) {
      Thread.sleep(POLL_MILLIS);
    } else {
      growth.awaitMoreThan(size, 10 * POLL_MILLIS);
    }
  }

  /**
   * The newest kept checkpoint; its signatures are not checked here.
   *
   * @throws LedgerDamagedException if there is none or it is malformed
   */
  public SignedCheckpoint newestCheckpoint() throws IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        SignedCheckpoint newest = new CheckpointStore(disk, folder).newest();
        if (newest == null) {
          throw new LedgerDamagedException(
              FindingKind.TRUNCATED, null, "there is no checkpoint in " + folder.checkpoints());
        }
        return newest;
      } catch (java.nio.file.NoSuchFileException e) {
        if (attempt == 3) {
          throw e;
        }
        // a newer one took its place while we looked
      }
    }
  }

  /**
   * The proof that an entry stands in the newest checkpoint's tree. Where the derived tree is
   * missing or damaged, one is made for the purpose, which reads the whole ledger.
   *
   * @throws NoSuchEntryException if the entry is not below the newest checkpoint
   * @throws LedgerDamagedException if entry, segments and checkpoint do not belong together
   */
  public InclusionProof prove(long seq) throws IOException {
    return prove(seq, newestCheckpoint());
  }

  /**
   * The proof that an entry stands in the tree of a checkpoint, as {@link #prove(long)}.
   *
   * @param checkpoint one that this ledger signed
   */
  public InclusionProof prove(long seq, SignedCheckpoint checkpoint) throws IOException {
    try {
      return proveFromFiles(seq, checkpoint);
    } catch (TreeDamagedException e) {
      return proveByReading(seq, checkpoint);
    }
  }

  /**
   * The proof that the entries [first, end) stand in the tree of a checkpoint, all of them and
   * nothing else. Where the derived tree is missing or damaged, one is made for the purpose, which
   * reads the whole ledger.
   *
   * @param checkpoint one that this ledger signed
   * @throws NoSuchEntryException if the range is empty or not below the checkpoint
   * @throws LedgerDamagedException if segments and checkpoint do not belong together
   */
  public RangeProof proveRange(long first, long end, SignedCheckpoint checkpoint)
      throws IOException {
    long size = checkpoint.checkpoint().size();
    if (first < 0 || first >= end || end > size) {
      throw new NoSuchEntryException(
          "[%d, %d) is no range of entries below the checkpoint, which covers %d"
              .formatted(first, end, size));
    }
    try (TreeFiles tree = TreeFiles.openRead(disk, folder.tree())) {
      return TreeProofs.range(tree, first, end, checkpoint);
    } catch (TreeDamagedException e) {
      return withTreeByReading(checkpoint, tree -> TreeProofs.range(tree, first, end, checkpoint));
    }
  }

  /** The proof as the stored tree gives it; {@link TreeDamagedException} where it does not hold. */
  InclusionProof proveFromFiles(long seq, SignedCheckpoint checkpoint) throws IOException {
    long size = checkpoint.checkpoint().size();
    if (seq < 0 || seq >= size) {
      throw new NoSuchEntryException(
          "entry " + seq + " is not below the newest checkpoint, which covers " + size);
    }
    Hash entryHash = entry(seq).entryHash();
    try (TreeFiles tree = TreeFiles.openRead(disk, folder.tree())) {
      return TreeProofs.inclusion(tree, seq, entryHash, checkpoint);
    }
  }

  private InclusionProof proveByReading(long seq, SignedCheckpoint checkpoint) throws IOException {
    Hash entryHash = entry(seq).entryHash();
    return withTreeByReading(
        checkpoint, tree -> TreeProofs.inclusion(tree, seq, entryHash, checkpoint));
  }

  /**
   * Writes the newest checkpoint's tree as a static C2SP tlog-tiles folder (section 3). Where the
   * derived tree is missing or damaged, one is made for the purpose, which reads the whole ledger.
   *
   * @return number of files written, the checkpoint among them
   * @throws PublishRefusedException if the folder holds another log's tree, or a larger or other
   *     one of this log
   * @throws LedgerDamagedException if segments and checkpoint do not belong together
   */
  public int publish(Path target) throws IOException {
    SignedCheckpoint checkpoint = newestCheckpoint();
    try (TreeFiles tree = TreeFiles.openRead(disk, folder.tree())) {
      return new TilePublisher(disk, tree, target).publish(checkpoint);
    } catch (TreeDamagedException e) {
      return withTreeByReading(
          checkpoint, tree -> new TilePublisher(disk, tree, target).publish(checkpoint));
    }
  }

  private interface TreeUse<T> {
    T with(TreeFiles tree) throws IOException;
  }

  private <T> T withTreeByReading(SignedCheckpoint checkpoint, TreeUse<T> use) throws IOException {
    Path temporary = Files.createTempDirectory("osmoda-tree");
    try (TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, temporary)) {
      appendAllTo(tree, checkpoint.checkpoint().size());
      return use.with(tree);
    } catch (TreeDamagedException e) {
      throw new LedgerDamagedException(
          FindingKind.ROOT_MISMATCH,
          null,
          "the entries do not have the root that the newest checkpoint states",
          e);
    } finally {
      for (String name : RealDisk.INSTANCE.list(temporary)) {
        Files.delete(temporary.resolve(name));
      }
      Files.delete(temporary);
    }
  }

  /** Makes a tree of the first {@code size} entries, or of all that are there. */
  void appendAllTo(TreeFiles tree, long size) throws IOException {
    byte[] batch = new byte[4_096 * Hash.LENGTH];
    int filled = 0;
    try (EntryCursor cursor = read(0, size)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        entry.entryHash().copyTo(batch, filled);
        filled += Hash.LENGTH;
        if (filled == batch.length) {
          tree.append(batch, 0, filled / Hash.LENGTH);
          filled = 0;
        }
      }
    }
    if (filled > 0) {
      tree.append(batch, 0, filled / Hash.LENGTH);
    }
  }

  /**
   * One resource of the newest checkpoint's tree under its C2SP tlog-tiles path, {@code tile/L/N}
   * or {@code tile/entries/N}, with {@code .p/W} where it is partial (section 3). What does not
   * lead to the checkpoint's root is not handed out.
   *
   * @return null where the path is none, or the tree has no such tile
   * @throws LedgerDamagedException if the stored tree does not have the checkpoint's root
   */
  public byte @Nullable [] tile(String path) throws IOException {
    try {
      return tileFromFiles(path);
    } catch (TreeDamagedException e) {
      throw new LedgerDamagedException(
          FindingKind.ROOT_MISMATCH,
          null,
          "the derived tree in "
              + folder.tree()
              + " is not that of the newest checkpoint; the ledger's writer rebuilds it when it"
              + " is opened",
          e);
    }
  }

  /** The same; {@link TreeDamagedException} where the stored tree does not hold. */
  byte @Nullable [] tileFromFiles(String path) throws IOException {
    TilePath tile = TilePath.parse(path);
    if (tile == null) {
      return null;
    }
    try (TreeFiles tree = TreeFiles.openRead(disk, folder.tree())) {
      return new TileReader(tree, newestCheckpoint().checkpoint()).read(tile);
    }
  }

  @Override
  public void close() {
    offsetsLock.lock();
    try {
      offsets.clear();
    } finally {
      offsetsLock.unlock();
    }
  }

  /** The segment that holds a sequence number, or null where none does. */
  private @Nullable Long segmentOf(long seq) throws IOException {
    Long found = null;
    for (long first : segments()) {
      if (first <= seq) {
        found = first;
      }
    }
    return found;
  }

  /**
   * Where the line of an entry ends in the segment that begins with {@code segment}, bytes; 0 where
   * the entry stands in an earlier one.
   *
   * @throws LedgerDamagedException if there is no such entry, or it is not what was sealed
   */
  public long endOf(long seq, long segment) throws IOException {
    if (seq < segment) {
      return 0;
    }
    try (Forward cursor = new Forward(seq, seq + 1)) {
      if (cursor.next() == null) {
        throw new LedgerDamagedException(FindingKind.TRUNCATED, seq, "there is no such entry");
      }
      return cursor.position();
    }
  }

  private static LedgerDamagedException notThere(long seq, long found) {
    return found > seq
        ? new LedgerDamagedException(
            FindingKind.MISSING_SEQ, seq, "the next line there is has number " + found)
        : new LedgerDamagedException(
            FindingKind.DUPLICATE_SEQ, found, "number " + seq + " was due here");
  }

  private final class Forward implements EntryCursor {
    private final EntryLine scanner = new EntryLine();
    private final MessageDigest digest = Digests.sha256();
    private final long end;
    private long next;
    private @Nullable ReadFile file;
    private @Nullable LineReader lines;
    private @Nullable Hash tip;

    Forward(long first, long end) {
      this.next = first;
      this.end = end;
    }

    @Override
    public @Nullable Entry next() throws IOException {
      if (next >= end) {
        return null;
      }
      LineReader reader = lines;
      if (reader == null || !reader.next()) {
        reader = openAt(next);
        if (reader == null) {
          return null;
        }
      }
      Entry entry = Entry.read(scanner, digest, reader.buffer(), reader.offset(), reader.length());
      if (entry.seq() != next) {
        throw notThere(next, entry.seq());
      }
      if (tip != null && !entry.prevHash().equals(tip)) {
        throw new LedgerDamagedException(
            FindingKind.BROKEN_LINK, next, "prev_hash is not the entry_hash of the line before");
      }
      tip = entry.entryHash();
      next++;
      return entry;
    }

    /** Puts a reader onto the line of an entry; null where there is no such line yet. */
    private @Nullable LineReader openAt(long seq) throws IOException {
      LineReader reader = lookFor(seq);
      if (reader == null && segments().stream().anyMatch(later -> later > seq)) {
        // A writer may have filled the segment and begun the next since we looked: now it is whole.
        reader = lookFor(seq);
        if (reader == null) {
          throw new LedgerDamagedException(
              FindingKind.MISSING_SEQ, seq, "no segment in " + folder.segments() + " holds it");
        }
      }
      return reader;
    }

    private @Nullable LineReader lookFor(long seq) throws IOException {
      close();
      Long first = segmentOf(seq);
      if (first == null) {
        throw new LedgerDamagedException(
            FindingKind.MISSING_SEQ, seq, "no segment in " + folder.segments() + " holds it");
      }
      ReadFile opened = disk.openRead(folder.segment(first));
      file = opened;
      long line = seq - first;
      SegmentOffsets known = offsets(first, opened);
      if (line >= known.lines()) {
        return null;
      }
      LineReader reader = skipTo(opened, known, line);
      if (reader == null || !startsWith(reader, seq)) {
        reader = skipTo(opened, freshOffsets(first, opened), line);
      }
      lines = reader;
      return reader;
    }

    /** Where the last line handed out ends in its segment. */
    long position() {
      return lines == null ? 0 : lines.position();
    }

    private @Nullable LineReader skipTo(ReadFile opened, SegmentOffsets known, long line)
        throws IOException {
      if (line >= known.lines()) {
        return null;
      }
      LineReader reader = new LineReader(opened, known.before(line));
      for (long skipped = 0; skipped <= line % SegmentOffsets.STRIDE; skipped++) {
        if (!reader.next()) {
          return null;
        }
      }
      return reader;
    }

    private boolean startsWith(LineReader reader, long seq) {
      return scanner.scan(reader.buffer(), reader.offset(), reader.length())
          && scanner.seq() == seq;
    }

    @Override
    public void close() throws IOException {
      lines = null;
      if (file != null) {
        file.close();
        file = null;
      }
    }
  }

  /** Reads blocks of lines forwards, from the last block to the first. */
  private final class Backward implements EntryCursor {
    private static final int BLOCK = 8 * SegmentOffsets.STRIDE;

    private final long first;
    private long end;
    private final Deque<Entry> block = new ArrayDeque<>();

    Backward(long first, long end) {
      this.first = first;
      this.end = end;
    }

    @Override
    public @Nullable Entry next() throws IOException {
      if (block.isEmpty() && end > first) {
        long from = Math.max(first, end - BLOCK);
        try (EntryCursor cursor = read(from, end)) {
          for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            block.push(entry);
          }
        }
        end = from;
      }
      return block.poll();
    }

    @Override
    public void close() {
      block.clear();
    }
  }
}
