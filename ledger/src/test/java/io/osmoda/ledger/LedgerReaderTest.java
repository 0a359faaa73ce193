package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.verify.LedgerBuilder;
import io.osmoda.verify.MemoryDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader beside a writer of another process. */
class LedgerReaderTest {
  private static final long READ = 6;

  @TempDir private Path temp;
  private Path folder = Path.of("");
  private final LedgerBuilder ledger = LedgerBuilder.begun().add(5);

  @BeforeEach
  void chooseFolder() {
    folder = temp.resolve("ledger");
  }

  private LedgerReader reader(MemoryDisk disk) {
    return new LedgerReader(new ReadingDisk(disk), new LedgerFolder(folder), null);
  }

  private static List<Long> seqsFrom(long first, LedgerReader reader) throws IOException {
    List<Long> seqs = new ArrayList<>();
    try (EntryCursor cursor = reader.read(first, Long.MAX_VALUE)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        seqs.add(entry.seq());
      }
    }
    return seqs;
  }

  @Test
  void aSegmentThatIsFilledAndFollowedByTheNextWhileItIsLookedAtIsNotDamaged() throws IOException {
    MemoryDisk disk = MemoryDisk.of(ledger.write(folder));
    ledger.add(4);
    MemoryDisk after = MemoryDisk.of(ledger.write(folder, 8));
    // Asked for when the segment is open already, and before it is looked whether one follows.
    disk.onRead(
        folder.resolve("index/%020d.offsets".formatted(0)),
        1,
        () -> after.paths().forEach(path -> disk.put(path, after.get(path))));

    assertThat(seqsFrom(READ, reader(disk))).containsExactly(6L, 7L, 8L, 9L);
  }

  @Test
  void aSegmentThatStillEndsBeforeAnEntryWhenAnotherFollowsIsDamaged() {
    MemoryDisk disk = MemoryDisk.of(ledger.write(folder));
    byte[] first = disk.get(folder.resolve("segments/%020d.ndjson".formatted(0)));
    ledger.add(4);
    MemoryDisk after = MemoryDisk.of(ledger.write(folder, 8));
    after.put(folder.resolve("segments/%020d.ndjson".formatted(0)), first);

    assertThatThrownBy(() -> seqsFrom(READ, reader(after)))
        .isInstanceOf(LedgerDamagedException.class)
        .hasMessageContaining("missing_seq")
        .hasMessageContaining("entry 6");
  }
}
