package io.osmoda.ledger;

import io.osmoda.format.folder.ReadDisk.ReadFile;
import io.osmoda.format.log.CompactRange;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.MerkleTree;
import io.osmoda.format.log.TilePath;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Merkle tree on disk, in the ledger's folder {@code tree/} (section 2): derived from the
 * segments, never synced, and not to be believed without a root to check it against.
 *
 * <pre>
 * entry-hashes            32 bytes an entry: leaf data, not leaf hashes
 * level-8, level-16, …    32 bytes a complete subtree of 256, 65,536, … entries
 * </pre>
 *
 * <p>Every other node is hashed when asked for, from at most 128 stored hashes. An append costs one
 * write and about two hashes an entry; a proof reads a few kilobytes for each stored level.
 *
 * <p>What a crash may do to files that are not synced, and what anybody may do to them: the sizes
 * of the files tell how many entries they can hold ({@link #size}); whether they hold the right
 * ones only a comparison tells, of {@link #root} with a checkpoint's root after opening, and of
 * each proof with it before the proof is handed out, as the factories of the proofs do. The root at
 * a size determines all that later roots of this instance are made from.
 *
 * <p>An instance is not thread-safe. One may append while others, opened for reading, here or in
 * other processes, read: they see whole entries only.
 */
final class TreeFiles implements Closeable {
  /** Levels of the tree between two stored ones, as in a C2SP tile. */
  static final int TILE_HEIGHT = TilePath.HEIGHT;

  /** Hashes in a full C2SP tile. */
  static final int TILE_WIDTH = TilePath.FULL_WIDTH;

  static final String ENTRY_HASHES = "entry-hashes";

  /** Stored levels 8, 16 … 48: a tree has at most 2^53 leaves. */
  private static final int STORED_LEVELS = 6;

  private static final long MAX_SIZE = 1L << 53;

  private final Disk disk;
  private final Path folder;
  private final boolean writable;
  private final @Nullable ReadFile[] files = new ReadFile[1 + STORED_LEVELS];
  private final MerkleTree hasher = new MerkleTree();
  private final byte[] stored = new byte[TILE_WIDTH / 2 * Hash.LENGTH];
  private final ByteBuffer[] completed = new ByteBuffer[1 + STORED_LEVELS];
  private CompactRange edge = new CompactRange();
  private boolean failed;

  private TreeFiles(Disk disk, Path folder, boolean writable) {
    this.disk = disk;
    this.folder = folder;
    this.writable = writable;
    for (int i = 1; i < completed.length; i++) {
      completed[i] = ByteBuffer.allocate(8 * Hash.LENGTH);
    }
  }

  /**
   * Opens the files for appending; makes them where they are missing and cuts off what is not
   * consistent with the rest.
   */
  static TreeFiles openWrite(Disk disk, Path folder) throws IOException {
    disk.createDirectories(folder);
    TreeFiles tree = new TreeFiles(disk, folder, true);
    try {
      tree.truncate(tree.consistentSize());
      return tree;
    } catch (IOException | RuntimeException e) {
      tree.close();
      throw e;
    }
  }

  /** Opens the files for reading only; missing ones are those of an empty tree. */
  static TreeFiles openRead(Disk disk, Path folder) {
    return new TreeFiles(disk, folder, false);
  }

  /** Number of entries that the files hold; for a reader as of now. */
  long size() throws IOException {
    return writable ? edge.size() : consistentSize();
  }

  /**
   * Appends entries.
   *
   * @param entryHashes the entries' hashes, one after another
   * @param from index of the first byte
   * @param count number of hashes
   * @throws IOException if a write failed; nothing can be appended afterwards
   */
  void append(byte[] entryHashes, int from, int count) throws IOException {
    if (!writable || failed) {
      throw new IOException(
          "the tree in " + folder + (failed ? " failed to be written before" : " is read only"));
    }
    failed = true; // until all is written: edge and files must not part
    writable(0)
        .write(ByteBuffer.wrap(entryHashes, from, count * Hash.LENGTH), edge.size() * Hash.LENGTH);
    CompactRange.SubtreeSink sink = this::keep;
    for (int i = 0; i < count; i++) {
      edge.append(entryHashes, from + i * Hash.LENGTH, sink);
    }
    for (int level = 1; level < completed.length && completed[level].position() > 0; level++) {
      ByteBuffer hashes = completed[level].flip();
      long end = edge.size() >>> height(level);
      writable(level).write(hashes, end * Hash.LENGTH - hashes.remaining());
      hashes.clear();
    }
    failed = false;
  }

  private void keep(int level, long index, byte[] hash, int from) {
    if (level == 0 || level % TILE_HEIGHT != 0) {
      return;
    }
    int at = level / TILE_HEIGHT;
    if (!completed[at].hasRemaining()) {
      ByteBuffer larger = ByteBuffer.allocate(2 * completed[at].capacity());
      completed[at] = larger.put(completed[at].flip());
    }
    completed[at].put(hash, from, Hash.LENGTH);
  }

  /** Cuts the tree down to its first {@code size} entries. */
  void truncate(long size) throws IOException {
    long entries = consistentSize();
    if (size < 0 || size > entries) {
      throw new IllegalArgumentException("the tree holds " + entries + " entries, not " + size);
    }
    failed = true;
    for (int level = 0; level < files.length; level++) {
      long length = (size >>> height(level)) * Hash.LENGTH;
      if (disk.exists(path(level)) && file(level).size() != length) {
        writable(level).truncate(length);
      }
    }
    edge = readEdge(size);
    failed = false;
  }

  /** The root of the first {@code size} entries. */
  Hash root(long size) throws IOException {
    if (writable && size == edge.size()) {
      return edge.root();
    }
    checkSize(size);
    return size == 0 ? MerkleTree.EMPTY_ROOT : subtree(0, size);
  }

  /** The leaf data of an entry. */
  Hash entryHash(long seq) throws IOException {
    checkSize(seq + 1);
    byte[] hash = new byte[Hash.LENGTH];
    read(0, seq, hash, 1);
    return Hash.wrap(hash);
  }

  /** The right edge of the first {@code size} entries, for a tree of its own that grows on. */
  CompactRange rightEdge(long size) throws IOException {
    checkSize(size);
    return readEdge(size);
  }

  private CompactRange readEdge(long size) throws IOException {
    List<Hash> subtrees = new ArrayList<>();
    for (long rest = size, at = 0; rest > 0; ) {
      long width = Long.highestOneBit(rest);
      subtrees.add(subtree(at, at + width));
      at += width;
      rest -= width;
    }
    return new CompactRange(size, subtrees);
  }

  /** The audit path of an entry, from the leaf's sibling upward (RFC 6962 section 2.1.1). */
  List<Hash> inclusion(long index, long size) throws IOException {
    checkSize(size);
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException("no entry " + index + " among " + size);
    }
    List<Hash> path = new ArrayList<>();
    long from = 0;
    long end = size;
    while (end - from > 1) {
      long middle = from + MerkleTree.split(end - from);
      if (index < middle) {
        path.add(subtree(middle, end));
        end = middle;
      } else {
        path.add(subtree(from, middle));
        from = middle;
      }
    }
    Collections.reverse(path);
    return path;
  }

  /** The proof that the tree of {@code to} entries goes on from that of {@code from} (2.1.2). */
  List<Hash> consistency(long from, long to) throws IOException {
    checkSize(to);
    if (from < 0 || from > to) {
      throw new IllegalArgumentException("no tree of " + from + " entries within one of " + to);
    }
    List<Hash> path = new ArrayList<>();
    if (from == 0 || from == to) {
      return path;
    }
    long low = 0;
    long high = to;
    while (high != from) {
      long middle = low + MerkleTree.split(high - low);
      if (from <= middle) {
        path.add(subtree(middle, high));
        high = middle;
      } else {
        path.add(subtree(low, middle));
        low = middle;
      }
    }
    if (low > 0) {
      path.add(subtree(low, high));
    }
    Collections.reverse(path);
    return path;
  }

  /** The hashes outside [first, end) that give the root with the leaves inside (section 3). */
  List<Hash> range(long first, long end, long size) throws IOException {
    checkSize(size);
    if (first < 0 || first >= end || end > size) {
      throw new IllegalArgumentException("no entries [" + first + ", " + end + ") among " + size);
    }
    List<Hash> outside = new ArrayList<>();
    range(0, size, first, end, outside);
    return outside;
  }

  private void range(long low, long high, long first, long end, List<Hash> outside)
      throws IOException {
    if (high <= first || low >= end) {
      outside.add(subtree(low, high));
    } else if (low < first || high > end) {
      long middle = low + MerkleTree.split(high - low);
      range(low, middle, first, end, outside);
      range(middle, high, first, end, outside);
    }
  }

  /**
   * The first hashes of a C2SP tile.
   *
   * @param level 0 for leaf hashes, 1 for the hashes of full tiles of level 0, and so on
   * @param width 1 … 256
   */
  byte[] tile(int level, long index, int width) throws IOException {
    checkTile(level, index, width);
    byte[] tile = new byte[width * Hash.LENGTH];
    read(level, index * TILE_WIDTH, tile, width);
    if (level == 0) {
      for (int i = 0; i < width; i++) {
        hasher.leaf(tile, i * Hash.LENGTH, tile, i * Hash.LENGTH);
      }
    }
    return tile;
  }

  /** The leaf data of the first entries of a C2SP entry bundle, without the lengths before each. */
  byte[] entryHashes(long index, int width) throws IOException {
    checkTile(0, index, width);
    byte[] hashes = new byte[width * Hash.LENGTH];
    read(0, index * TILE_WIDTH, hashes, width);
    return hashes;
  }

  private void checkTile(int level, long index, int width) throws IOException {
    if (level < 0 || level > STORED_LEVELS || index < 0 || width < 1 || width > TILE_WIDTH) {
      throw new IllegalArgumentException(
          "no tile " + index + " of level " + level + " and width " + width);
    }
    checkSize(Math.multiplyExact(index * TILE_WIDTH + width, 1L << height(level)));
  }

  private void checkSize(long size) throws IOException {
    long there = size();
    if (size < 0) {
      throw new IllegalArgumentException("a tree has no " + size + " entries");
    }
    if (size > there) {
      throw new TreeDamagedException(
          "the tree in " + folder + " holds " + there + " entries, not " + size);
    }
  }

  /** The hash of the leaves [from, end), which RFC 6962's shape of some tree has as a node. */
  Hash subtree(long from, long end) throws IOException {
    byte[] hash = new byte[Hash.LENGTH];
    subtree(from, end, hash);
    return Hash.wrap(hash);
  }

  private void subtree(long from, long end, byte[] target) throws IOException {
    long width = end - from;
    if (Long.bitCount(width) == 1) {
      complete(Long.numberOfTrailingZeros(width), from, target);
      return;
    }
    long middle = from + MerkleTree.split(width);
    byte[] right = new byte[Hash.LENGTH];
    subtree(from, middle, target);
    subtree(middle, end, right);
    hasher.node(target, 0, right, 0, target, 0);
  }

  /** Hashes a complete subtree up from the stored level below it. */
  private void complete(int level, long from, byte[] target) throws IOException {
    int below = level / TILE_HEIGHT;
    int count = 1 << level % TILE_HEIGHT;
    read(below, from >>> height(below), stored, count);
    if (below == 0) {
      for (int i = 0; i < count; i++) {
        hasher.leaf(stored, i * Hash.LENGTH, stored, i * Hash.LENGTH);
      }
    }
    hasher.fold(stored, 0, count);
    System.arraycopy(stored, 0, target, 0, Hash.LENGTH);
  }

  private void read(int level, long index, byte[] target, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(target, 0, count * Hash.LENGTH);
    ReadFile file = file(level);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, index * Hash.LENGTH + buffer.position()) < 0) {
        throw new TreeDamagedException(
            path(level) + " ends before its hash " + (index + buffer.position() / Hash.LENGTH));
      }
    }
  }

  /**
   * The most entries for which each file is long enough. The levels are written after the entries,
   * so while another appends this is never more than what is wholly there.
   */
  private long consistentSize() throws IOException {
    long size = MAX_SIZE;
    for (int level = files.length - 1; level >= 0; level--) {
      // Counted from the top: what the levels below can hold by the time they are looked at is
      // never less than what the levels above already hold.
      long count = disk.exists(path(level)) ? file(level).size() / Hash.LENGTH : 0;
      long next = Math.min(count, MAX_SIZE >>> height(level)) + 1;
      size = Math.min(size, level == 0 ? count : (next << height(level)) - 1);
    }
    return size;
  }

  private ReadFile file(int level) throws IOException {
    ReadFile file = files[level];
    if (file == null) {
      file = writable ? disk.openWrite(path(level)) : disk.openRead(path(level));
      files[level] = file;
    }
    return file;
  }

  private Disk.DiskFile writable(int level) throws IOException {
    if (file(level) instanceof Disk.DiskFile file) {
      return file;
    }
    throw new IllegalStateException("the tree was opened for reading only");
  }

  private static int height(int level) {
    return level * TILE_HEIGHT;
  }

  private Path path(int level) {
    return folder.resolve(level == 0 ? ENTRY_HASHES : "level-" + height(level));
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (int level = 0; level < files.length; level++) {
      ReadFile file = files[level];
      files[level] = null;
      if (file != null) {
        try {
          file.close();
        } catch (IOException e) {
          failure = e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
