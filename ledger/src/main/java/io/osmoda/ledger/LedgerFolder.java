package io.osmoda.ledger;

import java.nio.file.Path;

/** Where the parts of a ledger stand in its folder (section 2). */
record LedgerFolder(Path root) {
  Path ledgerJson() {
    return root.resolve("ledger.json");
  }

  Path segments() {
    return root.resolve("segments");
  }

  Path segment(long firstSeq) {
    return segments().resolve(SegmentName.of(firstSeq));
  }

  Path checkpoints() {
    return root.resolve("checkpoints");
  }

  Path checkpoint(long size) {
    return checkpoints().resolve(SegmentName.digits(size));
  }

  Path tree() {
    return root.resolve("tree");
  }

  Path index() {
    return root.resolve("index");
  }

  /** What is derived from one segment, beyond its offsets. */
  Path derived(long firstSeq) {
    return index().resolve(SegmentName.digits(firstSeq));
  }

  Path quarantine() {
    return root.resolve("quarantine");
  }

  Path lock() {
    return root.resolve("lock");
  }

  /**
   * Who holds the lock: apart from it, since closing any descriptor of a locked file unlocks it.
   */
  Path holder() {
    return root.resolve("lock.json");
  }

  /** The key folder, unless said otherwise: beside the ledger, never inside. */
  Path defaultKeys() {
    Path absolute = root.toAbsolutePath().normalize();
    return absolute.resolveSibling(absolute.getFileName() + ".keys");
  }
}
