package io.osmoda.ledger;

import io.osmoda.format.entry.ControlActions;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.folder.LineReader;
import io.osmoda.format.folder.ReadDisk.ReadFile;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.ledger.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes payloads out of closed segments after their removal was sealed and anchored (section 5):
 * through a new file, sync, rename, so that a crash leaves the old segment or the new, and a repeat
 * completes it. Not thread-safe.
 */
final class Redactor {
  private static final String UNFINISHED = ".rewrite";
  private static final int CHUNK = 1 << 18;

  private final Disk disk;
  private final LedgerFolder folder;
  private final LedgerReader reader;
  private final EntryLine scanner = new EntryLine();
  private final MessageDigest digest = Digests.sha256();
  private final byte[] hash = new byte[Hash.LENGTH];

  Redactor(Disk disk, LedgerFolder folder, LedgerReader reader) {
    this.disk = disk;
    this.folder = folder;
    this.reader = reader;
  }

  /** Deletes what an interrupted rewriting left; the announced is completed from the segments. */
  void discardUnfinished() throws IOException {
    for (String name : disk.list(folder.segments())) {
      if (name.endsWith(UNFINISHED)) {
        disk.delete(folder.segments().resolve(name));
      }
    }
  }

  /** Whether a payload is still there that the range says is gone. */
  boolean isIncomplete(RedactedRange range) throws IOException {
    try (EntryCursor cursor = reader.read(range.first(), range.last() + 1)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (!entry.isRedacted() && !entry.isContext()) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * Removes the payloads of a range. All its segments must be closed.
   *
   * @return how many payloads were removed
   */
  long redact(RedactedRange range) throws IOException {
    List<byte[]> removed = new ArrayList<>();
    long count = 0;
    List<Long> segments = reader.segments();
    for (int i = 0; i < segments.size(); i++) {
      long first = segments.get(i);
      long end = i + 1 < segments.size() ? segments.get(i + 1) : Long.MAX_VALUE;
      if (first <= range.last() && range.first() < end) {
        reader.countRewrite(first);
        try {
          forgetDerived(first);
          count += rewrite(first, range, removed);
          forgetDerived(first); // also what was written from the old lines meanwhile
        } finally {
          reader.countRewrite(first);
        }
      }
    }
    blankInQuarantine(removed);
    return count;
  }

  /**
   * Deletes the files that were derived from a segment's payloads. Before the rewriting: a crash in
   * between then leaves an index to be rebuilt, and never one that knows what the segment forgot.
   */
  private void forgetDerived(long segment) throws IOException {
    Path derived = folder.derived(segment);
    for (String name : disk.list(derived)) {
      disk.delete(derived.resolve(name));
    }
  }

  private long rewrite(long segment, RedactedRange range, List<byte[]> removed) throws IOException {
    Path path = folder.segment(segment);
    Path unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
    disk.delete(unfinished);
    long count = 0;
    try (ReadFile in = disk.openRead(path);
        DiskFile out = disk.create(unfinished)) {
      LineReader lines = new LineReader(in, 0);
      Output output = new Output(out);
      while (lines.next()) {
        if (scanner.scan(lines.buffer(), lines.offset(), lines.length())
            && range.contains(scanner.seq())
            && scanner.hasPayload()
            && !isContext()) {
          output.skeleton(lines, removed);
          count++;
        } else {
          output.copy(lines.buffer(), lines.offset(), lines.length() + 1);
        }
      }
      if (lines.unfinished() > 0) {
        throw new LedgerDamagedException(
            FindingKind.UNREADABLE,
            null,
            path + " does not end in a whole line, so its payloads are not removed");
      }
      output.flush();
      out.sync();
    }
    if (count == 0) {
      disk.delete(unfinished);
      return 0;
    }
    disk.rename(unfinished, path);
    disk.syncDirectory(folder.segments());
    reader.forgetOffsets(segment);
    return count;
  }

  private boolean isContext() {
    return ControlActions.isContext(scanner.text(EntryLine.ACTION));
  }

  /** Collects what is written, so that a segment of short lines is not as many short writes. */
  private final class Output {
    private final DiskFile file;
    private byte[] bytes = new byte[CHUNK];
    private int size;
    private long position;

    Output(DiskFile file) {
      this.file = file;
    }

    void copy(byte[] source, int from, int length) throws IOException {
      if (size + length > bytes.length) {
        flush();
        if (length > bytes.length) {
          bytes = new byte[length];
        }
      }
      System.arraycopy(source, from, bytes, size, length);
      size += length;
    }

    /** The line without payload and salt; checked to hash to what it did. */
    void skeleton(LineReader lines, List<byte[]> removed) throws IOException {
      byte[] line = lines.buffer();
      int end = lines.offset() + lines.length() + 1;
      int payload = scanner.start(EntryLine.PAYLOAD) - "\"payload\":".length();
      int afterPayload = scanner.end(EntryLine.PAYLOAD) + 1;
      int salt = scanner.start(EntryLine.PAYLOAD_SALT) - "\"payload_salt\":\"".length();
      int afterSalt = scanner.end(EntryLine.PAYLOAD_SALT) + 2;
      removed.add(scanner.copy(EntryLine.PAYLOAD));
      scanner.entryHash(digest, hash, 0);
      if (!scanner.hashIs(EntryLine.ENTRY_HASH, hash, 0)) {
        throw new LedgerDamagedException(
            FindingKind.BAD_HASH,
            scanner.seq(),
            "entry_hash is not the hash of the entry, so its payload is not removed");
      }
      copy(line, lines.offset(), payload - lines.offset());
      copy(line, afterPayload, salt - afterPayload);
      copy(line, afterSalt, end - afterSalt);
    }

    void flush() throws IOException {
      file.write(ByteBuffer.wrap(bytes, 0, size), position);
      position += size;
      size = 0;
    }
  }

  /**
   * A crash may have left the same event in {@code quarantine/}: its payload is blanked there too,
   * wherever it stands whole.
   */
  private void blankInQuarantine(List<byte[]> removed) throws IOException {
    for (String name : disk.list(folder.quarantine())) {
      if (!name.endsWith(".cut")) {
        continue;
      }
      Path file = folder.quarantine().resolve(name);
      byte[] bytes = disk.readAll(file);
      boolean changed = false;
      for (byte[] payload : removed) {
        if (payload.length > 2) {
          changed |= blank(bytes, payload);
        }
      }
      if (changed) {
        disk.replace(file, bytes);
      }
    }
  }

  private static boolean blank(byte[] bytes, byte[] payload) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String wanted = new String(payload, StandardCharsets.ISO_8859_1);
    boolean found = false;
    for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      java.util.Arrays.fill(bytes, at, at + payload.length, (byte) ' ');
      found = true;
    }
    return found;
  }
}
