package io.osmoda.ledger;

import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.folder.SegmentName;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.SignedCheckpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code checkpoints/}: kept notes, named by tree size (section 2). Keeps the newest, the last of
 * each hour, and those that a caller pins. Not thread-safe; the ledger's checkpointer alone writes.
 */
final class CheckpointStore {
  private static final String HOUR = "YYYY-MM-DDTHH";

  private final Disk disk;
  private final LedgerFolder folder;
  private long newestSize = -1;
  private String newestHour = "";
  private boolean newestPinned = true;

  CheckpointStore(Disk disk, LedgerFolder folder) {
    this.disk = disk;
    this.folder = folder;
  }

  /** Sizes of the kept notes, ascending; files with other names are not counted. */
  List<Long> sizes() throws IOException {
    List<Long> sizes = new ArrayList<>();
    for (String name : disk.list(folder.checkpoints())) {
      OptionalLong size = SegmentName.parseDigits(name);
      if (size.isPresent()) {
        sizes.add(size.getAsLong());
      }
    }
    return sizes;
  }

  /**
   * The newest kept note, or null if there is none.
   *
   * @throws LedgerDamagedException if it is no note, or not of the size that its name tells
   */
  @Nullable SignedCheckpoint newest() throws IOException {
    List<Long> sizes = sizes();
    return sizes.isEmpty() ? null : read(sizes.getLast());
  }

  SignedCheckpoint read(long size) throws IOException {
    try {
      SignedCheckpoint note = SignedCheckpoint.parse(disk.readAll(folder.checkpoint(size)));
      if (note.checkpoint().size() != size) {
        throw new LedgerDamagedException(
            FindingKind.UNREADABLE,
            null,
            folder.checkpoint(size) + " states the size " + note.checkpoint().size());
      }
      return note;
    } catch (BadNoteException e) {
      throw new LedgerDamagedException(
          FindingKind.UNREADABLE,
          null,
          folder.checkpoint(size) + " is no checkpoint: " + e.getMessage(),
          e);
    }
  }

  /** Tells which note the newest is after a start; it is kept, whatever comes. */
  void continueFrom(long size) {
    newestSize = size;
    newestPinned = true;
  }

  /**
   * Makes a note durable, then forgets the one before unless it is the last of its hour or pinned.
   *
   * @param timestamp of the newest entry below it
   * @param pinned whether it is kept, being one around a rotation, redaction or restore
   */
  void publish(SignedCheckpoint note, String timestamp, boolean pinned) throws IOException {
    long size = note.checkpoint().size();
    disk.replace(folder.checkpoint(size), note.note());
    String hour = timestamp.substring(0, HOUR.length());
    if (newestSize >= 0 && newestSize != size && !newestPinned && hour.equals(newestHour)) {
      disk.delete(folder.checkpoint(newestSize));
    }
    newestPinned = pinned || (newestSize == size && newestPinned);
    newestSize = size;
    newestHour = hour;
  }
}
