package io.osmoda.ledger;

import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.CompactRange;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.MerkleTree;
import io.osmoda.format.log.TilePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The C2SP tiles of the tree of one checkpoint (section 3). Nothing leaves it that the checkpoint's
 * root does not vouch for: a full tile is checked against its hash in the tile above, the partial
 * ones of the right edge together against the root. Not thread-safe.
 */
final class TileReader {
  private static final byte[] ENTRY_LENGTH = {0, Hash.LENGTH}; // u16, big-endian

  private final TreeFiles tree;
  private final long size;
  private final MerkleTree hasher = new MerkleTree();
  private final List<byte[]> edge = new ArrayList<>(); // the partial tile of each level
  // The last full tile of each level that was checked, and its index, at first none.
  private final byte[][] latest;
  private final long[] latestIndex;

  /**
   * Reads the tiles on the right edge and checks them.
   *
   * @throws TreeDamagedException if they do not give the checkpoint's root
   */
  TileReader(TreeFiles tree, Checkpoint checkpoint) throws IOException {
    this.tree = tree;
    this.size = checkpoint.size();
    List<Hash> subtrees = new ArrayList<>();
    for (int level = 0; count(level) > 0; level++) {
      int width = (int) (count(level) % TreeFiles.TILE_WIDTH);
      long index = count(level) / TreeFiles.TILE_WIDTH;
      edge.add(width == 0 ? new byte[0] : tree.tile(level, index, width));
    }
    for (byte[] tile : edge.reversed()) {
      for (int at = 0, rest = tile.length / Hash.LENGTH; rest > 0; ) {
        int part = Integer.highestOneBit(rest);
        subtrees.add(fold(Arrays.copyOfRange(tile, at, at + part * Hash.LENGTH)));
        at += part * Hash.LENGTH;
        rest -= part;
      }
    }
    latest = new byte[edge.size()][0];
    latestIndex = new long[edge.size()];
    Arrays.fill(latestIndex, -1);
    if (!new CompactRange(size, subtrees).root().equals(checkpoint.root())) {
      throw new TreeDamagedException(
          "the stored tree does not have the root of the checkpoint of size " + size);
    }
  }

  /** Levels of tiles that the tree has. */
  int levels() {
    return edge.size();
  }

  /** Hashes at a level of tiles. */
  long count(int level) {
    int height = level * TreeFiles.TILE_HEIGHT;
    return height < Long.SIZE ? size >>> height : 0;
  }

  /** The resource's bytes; null where the tree of this checkpoint has no such tile. */
  byte @Nullable [] read(TilePath path) throws IOException {
    int level = Math.max(path.level(), 0);
    boolean there =
        level < levels()
            && path.index() <= count(level) / TreeFiles.TILE_WIDTH
            && path.index() * TreeFiles.TILE_WIDTH + path.width() <= count(level);
    if (!there) {
      return null;
    }
    byte[] hashes = checked(level, path.index());
    int length = path.width() * Hash.LENGTH;
    return path.isEntries()
        ? entries(path, hashes)
        : length == hashes.length ? hashes.clone() : Arrays.copyOf(hashes, length);
  }

  /** The widest tile there is, checked; not to be written to. */
  private byte[] checked(int level, long index) throws IOException {
    if (index == count(level) / TreeFiles.TILE_WIDTH) {
      return edge.get(level);
    }
    if (latestIndex[level] == index) {
      return latest[level];
    }
    byte[] hashes = tree.tile(level, index, TreeFiles.TILE_WIDTH);
    byte[] above = checked(level + 1, index / TreeFiles.TILE_WIDTH);
    int at = (int) (index % TreeFiles.TILE_WIDTH) * Hash.LENGTH;
    if (!fold(hashes.clone()).equals(Hash.of(above, at, Hash.LENGTH))) {
      throw new TreeDamagedException(
          "the stored tree's tile "
              + index
              + " of level "
              + level
              + " is not the one that its root vouches for");
    }
    latest[level] = hashes;
    latestIndex[level] = index;
    return hashes;
  }

  private byte[] entries(TilePath path, byte[] leafHashes) throws IOException {
    byte[] data = tree.entryHashes(path.index(), path.width());
    byte[] bundle = new byte[path.width() * (ENTRY_LENGTH.length + Hash.LENGTH)];
    byte[] leaf = new byte[Hash.LENGTH];
    int to = 0;
    for (int from = 0; from < data.length; from += Hash.LENGTH) {
      hasher.leaf(data, from, leaf, 0);
      if (!Arrays.equals(leaf, 0, Hash.LENGTH, leafHashes, from, from + Hash.LENGTH)) {
        throw new TreeDamagedException(
            "the stored tree's entry hash "
                + (path.index() * TreeFiles.TILE_WIDTH + from / Hash.LENGTH)
                + " is not the one that its root vouches for");
      }
      System.arraycopy(ENTRY_LENGTH, 0, bundle, to, ENTRY_LENGTH.length);
      System.arraycopy(data, from, bundle, to + ENTRY_LENGTH.length, Hash.LENGTH);
      to += ENTRY_LENGTH.length + Hash.LENGTH;
    }
    return bundle;
  }

  private Hash fold(byte[] hashes) {
    hasher.fold(hashes, 0, hashes.length / Hash.LENGTH);
    return Hash.of(hashes, 0, Hash.LENGTH);
  }
}
