package io.osmoda.bench;

import io.osmoda.ledger.Ledger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The ledger under load. It keeps what the floor needs to do the same: the bytes that were written
 * and how many of them went into one sync.
 */
final class LedgerLoad implements Contender {
  private static final int KEPT_BYTES = 32 << 20;

  private final String name;
  private final String how;
  private final Load load;
  private Groups groups;

  /**
   * What the last run wrote.
   *
   * @param lines the beginning of its segments
   * @param bytesPerSync on average
   * @param entriesPerSync on average
   */
  record Groups(ByteBuffer lines, int bytesPerSync, double entriesPerSync) {
    double bytesPerEntry() {
      return bytesPerSync / entriesPerSync;
    }
  }

  LedgerLoad(String name, String how, Load load) {
    this.name = name;
    this.how = how;
    this.load = load;
    // Until the ledger has run there is nothing to repeat.
    Lines lines = Lines.of(1, 1 << 20);
    this.groups =
        new Groups(lines.buffer(), lines.buffer().capacity(), (1 << 20) / lines.averageBytes());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String how() {
    return how;
  }

  Groups groups() {
    return groups;
  }

  @Override
  public Pace run(Path folder, Duration time) throws Exception {
    Files.createDirectories(folder);
    Path home = folder.resolve("ledger");
    try (SyncCount syncs = new SyncCount()) {
      Pace pace;
      try (Ledger ledger = Ledgers.create(home)) {
        pace = load.forTime(ledger, time.toNanos());
      }
      long count = Math.max(1, syncs.stop());
      groups =
          new Groups(
              firstBytes(Ledgers.segments(home)),
              (int) Math.max(1, Ledgers.segmentBytes(home) / count),
              (double) pace.entries() / count);
      return pace;
    }
  }

  private static ByteBuffer firstBytes(List<Path> segments) throws IOException {
    try (FileChannel first = FileChannel.open(segments.getFirst())) {
      ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.min(KEPT_BYTES, first.size()));
      while (bytes.hasRemaining() && first.read(bytes) >= 0) {
        // until full
      }
      return bytes.slice(0, bytes.position());
    }
  }
}
