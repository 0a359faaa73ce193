package io.osmoda.ledger;

import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.json.Digits;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code index/redactions}: which entries announce a redaction, so that a start finds them without
 * reading the ledger. Derived: bound to the tree by a root, and rebuilt where it does not fit.
 *
 * @param size entries that were looked at
 */
record RedactionIndex(long size, List<RedactedRange> ranges) {
  private static final String HEADER = "redactions/1";

  private static Path file(LedgerFolder folder) {
    return folder.index().resolve("redactions");
  }

  /** What is kept, or null where it is missing or not of this tree. */
  static @Nullable RedactionIndex read(
      Disk disk, LedgerFolder folder, TreeFiles tree, long anchored) throws IOException {
    if (!disk.exists(file(folder))) {
      return null;
    }
    String[] lines = new String(disk.readAll(file(folder)), StandardCharsets.UTF_8).split("\n", -1);
    String[] head = lines[0].split(" ", -1);
    if (head.length != 3 || !head[0].equals(HEADER) || !Digits.isDecimal(head[1])) {
      return null;
    }
    long size = Long.parseLong(head[1]);
    if (size < 1
        || size > anchored
        || size > tree.size()
        || !tree.root(size).hex().equals(head[2])) {
      return null;
    }
    List<RedactedRange> ranges = new ArrayList<>();
    for (int i = 1; i < lines.length - 1; i++) {
      int space = lines[i].indexOf(' ');
      Optional<RedactedRange> range =
          space > 0 && Digits.isDecimal(lines[i].substring(0, space))
              ? RedactedRange.parse(
                  lines[i].substring(space + 1), Long.parseLong(lines[i].substring(0, space)))
              : Optional.empty();
      if (range.isEmpty()) {
        return null;
      }
      ranges.add(range.get());
    }
    return lines[lines.length - 1].isEmpty() ? new RedactionIndex(size, ranges) : null;
  }

  void write(Disk disk, LedgerFolder folder, Hash root) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(HEADER).append(' ').append(size).append(' ').append(root.hex()).append('\n');
    for (RedactedRange range : ranges) {
      text.append(range.announcedBy()).append(' ').append(range.target()).append('\n');
    }
    disk.createDirectories(folder.index());
    disk.replace(file(folder), text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
