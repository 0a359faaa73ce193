package io.osmoda.bench;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB with a synced write-ahead log. Its own group commit joins the writes of many threads into
 * one sync. It stores ready lines under ascending keys and neither links nor hashes them, which is
 * in its favour.
 */
final class RocksLog implements Contender {
  private static final long MEMTABLE_BYTES = 64L << 20;

  private final int threads;
  private final int linesPerWrite;
  private final byte[][] lines;

  RocksLog(int threads, int linesPerWrite, byte[][] lines) {
    this.threads = threads;
    this.linesPerWrite = linesPerWrite;
    this.lines = lines;
  }

  @Override
  public String name() {
    return "RocksDB, " + threads + " x " + linesPerWrite;
  }

  @Override
  public String how() {
    return name()
        + ": "
        + threads
        + " threads, each write a batch of "
        + linesPerWrite
        + ", WriteOptions.setSync(true), 64 MB memtables, no compression, no hashing";
  }

  @Override
  public Pace run(Path folder, Duration time) throws Exception {
    Files.createDirectories(folder);
    try (Options options =
            new Options()
                .setCreateIfMissing(true)
                .setWriteBufferSize(MEMTABLE_BYTES)
                .setMaxWriteBufferNumber(4)
                .setMaxBackgroundJobs(2)
                .setCompressionType(CompressionType.NO_COMPRESSION);
        WriteOptions synced = new WriteOptions().setSync(true);
        RocksDB database = RocksDB.open(options, folder.toString())) {
      AtomicLong seq = new AtomicLong();
      return Producers.run(
          threads,
          time.toNanos(),
          (producer, end) -> {
            byte[] key = new byte[Long.BYTES];
            ByteBuffer keyDigits = ByteBuffer.wrap(key);
            long entries = 0;
            try (WriteBatch batch = new WriteBatch()) {
              do {
                batch.clear();
                long first = seq.getAndAdd(linesPerWrite);
                for (int i = 0; i < linesPerWrite; i++) {
                  keyDigits.putLong(0, first + i);
                  batch.put(key, lines[(int) ((first + i) % lines.length)]);
                }
                database.write(synced, batch);
                entries += linesPerWrite;
              } while (System.nanoTime() < end);
            }
            return entries;
          });
    }
  }
}
