package io.osmoda.format.folder;

import java.nio.file.Path;

/** Where the parts of a ledger stand in its folder (section 2). */
public record LedgerFolder(Path root) {
  public Path ledgerJson() {
    return root.resolve("ledger.json");
  }

  public Path segments() {
    return root.resolve("segments");
  }

  public Path segment(long firstSeq) {
    return segments().resolve(SegmentName.of(firstSeq));
  }

  public Path checkpoints() {
    return root.resolve("checkpoints");
  }

  public Path checkpoint(long size) {
    return checkpoints().resolve(SegmentName.digits(size));
  }

  public Path tree() {
    return root.resolve("tree");
  }

  public Path index() {
    return root.resolve("index");
  }

  /** What is derived from one segment, beyond its offsets. */
  public Path derived(long firstSeq) {
    return index().resolve(SegmentName.digits(firstSeq));
  }

  public Path quarantine() {
    return root.resolve("quarantine");
  }

  public Path lock() {
    return root.resolve("lock");
  }

  /**
   * Who holds the lock: apart from it, since closing any descriptor of a locked file unlocks it.
   */
  public Path holder() {
    return root.resolve("lock.json");
  }

  /** The key folder, unless said otherwise: beside the ledger, never inside. */
  public Path defaultKeys() {
    Path absolute = root.toAbsolutePath().normalize();
    return absolute.resolveSibling(absolute.getFileName() + ".keys");
  }
}
