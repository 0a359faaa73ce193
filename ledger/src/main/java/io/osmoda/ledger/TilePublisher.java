package io.osmoda.ledger;

import io.osmoda.format.folder.ReadDisk.ReadFile;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TilePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Writes a ledger's tree as a static C2SP tlog-tiles folder, for any web server (section 3): {@code
 * checkpoint}, {@code tile/…} and {@code tile/entries/…}.
 *
 * <p>Only what is missing is written, each file under another name first, the checkpoint last, so
 * that a reader never sees a checkpoint without its tiles. Tiles are not synced: they can be
 * published again, and a next run mends what a power cut left short. Partial tiles go once the full
 * one is there, as C2SP allows.
 */
final class TilePublisher {
  private static final String CHECKPOINT = "checkpoint";
  private static final String TILES = "tile";
  private static final String UNFINISHED = ".tmp";

  private final Disk disk;
  private final TreeFiles tree;
  private final Path folder;

  TilePublisher(Disk disk, TreeFiles tree, Path folder) {
    this.disk = disk;
    this.tree = tree;
    this.folder = folder;
  }

  /**
   * Publishes the tree of a checkpoint.
   *
   * @return number of files written, the checkpoint among them
   * @throws PublishRefusedException if the folder holds another log's tree, or a larger or other
   *     one of this log
   * @throws TreeDamagedException if the tree files do not have the checkpoint's root
   */
  int publish(SignedCheckpoint signed) throws IOException {
    TileReader tiles = new TileReader(tree, signed.checkpoint());
    boolean believed = checkOld(signed.checkpoint());
    int written = 0;
    for (int level = tiles.levels() - 1; level >= TilePath.ENTRIES; level--) {
      long count = tiles.count(Math.max(level, 0));
      for (long index = 0; index * TreeFiles.TILE_WIDTH < count; index++) {
        int width = (int) Math.min(TreeFiles.TILE_WIDTH, count - index * TreeFiles.TILE_WIDTH);
        TilePath path = new TilePath(level, index, width);
        if (!believed || !isWhole(path)) {
          byte[] content = tiles.read(path);
          if (content == null) {
            throw new IllegalStateException("the tree has no " + path);
          }
          put(folder.resolve(path.toString()), content);
          written++;
        }
        if (!path.isPartial()) {
          deletePartials(path);
        }
      }
    }
    disk.createDirectories(folder);
    disk.replace(folder.resolve(CHECKPOINT), signed.note());
    return written + 1;
  }

  /**
   * Whether an earlier checkpoint of this tree stands there: then so do the tiles that it needs.
   */
  private boolean checkOld(Checkpoint now) throws IOException {
    Path file = folder.resolve(CHECKPOINT);
    if (!disk.exists(file)) {
      requireFree();
      return false;
    }
    Checkpoint old;
    try {
      old = SignedCheckpoint.parse(disk.readAll(file)).checkpoint();
    } catch (BadNoteException e) {
      throw new PublishRefusedException(
          file + " is no checkpoint of a ledger; publish into an empty folder: " + e.getMessage());
    }
    if (!old.origin().equals(now.origin())) {
      throw new PublishRefusedException(
          folder + " holds the tree of " + old.origin() + "; publish into a folder of its own");
    }
    if (old.size() > now.size()) {
      throw new PublishRefusedException(
          "%s holds a tree of %d entries, this one has only %d: a log never shrinks"
              .formatted(folder, old.size(), now.size()));
    }
    if (!tree.root(old.size()).equals(old.root())) {
      throw new PublishRefusedException(
          folder
              + " holds a tree that this one does not go on from: do not publish over it, it is"
              + " evidence of a fork");
    }
    return true;
  }

  /** A first run that broke off leaves tiles without a checkpoint; all else is somebody else's. */
  private void requireFree() throws IOException {
    if (!disk.exists(folder)) {
      return;
    }
    for (String name : disk.list(folder)) {
      if (!name.equals(TILES) && !name.equals(CHECKPOINT + UNFINISHED)) {
        throw new PublishRefusedException(
            "%s holds other files (%s); publish into an empty folder".formatted(folder, name));
      }
    }
  }

  private boolean isWhole(TilePath path) throws IOException {
    Path file = folder.resolve(path.toString());
    if (!disk.exists(file)) {
      return false;
    }
    int item = Hash.LENGTH + (path.isEntries() ? Short.BYTES : 0);
    try (ReadFile in = disk.openRead(file)) {
      return in.size() == (long) path.width() * item;
    }
  }

  private void put(Path file, byte[] content) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      disk.createDirectories(parent);
    }
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    disk.delete(unfinished);
    try (Disk.DiskFile out = disk.create(unfinished)) {
      out.write(ByteBuffer.wrap(content), 0);
    }
    disk.rename(unfinished, file);
  }

  private void deletePartials(TilePath full) throws IOException {
    Path partials = folder.resolve(full + ".p");
    if (!disk.exists(partials)) {
      return;
    }
    for (String name : disk.list(partials)) {
      disk.delete(partials.resolve(name));
    }
    disk.delete(partials);
  }
}
