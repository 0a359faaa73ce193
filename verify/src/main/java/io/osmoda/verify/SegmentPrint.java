package io.osmoda.verify;

import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.folder.LedgerFiles;
import io.osmoda.format.folder.ReadDisk;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A segment's SHA-256, and where its lines stand, read without parsing.
 *
 * @param offsets of each line whose place in the ledger is a multiple of {@link EntryLookup#STRIDE}
 */
@SuppressWarnings("ArrayRecordComponent") // package-private and never compared
record SegmentPrint(Hash sha256, long lines, long[] offsets) {
  private static final int PIECE = 1 << 18;

  /**
   * Reads a segment, as far as it went when it was listed.
   *
   * @param entriesBefore lines in the segments before it
   */
  static SegmentPrint of(ReadDisk disk, LedgerFiles.Segment segment, long entriesBefore)
      throws IOException {
    MessageDigest sha256 = Digests.sha256();
    byte[] piece = new byte[(int) Math.min(PIECE, segment.size())];
    long[] offsets = new long[16];
    int count = 0;
    long lines = 0;
    boolean atStart = true;
    try (ReadDisk.ReadFile file = disk.openRead(segment.path())) {
      for (long at = 0; at < segment.size(); ) {
        ByteBuffer target = ByteBuffer.wrap(piece);
        target.limit((int) Math.min(piece.length, segment.size() - at));
        int read = file.read(target, at);
        if (read <= 0) {
          break;
        }
        sha256.update(piece, 0, read);
        for (int i = 0; i < read; ) {
          if (atStart && (entriesBefore + lines) % EntryLookup.STRIDE == 0) {
            if (count == offsets.length) {
              offsets = Arrays.copyOf(offsets, 2 * count);
            }
            offsets[count++] = at + i;
          }
          int lineFeed = EntryLine.lineFeed(piece, i, read);
          atStart = lineFeed >= 0;
          lines += atStart ? 1 : 0;
          i = atStart ? lineFeed + 1 : read;
        }
        at += read;
      }
    }
    return new SegmentPrint(Hash.of(sha256.digest()), lines, Arrays.copyOf(offsets, count));
  }
}
